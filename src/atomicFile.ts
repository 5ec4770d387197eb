// Files that are whole or not there: written beside their place under a temporary name, then renamed.
import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { threadId } from 'node:worker_threads';
import { outputError, WhereWhenError } from './errors.js';
import { ownerMark, stateOf } from './owner.js';

/** Makes every temporary name of this thread another one. */
let written = 0;

/**
 * Writes `bytes` to `path` so that a reader, or a process killed at any moment, sees the old file or the new
 * one and never a part. Folders are made as needed. Throws `output` when it cannot be written; the old file stays.
 */
export async function writeAtomically(path: string, bytes: Uint8Array | string): Promise<void> {
  await writeBeside(path, bytes, async () => true);
}

/**
 * As {@link writeAtomically}, but only where the file still holds the bytes that were read from it (undefined: is not
 * there), compared by their hash at the last moment; false, and nothing written, where it does not. Throws `output`.
 */
export function replaceUnchanged(
  path: string,
  { read, bytes }: { read: Uint8Array | undefined; bytes: Uint8Array | string },
): Promise<boolean> {
  return writeBeside(path, bytes, async () => hashOf(await bytesOf(path)) === hashOf(read));
}

/** Folders that this process has swept, or is about to. */
const swept = new Map<string, Promise<void>>();

/** Whatever was killed while it wrote in this folder: whoever writes there next clears up, once in a process. */
function sweepOnce(folder: string): Promise<void> {
  const place = resolve(folder);
  const known = swept.get(place) ?? sweepTemporaries(place).catch(() => undefined);
  swept.set(place, known);
  return known;
}

/** The bytes of a file, undefined where it is not there. */
async function bytesOf(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause;
  }
}

function hashOf(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? '' : createHash('sha256').update(bytes).digest('hex');
}

/** Writes a temporary file, which takes the place of `path` where `isWanted` still says so. */
async function writeBeside(
  path: string,
  bytes: Uint8Array | string,
  isWanted: () => Promise<boolean>,
): Promise<boolean> {
  const temporary = join(dirname(path), `.${basename(path)}.${ownerMark()}-${threadId}-${written++}.tmp`);
  try {
    await mkdir(dirname(path), { recursive: true });
    await sweepOnce(dirname(path));
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(bytes);
      await file.sync(); // a full disk or a lost network drive speaks here, before the old file is replaced
    } finally {
      await file.close();
    }
    const isTaken = await isWanted();
    await (isTaken ? rename(temporary, path) : rm(temporary, { force: true }));
    return isTaken;
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw writeError(path, cause);
  }
}

/** A half-written file whose writer cannot be asked is left alone for a day: it may be written to by another machine. */
const ABANDONED = 24 * 3600 * 1000;

/** Temporary names of ours, those of a video behind: the space and id of the process stand in front of `.tmp` and `.part`. */
const NAMES = [/^\..+\.([0-9a-f]{8})-(\d+)-\d+-\d+\.tmp$/, /^.+\.([0-9a-f]{8})-(\d+)\.part$/];

/** Names of earlier versions, which do not say on which machine their process ran. */
const FORMER = [/^\..+\.\d+-\d+\.tmp$/, /^.+\.\d+\.part$/];

/**
 * Removes what killed processes left half-written in `folder`. A process that lives, here or on another machine that shares
 * the folder, loses nothing: a file goes when its process has ended, or where that is not known when it is a day old.
 */
export async function sweepTemporaries(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const [, space, pid] = NAMES.map((form) => form.exec(name)).find((found) => found !== null) ?? [];
    const isOurs = space !== undefined || FORMER.some((form) => form.test(name));
    if (!isOurs) continue;
    const state = space === undefined ? 'unknown' : stateOf({ space, pid: Number(pid) });
    const path = join(folder, name);
    if (state === 'gone' || (state === 'unknown' && (await isOlder(path, ABANDONED))))
      await rm(path, { force: true });
  }
}

async function isOlder(path: string, age: number): Promise<boolean> {
  const facts = await stat(path).catch(() => undefined);
  return facts !== undefined && Date.now() - facts.mtimeMs > age;
}

/** The error of a file that could not be written, with the system's reason in plain words. */
export function writeError(path: string, cause: unknown): WhereWhenError {
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
  return outputError(path, 'a place to write to', received, hint, cause);
}
