// Lists without a header, as the frameworks of the field keep them: `path label`, `path frames label`, or a path with
// several labels; blanks, commas, semicolons or tabs between. Labels are often numbers, named by a list beside the file.
import { readdir } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { VIDEO_ENDINGS } from '../../video/mediaNames.js';
import { addLabel, classesOf, clipNamed, subsetOfFile, type AnnotatedClip } from './form.js';
import { type AnnotationFormat, LOOKS } from './format.js';
import { readRows } from './table.js';
import { lineFault, linesOf, readText } from './text.js';

const NUMBER = /^\d+$/;
/** Lists of classes, one a line, that lie beside a list of numbers. */
const CLASS_LISTS = /^(classInd|classes|class_?names|labels?|label_?map|.*_label_map|.*_classes)\.txt$/i;

/**
 * Lists of paths. With two numbers behind a path that is no video file the first counts the frames of a folder; other
 * fields are labels. Numbers become names by a list beside the file, from 0 (or as `classInd.txt` numbers them); without
 * one they stay numbers. `train`, `val` or `test` in the file's name tells the side.
 */
export const pathList: AnnotationFormat = {
  name: 'paths',
  reads: 'lines of path and label (or path, frames, label), without a header',
  looksLike: { table: ({ first }) => isPathLine(first) && LOOKS.likely },
  async read(path) {
    const notes: string[] = [];
    const lines = (await readRows(path, notes)).rows.map(({ fields, line }) => ({
      ...splitLine(fields),
      line,
    }));
    const isNumbered = lines.every(({ labels }) => labels.every((label) => NUMBER.test(label)));
    const names = isNumbered ? await namesBeside(path, notes) : undefined;
    const subset = subsetOfFile(basename(path));
    const clips = new Map<string, AnnotatedClip>();
    for (const { name, labels, frames, line } of lines) {
      if (!name || labels.length === 0) throw lineFault(path, line, 'a path and a label', name || 'nothing');
      if (clips.has(name)) notes.push(`${path}:${line}: ${name} is listed before, its labels are joined`);
      const clip = clipNamed(clips, name);
      if (frames !== undefined) clip.frames = frames;
      if (subset) clip.subset = subset;
      for (const label of labels) addLabel(clip, named(label, names, path, line));
    }
    const all = [...clips.values()];
    return { format: 'paths', classes: names ? [...names.values()] : classesOf(all), clips: all, notes };
  },
};

/** Whether these are the fields of such a line: something like a path, and a label behind it. */
export function isPathLine(fields: readonly string[]): boolean {
  const { name, labels } = splitLine(fields);
  return labels.length > 0 && (isVideo(name) || name.includes('/') || NUMBER.test(labels.at(-1)!));
}

function splitLine(fields: readonly string[]): { name: string; labels: string[]; frames?: number } {
  // A path may hold blanks: it ends with the first field that has a video's ending.
  const end = fields.findIndex(isVideo);
  const name = fields.slice(0, Math.max(0, end) + 1).join(' ');
  const rest = fields.slice(Math.max(0, end) + 1).filter((field) => field !== '');
  const isFrames = end < 0 && rest.length > 1 && rest.every((field) => NUMBER.test(field));
  return isFrames ? { name, frames: Number(rest[0]), labels: rest.slice(1) } : { name, labels: rest };
}

function isVideo(field: string): boolean {
  return VIDEO_ENDINGS.includes(extname(field).toLowerCase());
}

async function namesBeside(path: string, notes: string[]): Promise<Map<number, string> | undefined> {
  const folder = dirname(path);
  const file = (await readdir(folder))
    .sort()
    .find((name) => CLASS_LISTS.test(name) && name !== basename(path));
  if (file === undefined) {
    notes.push(
      `${path}: classes are numbers, and no list of their names lies beside it: they are named by number`,
    );
    return undefined;
  }
  const lines = linesOf(await readText(join(folder, file), notes)).map(
    ({ text }) => /^(\d+)\s+(\S.*)$/.exec(text) ?? text,
  );
  const isNumbered = lines.every((line) => typeof line !== 'string');
  const shift = /^classInd/i.test(file) ? 1 : 0; // that list counts from 1, the labels from 0
  return new Map(
    lines.map((line, i) =>
      isNumbered ? [Number(line[1]) - shift, line[2]!] : [i, typeof line === 'string' ? line : line[0]],
    ),
  );
}

function named(
  label: string,
  names: ReadonlyMap<number, string> | undefined,
  path: string,
  line: number,
): string {
  if (!names) return label;
  const name = names.get(Number(label));
  if (name === undefined)
    throw lineFault(path, line, `the number of a class, up to ${Math.max(...names.keys())}`, label);
  return name;
}
