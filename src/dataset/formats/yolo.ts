// YOLO's text: a file a frame, `class x y w h[ confidence][ identity]` in parts of the picture about the box's middle; names
// of classes in `classes.txt`, `obj.names` or `data.yaml`. Files are named `clip_000012.txt`.
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { missingError } from '../../errors.js';
import type { Box } from '../../result.js';
import { filesBelow } from './files.js';
import { addLabel, clipNamed, type AnnotatedClip } from './form.js';
import type { AnnotationFormat } from './format.js';
import { roboflowNotes, splitFrameName } from './frameName.js';
import { lineFault, linesOf, numberAt, readText } from './text.js';
import { boxesOf, labelsOf, type WrittenFile } from './written.js';

const NAME_LISTS = ['classes.txt', 'obj.names', 'data.yaml', 'data.yml', 'dataset.yaml'];
/** Stands for the name of a clip that no file tells. */
const NAMELESS = 'clip';
const NO_FRAME = /(^|\/)(classes|train|valid?|test|obj|labels|autosplit_\w+)\.txt$/i;
const GENERAL = /^(labels|obj_train_data|train|valid?|test|images)(\/|$)/i;

/**
 * A folder of YOLO labels. Frames count from 0 where their numbers are padded (`_000012`) or Roboflow's, else from 1, as
 * trackers write them; the notes say which. Of Roboflow's changed copies of a picture the first is taken. Boxes of one identity are one track, without identities all of a class in a clip are one.
 * Outlines become the boxes around them.
 */
export const yolo: AnnotationFormat = {
  name: 'yolo',
  reads: 'a folder of labels, a text file a frame, with classes.txt or data.yaml',
  looksLike: {
    inFolder: /^(labels|obj_train_data|classes\.txt|obj\.names|data\.yaml)$/i,
    frameLine: /^\d+(\s+-?[\d.e+-]+){4,}$/i,
  },
  async read(folder) {
    if (!(await stat(folder).catch(() => undefined))?.isDirectory()) {
      const received = 'no folder';
      throw missingError(folder, 'a folder of labels', received);
    }
    const files = (await filesBelow(folder, /\.txt$/i)).filter((name) => !NO_FRAME.test(name));
    if (files.length === 0) throw missingError(folder, 'text files of frames', 'none');
    const notes: string[] = [];
    const names = await classNames(folder);
    const named = files.map((file) => ({ file, ...frameOf(file) }));
    const first = named.every(({ isPadded, isRoboflow }) => isPadded || isRoboflow) ? 0 : 1;
    if (first === 1)
      notes.push(`${folder}: frame numbers are not padded, and count from 1 as trackers write them`);
    const clips = new Map<string, AnnotatedClip>();
    const taken = new Set<string>();
    for (const { file, clip: name, frame, isRoboflow } of named) {
      const picture = `${frame} ${name}`;
      if (isRoboflow && taken.has(picture)) continue;
      taken.add(picture);
      const clip = clipNamed(clips, name || NAMELESS);
      if (name === '') clip.isNameGuessed = true;
      clip.boxUnit = 'parts';
      if (frame < first)
        throw lineFault(join(folder, file), 1, `a frame number from ${first}`, String(frame));
      await addFrame(clip, join(folder, file), { frame: frame - first, names, notes });
    }
    if (clips.get(NAMELESS)?.isNameGuessed) notes.push(`${folder}: the files do not name their clip`);
    if (named.some(({ isRoboflow }) => isRoboflow))
      notes.push(...roboflowNotes(folder, named.length - taken.size));
    const all = [...clips.values()];
    for (const { tracks } of all) for (const { boxes } of tracks) boxes.sort((a, b) => a.frame! - b.frame!);
    return { format: 'yolo', classes: [...new Set(all.flatMap(({ labels }) => labels))], clips: all, notes };
  },
  /** YOLO with identities as trackers write them; frames count from 0 and are padded to six digits. */
  written: {
    ending: '',
    holds: ['boxes'],
    isFolder: true,
    write(clips): WrittenFile[] {
      const labels = labelsOf(clips.map((clip) => ({ ...clip, segments: [] })));
      const files = new Map<string, string[]>();
      for (const { clip, track, box } of boxesOf(clips)) {
        const name = `labels/${clip.clip}_${String(box.frame).padStart(6, '0')}.txt`;
        const [x0, y0, x1, y1] = box.box;
        const [w, h] = [clip.width, clip.height];
        const parts = [(x0 + x1) / (2 * w), (y0 + y1) / (2 * h), (x1 - x0) / w, (y1 - y0) / h];
        const line = [labels.indexOf(track.label), ...parts, clip.tracks.indexOf(track) + 1].join(' ');
        files.set(name, [...(files.get(name) ?? []), line]);
      }
      const frames = [...files].map(([name, lines]) => ({ name, content: `${lines.join('\n')}\n` }));
      return [{ name: 'classes.txt', content: `${labels.join('\n')}\n` }, ...frames];
    },
  },
};

/** The clip keeps the folders that its files lie in, but for those of a general name. */
function frameOf(file: string): { clip: string; frame: number; isPadded: boolean; isRoboflow: boolean } {
  const { clip, frame, isRoboflow = false } = splitFrameName(file);
  let folder = dirname(file);
  while (GENERAL.test(folder)) folder = folder.replace(/^[^/]+\/?/, '');
  const digits = /(\d+)\.txt$/i.exec(file)?.[1] ?? '';
  const above = folder === '.' || folder === '' ? '' : folder;
  const name = [above, clip].filter((part) => part !== '').join('/');
  return {
    clip: name,
    ...{ frame: frame ?? 0, isRoboflow },
    isPadded: digits.length > 1 && (digits.startsWith('0') || digits.length === 6),
  };
}

async function addFrame(
  clip: AnnotatedClip,
  path: string,
  { frame, names, notes }: { frame: number; names: ReadonlyMap<number, string>; notes: string[] },
): Promise<void> {
  for (const { text, number: line } of linesOf(await readText(path))) {
    const fields = text.split(/\s+/);
    if (fields.length < 5) throw lineFault(path, line, 'class, x, y, w, h', text);
    const kind = numberAt(fields[0], path, line, 'a class');
    const numbers = fields.slice(1).map((field) => numberAt(field, path, line, 'a part of the picture'));
    const label = names.get(kind) ?? `class ${kind}`;
    const identity = identityOf(fields);
    const isOutline = fields.length > 7 || (fields.length === 7 && identity === undefined);
    if (isOutline && numbers.length % 2 === 1) throw lineFault(path, line, 'class and pairs of x, y', text);
    if (isOutline) notes.push(`${path}:${line}: an outline became the box around it`);
    const box = isOutline ? around(numbers) : boxOf(numbers, path, line);
    const id = identity ?? label;
    let track = clip.tracks.find((t) => t.id === id && t.label === label);
    if (!track) clip.tracks.push((track = { id, label, boxes: [] }));
    track.boxes.push({ frame, timeSeconds: null, box });
    addLabel(clip, label);
  }
}

/** The last of six or seven fields, where it is a whole number; a confidence has a point. */
function identityOf(fields: readonly string[]): string | undefined {
  const last = fields.at(-1)!;
  return (fields.length === 6 || fields.length === 7) && /^\d+$/.test(last) ? last : undefined;
}

function boxOf([x, y, w, h]: readonly number[], path: string, line: number): Box {
  if (w! < 0 || h! < 0) throw lineFault(path, line, 'a width and height of 0 and above', `${w}, ${h}`);
  return [x! - w! / 2, y! - h! / 2, x! + w! / 2, y! + h! / 2];
}

function around(numbers: readonly number[]): Box {
  const [xs, ys] = [0, 1].map((odd) => numbers.filter((_, i) => i % 2 === odd)) as [number[], number[]];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

async function classNames(folder: string): Promise<Map<number, string>> {
  const places = [folder, join(folder, '..')].flatMap((where) => NAME_LISTS.map((name) => join(where, name)));
  const path = places.find((place) => existsSync(place));
  if (path === undefined) return new Map();
  const text = await readText(path);
  if (!/\.ya?ml$/i.test(path)) return new Map(linesOf(text).map((line, i) => [i, line.text]));
  return yamlNames(text);
}

/** `names:` of a YAML file: a list in brackets, lines with dashes, or lines with numbers. */
function yamlNames(text: string): Map<number, string> {
  const after = text.slice(text.search(/^names:/m)).replace(/^names:/, '');
  const inline = /^\s*\[([^\]]*)\]/.exec(after)?.[1];
  const unquoted = (name: string): string => name.trim().replace(/^(['"])(.*)\1$/, '$2');
  if (inline !== undefined) return new Map(inline.split(',').map((name, i) => [i, unquoted(name)]));
  const found = new Map<number, string>();
  for (const line of after.split(/\r?\n/).slice(1)) {
    const entry = /^\s*(?:-\s+|(\d+):\s+)(.+)$/.exec(line);
    if (!entry) break;
    found.set(entry[1] === undefined ? found.size : Number(entry[1]), unquoted(entry[2]!));
  }
  return found;
}
