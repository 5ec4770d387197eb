// Which format an annotation file or folder has, by its name and its first look, so that a user need not say it. How a
// format looks is told by the format itself.
import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { formatError, missingError, WhereWhenError } from '../../errors.js';
import { hasFields, type Likeness } from './format.js';
import { FORMATS } from './formats.js';
import { readRows } from './table.js';
import { readText } from './text.js';

type KnownFormat = (typeof FORMATS)[number];

/** How deep folders of tasks, sequences and games may lie, and how many are looked into. */
const [DEEPEST, MOST_FOLDERS] = [4, 300];
const TABLES = ['.csv', '.tsv', '.txt', '.list'];

/** The format of what lies at `path`. Throws `missing`, and `format` where it looks like none of them. */
export async function guessFormat(path: string): Promise<string> {
  const facts = await stat(path).catch((cause: unknown) => {
    throw missingError(path, 'a list or annotations of clips', 'nothing there', undefined, cause);
  });
  const found = facts.isDirectory() ? await folderFormat(path) : await fileFormat(path);
  if (found !== undefined) return found.name;
  throw formatError(
    path,
    'a list or annotations that are known by their looks',
    facts.isDirectory() ? 'another folder' : 'another file',
    'name the format: --format csv, json, ucf101, hmdb51, ...',
  );
}

async function folderFormat(path: string): Promise<KnownFormat | undefined> {
  const names = await readdir(path);
  return markedFormat(names) ?? (await labelsFormat(path, names)) ?? (await nestedFormat(path));
}

function markedFormat(names: readonly string[]): KnownFormat | undefined {
  return FORMATS.find(({ looksLike }) => names.some((name) => looksLike?.inFolder?.test(name)));
}

/** A folder of nothing but numbered text files, a file a frame: told by the first line of one. */
async function labelsFormat(path: string, names: readonly string[]): Promise<KnownFormat | undefined> {
  if (names.length === 0 || !names.every((name) => /\.txt$/i.test(name))) return undefined;
  for (const name of names.filter((one) => /\d\.txt$/i.test(one)).slice(0, 50)) {
    const line = /\S.*/.exec(await readText(join(path, name)))?.[0]?.trim();
    if (line === undefined) continue; // a frame without a box
    return FORMATS.find(({ looksLike }) => looksLike?.frameLine?.test(line));
  }
  return undefined;
}

/** The format of the first folder below that has a mark, the upper ones first. */
async function nestedFormat(path: string): Promise<KnownFormat | undefined> {
  let level = [path];
  let looked = 0;
  for (let depth = 0; depth < DEEPEST; depth++) {
    const below: string[] = [];
    for (const folder of level) {
      if (looked++ > MOST_FOLDERS) return undefined;
      const entries = await readdir(folder, { withFileTypes: true });
      const found = depth === 0 ? undefined : markedFormat(entries.map(({ name }) => name));
      if (found?.looksLike?.isNested) return found;
      below.push(...entries.filter((one) => one.isDirectory()).map(({ name }) => join(folder, name)));
    }
    level = below.sort();
  }
  return undefined;
}

async function fileFormat(path: string): Promise<KnownFormat | undefined> {
  const ending = extname(path).toLowerCase();
  if (TABLES.includes(ending)) return tableFormat(path);
  if (ending === '.json') return jsonFormat(await readText(path), path);
  return FORMATS.find(({ looksLike }) => looksLike?.endings?.includes(ending));
}

async function tableFormat(path: string): Promise<KnownFormat | undefined> {
  const rows = (await readRows(path)).rows.slice(0, 50).map(({ fields }) => fields);
  const first = rows[0]?.map((field) => field.trim()) ?? [];
  const look = { file: basename(path), first, names: first.map((name) => name.toLowerCase()), rows };
  return likeliest(({ looksLike }) => looksLike?.table?.(look));
}

function jsonFormat(text: string, path: string): KnownFormat {
  const value = jsonOf(text);
  const found = likeliest(({ looksLike }) => looksLike?.json?.(value));
  if (found !== undefined) return found;
  throw strangeObject(value, path);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // a reader will name the line of the fault
  }
}

/** The format whose look says most, of equals the first of the list. */
function likeliest(likenessOf: (format: KnownFormat) => Likeness | undefined): KnownFormat | undefined {
  let best: { format: KnownFormat; likeness: number } | undefined;
  for (const format of FORMATS) {
    const likeness = likenessOf(format) || 0;
    if (likeness > (best?.likeness ?? 0)) best = { format, likeness };
  }
  return best?.format;
}

/** Detections of a model are no annotations, and are often taken for them. */
function strangeObject(value: unknown, path: string): WhereWhenError {
  const names = typeof value === 'object' && value !== null ? Object.keys(value).slice(0, 5) : [];
  const isFound = hasFields(value, 'results');
  return formatError(
    path,
    'a list or annotations that are known by their looks',
    isFound ? 'detections ("results")' : `JSON with ${names.join(', ') || 'nothing in it'}`,
    isFound
      ? 'evaluate --protocol NAME --annotations TRUTH --detections FILE scores detections'
      : 'name the format: --format csv, json, ucf101, hmdb51, ...',
  );
}
