// AVA's CSV of boxes: `video,middle second,x1,y1,x2,y2,action id[,person id]`, edges in parts of the picture, no
// header; the names of actions come from a `.pbtxt` list beside the file. MultiSports has the same columns with the number
// of a frame in place of the second.
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Box } from '../../result.js';
import {
  addLabel,
  classesOf,
  clipNamed,
  type AnnotatedClip,
  type Annotations,
  subsetOfFile,
} from './form.js';
import { LOOKS, type AnnotationFormat, type Likeness, type TableLook } from './format.js';
import { csvField, isNumber, readRows } from './table.js';
import { lineFault, numberAt, readText } from './text.js';
import { boxesOf, labelsOf, type WrittenClip } from './written.js';

/**
 * AVA and sets in its form. Each person and action is a track whose boxes are known by time. A line without a box
 * marks a second that was looked at and is empty. Without a list of names a class is `action <id>`.
 */
export const ava: AnnotationFormat = {
  name: 'ava',
  reads: 'ava_train_v2.2.csv or its like, with an action list (.pbtxt) beside it',
  looksLike: { table: (look) => likenessOf(look, 'ava') },
  read: (path) => readAs('ava', path),
  /** AVA's CSV and its `.pbtxt`. The second is the sampled frame's own time; AVA's files have whole seconds. */
  written: {
    ending: '.csv',
    holds: ['boxes'],
    write(clips) {
      const labels = labelsOf(clips);
      const items = labels.map((name, k) => `item {\n  name: ${quoted(name)}\n  id: ${k + 1}\n}\n`);
      return [
        { name: '', content: `${rowsOf(clips, labels).join('\n')}\n` },
        { name: '.pbtxt', content: items.join('') },
      ];
    },
  },
};

/** MultiSports as a table: frames count from 1 there, from 0 here. */
export const multisports: AnnotationFormat = {
  name: 'multisports',
  reads: "multisports_train.csv or its like: AVA's columns with frames in place of seconds",
  looksLike: { table: (look) => likenessOf(look, 'multisports') },
  read: (path) => readAs('multisports', path),
};

interface Reading {
  format: 'ava' | 'multisports';
  path: string;
  names: ReadonlyMap<number, string>;
}

async function readAs(format: Reading['format'], path: string): Promise<Annotations> {
  const notes: string[] = [];
  const { rows } = await readRows(path, notes);
  const names = await actionNames(dirname(path));
  if (names.size === 0) notes.push(`no action list (*.pbtxt) beside ${path}: classes are named by number`);
  const clips = new Map<string, AnnotatedClip>();
  const seen = new Map<string, number>();
  for (const { fields, line } of rows) {
    const key = fields.join(',');
    if (seen.has(key)) {
      notes.push(`${path}:${line}: the same as line ${seen.get(key)}, read once`);
      continue;
    }
    seen.set(key, line);
    addRow(clips, fields, { format, path, names }, line);
  }
  const all = [...clips.values()];
  for (const { tracks } of all)
    for (const { boxes } of tracks)
      boxes.sort((a, b) => (a.frame ?? a.timeSeconds!) - (b.frame ?? b.timeSeconds!));
  const subset = subsetOfFile(basename(path));
  if (subset) for (const clip of all) clip.subset = subset;
  return { format, classes: classesOf(all), clips: all, notes };
}

function addRow(
  clips: Map<string, AnnotatedClip>,
  fields: readonly string[],
  { format, path, names }: Reading,
  line: number,
): void {
  if (fields.length !== 7 && fields.length !== 8) {
    throw lineFault(path, line, 'video, second, four edges, action and perhaps person', fields.join(','));
  }
  const clip = clipNamed(clips, fields[0]!);
  clip.boxUnit = 'parts';
  const isTimed = format === 'ava';
  const at = numberAt(fields[1], path, line, isTimed ? 'the middle second' : 'a frame');
  if (!isTimed && (!Number.isInteger(at) || at < 1))
    throw lineFault(path, line, 'a whole frame from 1', fields[1]!);
  if (fields.slice(2, 7).every((field) => field === '')) return;
  const box = fields.slice(2, 6).map((field) => numberAt(field, path, line, 'a box edge')) as Box;
  // Detectors give edges a little outside; far outside they are no parts of the picture but pixels.
  if (box.some((edge) => edge < -0.5 || edge > 1.5) || box[2] < box[0] || box[3] < box[1]) {
    throw lineFault(path, line, 'edges x1 <= x2, y1 <= y2 in 0..1', fields.slice(2, 6).join(','));
  }
  const action = numberAt(fields[6], path, line, 'an action id');
  const label = names.get(action) ?? `action ${action}`;
  const id = `${fields[7] ?? '?'}/${action}`;
  let track = fields[7] === undefined ? undefined : clip.tracks.find((t) => t.id === id);
  if (!track) clip.tracks.push((track = { id, label, boxes: [] }));
  track.boxes.push(
    isTimed ? { frame: null, timeSeconds: at, box } : { frame: at - 1, timeSeconds: null, box },
  );
  addLabel(clip, label);
}

/** `item { name: "walk" id: 14 }`, in either order, as TensorFlow's label maps write it. */
async function actionNames(folder: string): Promise<Map<number, string>> {
  const names = new Map<number, string>();
  for (const file of (await readdir(folder)).filter((name) => name.endsWith('.pbtxt')).sort()) {
    for (const [, item] of (await readText(join(folder, file))).matchAll(/\w+\s*\{([^}]*)\}/g)) {
      const id = /\b(?:label_)?id:\s*(\d+)/.exec(item!)?.[1];
      const name = /\bname:\s*"([^"]*)"/.exec(item!)?.[1];
      if (id && name) names.set(Number(id), name);
    }
  }
  return names;
}

/** AVA has seven or eight fields, most of them numbers; a line of nothing but numbers is MOT's. */
function likenessOf({ file, first }: TableLook, format: Reading['format']): Likeness {
  const isBox = first.length >= 7 && first.slice(1, 6).every((field) => Number.isFinite(Number(field)));
  const isAsked = isMultiSports(file, first[0] ?? '') === (format === 'multisports');
  return isBox && isAsked && !first.every(isNumber) && LOOKS.numbers;
}

/** The same columns as AVA's, but frames in place of seconds; its videos are named by sport. */
function isMultiSports(file: string, video: string): boolean {
  return /multi_?sports/i.test(file) || /^(aerobic_gymnastics|basketball|football|volleyball)\//.test(video);
}

function rowsOf(clips: readonly WrittenClip[], labels: readonly string[]): string[] {
  return boxesOf(clips).map(({ clip, track, box: { timeSeconds, box } }) => {
    const size = [clip.width, clip.height];
    // Rounding must not lead out of the picture: AVA's edges lie in 0..1.
    const edges = box.map((edge, e) => Math.min(1, Math.max(0, edge / size[e % 2]!)));
    const person = clip.tracks.indexOf(track);
    return [csvField(clip.clip), timeSeconds, ...edges, labels.indexOf(track.label) + 1, person].join(',');
  });
}

/** A name between quotes; the format of the list knows no escape that every reader takes. */
function quoted(name: string): string {
  return `"${name.replaceAll('"', "'")}"`;
}
