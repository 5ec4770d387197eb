// Files that are whole or not there: written beside their place under a temporary name, then renamed.
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { WhereWhenError } from './errors.js';

/** Makes every temporary name of this process another one. */
let written = 0;

/**
 * Writes `bytes` to `path` so that a reader, or a process killed at any moment, sees the old file or the new
 * one and never a part. Folders are made as needed. Throws `output` when it cannot be written; the old file stays.
 */
export async function writeAtomically(path: string, bytes: Uint8Array | string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}-${written++}.tmp`);
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(bytes);
      await file.sync(); // a full disk or a lost network drive speaks here, before the old file is replaced
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw outputError(path, cause);
  }
}

/**
 * Removes what killed processes left half-written in `folder`, `.NAME.PID-N.tmp` of ours and `NAME.PID.part` of a video;
 * files of processes that live are let be.
 */
export async function sweepTemporaries(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const [, pid] = /^\..+\.(\d+)-\d+\.tmp$/.exec(name) ?? /^.+\.(\d+)\.part$/.exec(name) ?? [];
    if (pid !== undefined && !isAlive(Number(pid))) await rm(join(folder, name), { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // somebody else's
  }
}

/** The error of a file that could not be written, with the system's reason in plain words. */
export function outputError(path: string, cause: unknown): WhereWhenError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const known: Record<string, [string, string]> = {
    ENOSPC: ['no space left on the device', 'free some space; files written before are whole'],
    EDQUOT: ['the quota is used up', 'free some space; files written before are whole'],
    EACCES: ['no permission', 'choose a folder that you may write to'],
    EPERM: ['no permission', 'choose a folder that you may write to'],
    EROFS: ['a read-only file system', 'choose a folder that you may write to'],
    ENOTDIR: ['a file where a folder should be', 'choose another folder'],
    ENOENT: ['no such folder', 'choose another folder'],
    EISDIR: ['a folder where a file should be', 'choose another name'],
    EEXIST: ['a file where a folder should be', 'choose another folder'],
  };
  const [received, hint] = known[code ?? ''] ?? [message, undefined];
  return new WhereWhenError(
    { code: 'output', path, expected: 'a place to write to', received, hint },
    { cause },
  );
}
