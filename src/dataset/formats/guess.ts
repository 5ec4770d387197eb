// Which format an annotation file or folder has, by its name and its first look, so that a user need not say it.
import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { formatError, missingError, WhereWhenError } from '../../errors.js';
import { isBorisHeader } from './borisTables.js';
import { isFlatRecord } from './labelStudioFlat.js';
import { isListHeader } from './list.js';
import { isPathLine } from './paths.js';
import { readRows } from './table.js';
import { readText } from './text.js';

/** Marks of a folder: a name in it, and the format that it means. */
const FOLDERS: readonly [RegExp, string][] = [
  [/^classInd\.txt$/, 'ucf101'],
  [/_test_split[123]\.txt$/, 'hmdb51'],
  [/^splits$/, 'jhmdb'],
  [/_(test|val)\.txt$/, 'thumos14'],
  [/^(training|validation)Set\.csv$/, 'moments'],
  [/\.xml$/i, 'cvat'],
  [/\.eaf$/i, 'elan'],
  [/\.vtt$/i, 'webvtt'],
  [/\.srt$/i, 'srt'],
  [/^(gt|seqinfo\.ini)$/i, 'mot'],
  [/\.seqinfo\.ini$/i, 'mot'],
  [/^(labels|obj_train_data|classes\.txt|obj\.names|data\.yaml)$/i, 'yolo'],
  [/^Labels-v2\.json$/i, 'soccernet'],
  [/^samples\.json$/i, 'fiftyone'],
];
/** Marks that may lie in folders below, one a task, a sequence or a game. */
const NESTED = new Set(['cvat', 'elan', 'webvtt', 'srt', 'mot', 'soccernet']);
/** How deep such folders may lie, and how many are looked into. */
const [DEEPEST, MOST_FOLDERS] = [4, 300];

/** Marks of a JSON object: fields that it has, and the format that they mean. */
const OBJECTS: readonly [readonly string[], string][] = [
  [['database'], 'activitynet'],
  [['images', 'annotations', 'categories'], 'coco'],
  [['metadata', 'file', 'view'], 'via'],
  [['_via_img_metadata'], 'via'],
  [['observations', 'behaviors_conf'], 'boris'],
  [['samples'], 'fiftyone'],
  [['UrlLocal', 'annotations'], 'soccernet'],
];

/** Marks of the first entry of a JSON object by video. */
const ENTRIES: readonly [readonly string[], string][] = [
  [['url', 'annotations', 'subset'], 'kinetics'],
  [['annotations'], 'activitynet'],
  [['tubes'], 'boxes'],
  [['idx', 'boxes'], 'boxes'],
];

/** The format of what lies at `path`. Throws `missing`, and `format` where it looks like none of them. */
export async function guessFormat(path: string): Promise<string> {
  const facts = await stat(path).catch((cause: unknown) => {
    throw missingError(path, 'a list or annotations of clips', 'nothing there', undefined, cause);
  });
  const found = facts.isDirectory() ? await folderFormat(path) : await fileFormat(path);
  if (found !== undefined) return found;
  throw formatError(
    path,
    'a list or annotations that are known by their looks',
    facts.isDirectory() ? 'another folder' : 'another file',
    'name the format: --format csv, json, ucf101, hmdb51, ...',
  );
}

async function folderFormat(path: string): Promise<string | undefined> {
  const names = await readdir(path);
  return markedFormat(names) ?? (await labelsFormat(path, names)) ?? (await nestedFormat(path));
}

function markedFormat(names: readonly string[]): string | undefined {
  return FOLDERS.find(([mark]) => names.some((name) => mark.test(name)))?.[1];
}

/** A folder of nothing but numbered text files: YOLO has blanks between numbers, MOT commas. */
async function labelsFormat(path: string, names: readonly string[]): Promise<string | undefined> {
  if (names.length === 0 || !names.every((name) => /\.txt$/i.test(name))) return undefined;
  for (const name of names.filter((one) => /\d\.txt$/i.test(one)).slice(0, 50)) {
    const line = /\S.*/.exec(await readText(join(path, name)))?.[0]?.trim();
    if (line === undefined) continue; // a frame without a box
    if (/^\d+,-?\d+(,-?[\d.e+]+){4,}$/i.test(line)) return 'mot';
    return /^\d+(\s+-?[\d.e+-]+){4,}$/i.test(line) ? 'yolo' : undefined;
  }
  return undefined;
}

/** The format of the first folder below that has a mark, the upper ones first. */
async function nestedFormat(path: string): Promise<string | undefined> {
  let level = [path];
  let looked = 0;
  for (let depth = 0; depth < DEEPEST; depth++) {
    const below: string[] = [];
    for (const folder of level) {
      if (looked++ > MOST_FOLDERS) return undefined;
      const entries = await readdir(folder, { withFileTypes: true });
      const found = depth === 0 ? undefined : markedFormat(entries.map(({ name }) => name));
      if (found !== undefined && NESTED.has(found)) return found;
      below.push(...entries.filter((one) => one.isDirectory()).map(({ name }) => join(folder, name)));
    }
    level = below.sort();
  }
  return undefined;
}

async function fileFormat(path: string): Promise<string | undefined> {
  switch (extname(path).toLowerCase()) {
    case '.mat':
      return 'ucf101-24';
    case '.xml':
      return 'cvat';
    case '.boris':
      return 'boris';
    case '.eaf':
      return 'elan';
    case '.vtt':
      return 'webvtt';
    case '.srt':
      return 'srt';
    case '.csv':
    case '.tsv':
    case '.txt':
    case '.list':
      return tableFormat(path);
    case '.json':
      return jsonFormat(await readText(path), path);
  }
  return undefined;
}

/** Tables with a header tell themselves by their columns; AVA has seven or eight fields, most of them numbers. */
async function tableFormat(path: string): Promise<string | undefined> {
  const { rows } = await readRows(path);
  if (rows.slice(0, 50).some((row) => isBorisHeader(row.fields))) return 'boris';
  const fields = rows[0]?.fields.map((name) => name.trim()) ?? [];
  const names = fields.map((name) => name.toLowerCase());
  if (isFlatRecord(names)) return 'label-studio';
  if (names.includes('youtube_id')) return 'kinetics';
  if (isListHeader(names)) return 'csv';
  if (fields.length >= 6 && fields.every((field) => field !== '' && Number.isFinite(Number(field))))
    return 'mot';
  const isBox = fields.length >= 7 && fields.slice(1, 6).every((field) => Number.isFinite(Number(field)));
  if (isBox) return isMultiSports(basename(path), fields[0]!) ? 'multisports' : 'ava';
  if (/(training|validation)Set/i.test(basename(path)) || (fields.length === 4 && !fields[1]!.match(/^\d+$/)))
    return 'moments';
  return isPathLine(fields) ? 'paths' : undefined;
}

/** The same columns as AVA's, but frames in place of seconds; its videos are named by sport. */
function isMultiSports(file: string, video: string): boolean {
  return /multi_?sports/i.test(file) || /^(aerobic_gymnastics|basketball|football|volleyball)\//.test(video);
}

function jsonFormat(text: string, path: string): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'json'; // whose reader names the line of the fault
  }
  if (Array.isArray(value)) {
    const isTask = (one: unknown): boolean =>
      has(one, 'data') || isFlatRecord(Object.keys((one ?? {}) as object));
    return value.some(isTask) ? 'label-studio' : 'json';
  }
  const marked = OBJECTS.find(([fields]) => fields.every((field) => has(value, field)))?.[1];
  if (marked !== undefined) return marked;
  const [first] = Object.values((value ?? {}) as object) as unknown[];
  const found = ENTRIES.find(([fields]) => fields.every((field) => has(first, field)))?.[1];
  if (found !== undefined) return found;
  throw strangeObject(value, path);
}

/** Detections of a model are no annotations, and are often taken for them. */
function strangeObject(value: unknown, path: string): WhereWhenError {
  const names = typeof value === 'object' && value !== null ? Object.keys(value).slice(0, 5) : [];
  const isFound = has(value, 'results');
  return formatError(
    path,
    'a list or annotations that are known by their looks',
    isFound ? 'detections ("results")' : `JSON with ${names.join(', ') || 'nothing in it'}`,
    isFound
      ? 'evaluate --protocol NAME --annotations TRUTH --detections FILE scores detections'
      : 'name the format: --format csv, json, ucf101, hmdb51, ...',
  );
}

function has(value: unknown, field: string): boolean {
  return typeof value === 'object' && value !== null && field in value;
}
