// Which format an annotation file or folder has, by its name and its first look, so that a user need not say it.
import { readdir, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { WhereWhenError } from '../../errors.js';
import { readRows, readText } from './text.js';

/** Marks of a folder: a name in it, and the format that it means. */
const FOLDERS: readonly [RegExp, string][] = [
  [/^classInd\.txt$/, 'ucf101'],
  [/_test_split[123]\.txt$/, 'hmdb51'],
  [/^splits$/, 'jhmdb'],
  [/_(test|val)\.txt$/, 'thumos14'],
  [/^(training|validation)Set\.csv$/, 'moments'],
];

/** Marks of a JSON object: fields that it has, and the format that they mean. */
const OBJECTS: readonly [readonly string[], string][] = [
  [['database'], 'activitynet'],
  [['images', 'annotations', 'categories'], 'coco'],
  [['metadata', 'file', 'view'], 'via'],
];

/** The format of what lies at `path`. Throws `missing`, and `format` where it looks like none of them. */
export async function guessFormat(path: string): Promise<string> {
  const facts = await stat(path).catch((cause: unknown) => {
    throw new WhereWhenError(
      { code: 'missing', path, expected: 'a list or annotations of clips', received: 'nothing there' },
      { cause },
    );
  });
  const found = facts.isDirectory() ? folderFormat(await readdir(path)) : await fileFormat(path);
  if (found !== undefined) return found;
  throw new WhereWhenError({
    code: 'format',
    path,
    expected: 'a list or annotations that are known by their looks',
    received: facts.isDirectory() ? 'another folder' : 'another file',
    hint: 'name the format: --format csv, json, ucf101, hmdb51, ...',
  });
}

function folderFormat(names: readonly string[]): string | undefined {
  return FOLDERS.find(([mark]) => names.some((name) => mark.test(name)))?.[1];
}

async function fileFormat(path: string): Promise<string | undefined> {
  switch (extname(path).toLowerCase()) {
    case '.mat':
      return 'ucf101-24';
    case '.xml':
      return 'cvat';
    case '.csv':
      return csvFormat(path);
    case '.json':
      return jsonFormat(await readText(path));
  }
  return undefined;
}

/** A list of one's own and Kinetics have a header; AVA has seven or eight fields, most of them numbers. */
async function csvFormat(path: string): Promise<string> {
  const names = (await readRows(path))[0]?.fields.map((name) => name.trim()) ?? [];
  if (names.includes('clip') && names.includes('label')) return 'csv';
  if (names.includes('youtube_id')) return 'kinetics';
  const isBox = names.length >= 7 && names.slice(1, 6).every((field) => Number.isFinite(Number(field)));
  return isBox ? 'ava' : 'moments';
}

function jsonFormat(text: string): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'json'; // whose reader names the line of the fault
  }
  if (Array.isArray(value)) return value.some((one) => has(one, 'data')) ? 'label-studio' : 'json';
  return OBJECTS.find(([fields]) => fields.every((field) => has(value, field)))?.[1] ?? 'boxes';
}

function has(value: unknown, field: string): boolean {
  return typeof value === 'object' && value !== null && field in value;
}
