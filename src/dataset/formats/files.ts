// Formats of one file a clip: the file that is asked for, or all of its kind in a folder; and the names that it gives.
import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join, relative } from 'node:path';
import { missingError } from '../../errors.js';

/** The file itself, or the files in and below a folder whose names match. Throws `missing` for a folder without one. */
export async function filesOf(path: string, mark: RegExp, what: string): Promise<string[]> {
  if (!(await stat(path).catch(() => undefined))?.isDirectory()) return [path];
  const names = await filesBelow(path, mark);
  if (names.length > 0) return names.map((name) => join(path, name));
  throw missingError(path, what, 'none');
}

/** All files below a folder whose names match, by their path below it, with `/`. */
export async function filesBelow(folder: string, mark: RegExp): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && mark.test(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
}

/** `run.mp4` of `folder/run.mp4.vtt`. */
export function stemOfFile(path: string): string {
  return basename(path, extname(path));
}
