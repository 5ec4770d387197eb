// MOT's text: `frame,id,x,y,w,h[,confidence,class,visibility]`, frames from 1, boxes in pixels; beside it perhaps
// `seqinfo.ini` (name, size, rate) and `labels.txt` (names of classes). Each identity is a track.
import { existsSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { stemOfFile } from './files.js';
import { addLabel, classesOf, clipNamed, type AnnotatedClip } from './form.js';
import { type AnnotationFormat, LOOKS } from './format.js';
import { isNumber } from './table.js';
import { lineFault, linesOf, numberAt, readText } from './text.js';
import { asStored, labelsOf, type WrittenClip } from './written.js';

const SIDE_FILES = /(^|\.)(labels|classes)\.txt$/i;

/**
 * MOT text: a file, the folder of a sequence (`gt/gt.txt` in it), or a folder of either. Frames count from 0 here. Lines of
 * confidence 0, which MOT's truth marks as not to be counted, are left out and counted. The clip is named by `seqinfo.ini`,
 * else by the sequence's folder, else by the file.
 */
export const mot: AnnotationFormat = {
  name: 'mot',
  reads: 'gt.txt or its like, the folder of a sequence, or a folder of them',
  looksLike: {
    inFolder: /^gt$|(^|\.)seqinfo\.ini$/i,
    isNested: true,
    frameLine: /^\d+,-?\d+(,-?[\d.e+]+){4,}$/i,
    table: ({ first }) => first.length >= 6 && first.every(isNumber) && LOOKS.numbers,
  },
  async read(path) {
    const notes: string[] = [];
    const clips = new Map<string, AnnotatedClip>();
    for (const file of await motFiles(path)) await addFile(clips, file, notes);
    const all = [...clips.values()];
    for (const { tracks } of all) for (const { boxes } of tracks) boxes.sort((a, b) => a.frame! - b.frame!);
    return { format: 'mot', classes: classesOf(all), clips: all, notes };
  },
  /** MOT as its truth is written: confidence 1, frames and classes from 1; an identity a track. */
  written: {
    ending: '.txt',
    holds: ['boxes'],
    isPerClip: true,
    write: (clips) =>
      clips.map(asStored).flatMap((clip) => {
        const labels = labelsOf([{ ...clip, segments: [] }]);
        return [
          { name: '', content: `${rowsOf(clip, labels).join('\n')}\n` },
          { name: '.labels.txt', content: `${labels.join('\n')}\n` },
          { name: '.seqinfo.ini', content: factsOf(clip) },
        ];
      }),
  },
};

async function motFiles(path: string): Promise<string[]> {
  if (!existsSync(path) || !statSync(path).isDirectory()) return [path];
  const truth = ['gt/gt.txt', 'det/det.txt', 'gt.txt']
    .map((name) => join(path, name))
    .find((name) => existsSync(name));
  if (truth) return [truth];
  const names = (await readdir(path)).sort();
  const sequences = names.map((name) => join(path, name, 'gt', 'gt.txt')).filter((name) => existsSync(name));
  const files = names.filter((name) => /\.txt$/i.test(name) && !SIDE_FILES.test(name));
  return sequences.length > 0 ? sequences : files.map((name) => join(path, name));
}

async function addFile(clips: Map<string, AnnotatedClip>, file: string, notes: string[]): Promise<void> {
  const facts = await sequenceFacts(file);
  const names = await classNames(file);
  const isNamed = facts.get('name') !== undefined;
  const clip = clipNamed(clips, facts.get('name') ?? sequenceName(file));
  if (!isNamed) clip.isNameGuessed = true;
  addFacts(clip, facts);
  const tracks = new Map(clip.tracks.map((track) => [`${track.id}\n${track.label}`, track]));
  let ignored = 0;
  for (const { text, number: line } of linesOf(await readText(file, notes))) {
    const fields = text.split(/\s*[,;\s]\s*/).filter((field) => field !== '');
    if (fields.length < 6) throw lineFault(file, line, 'frame, id, x, y, w, h', text);
    const [frame, id, x, y, w, h, confidence = 1, kind] = fields
      .slice(0, 8)
      .map((field, i) => numberAt(field, file, line, COLUMNS[i]!));
    if (!Number.isInteger(frame) || frame! < 1)
      throw lineFault(file, line, 'a whole frame from 1', fields[0]!);
    if (w! < 0 || h! < 0) throw lineFault(file, line, 'a width and height of 0 and above', `${w}, ${h}`);
    if (confidence === 0) {
      ignored++;
      continue;
    }
    const label =
      kind === undefined || kind < 0 ? (names[0] ?? 'object') : (names[kind - 1] ?? `class ${kind}`);
    const key = `${id}\n${label}`;
    let track = tracks.get(key);
    if (!track) {
      track = { id: String(id), label, boxes: [] };
      tracks.set(key, track);
      clip.tracks.push(track);
      addLabel(clip, label);
    }
    track.boxes.push({ frame: frame! - 1, timeSeconds: null, box: [x!, y!, x! + w!, y! + h!] });
  }
  if (ignored > 0)
    notes.push(`${file}: ${ignored} boxes of confidence 0, which are not to be counted, are left out`);
}

const COLUMNS = ['frame', 'id', 'x', 'y', 'width', 'height', 'confidence', 'class'];

function addFacts(clip: AnnotatedClip, facts: ReadonlyMap<string, string>): void {
  const at = (name: string): number | undefined => {
    const value = Number(facts.get(name));
    return value > 0 && Number.isFinite(value) ? value : undefined;
  };
  const [width, height, frames, rate] = ['imwidth', 'imheight', 'seqlength', 'framerate'].map(at);
  if (width && height) [clip.width, clip.height] = [width, height];
  if (frames) clip.frames = frames;
  if (rate) clip.frameRate = rate;
}

/** `gt/gt.txt` is named by the folder above, another file by itself. */
function sequenceName(file: string): string {
  const stem = stemOfFile(file);
  if (!/^(gt|det)$/i.test(stem)) return stem;
  const folder = dirname(resolve(file));
  return basename(/^(gt|det)$/i.test(basename(folder)) ? dirname(folder) : folder);
}

/** The first of these beside a file, or above its `gt` folder, that is there. */
function beside(file: string, name: string): string | undefined {
  const folder = dirname(file);
  const own = file.replace(/\.\w+$/, '');
  return [`${own}.${name}`, join(folder, name), join(folder, '..', name)]
    .filter((_, i) => i < 2 || /^(gt|det)$/i.test(basename(folder)))
    .find((path) => existsSync(path) && statSync(path).isFile());
}

async function sequenceFacts(file: string): Promise<Map<string, string>> {
  const path = beside(file, 'seqinfo.ini');
  if (path === undefined) return new Map();
  const lines = linesOf(await readText(path)).map(({ text }) => /^(\w+)\s*=\s*(.*)$/.exec(text));
  return new Map(lines.flatMap((found) => (found ? [[found[1]!.toLowerCase(), found[2]!] as const] : [])));
}

async function classNames(file: string): Promise<string[]> {
  const path = beside(file, 'labels.txt');
  return path === undefined ? [] : linesOf(await readText(path)).map(({ text }) => text);
}

function rowsOf({ tracks }: WrittenClip, labels: readonly string[]): string[] {
  const rows = tracks.flatMap(({ label, boxes }, t) =>
    boxes.map(({ frame, box: [x0, y0, x1, y1] }) => [
      ...[frame! + 1, t + 1, x0, y0, exact(x1 - x0), exact(y1 - y0), 1, labels.indexOf(label) + 1, 1],
    ]),
  );
  return rows.sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]!).map((row) => row.join(','));
}

/** Without the last digits of a difference of decimals. */
function exact(value: number): number {
  return Math.round(1e6 * value) / 1e6;
}

function factsOf({ clip, frameRate, frames, width, height }: WrittenClip): string {
  const facts = { name: clip, imDir: 'img1', frameRate, seqLength: frames, imWidth: width, imHeight: height };
  const lines = Object.entries(facts).map(([name, value]) => `${name}=${value}`);
  return `${['[Sequence]', ...lines, 'imExt=.jpg'].join('\n')}\n`;
}
