// What a clip is, as bytes: the hash that finds the same clip under two names and keys the store.
import { createHash } from 'node:crypto';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { missingError, WhereWhenError } from '../errors.js';
import { isPictureName } from '../video/mediaNames.js';

/** The names of a frame folder's pictures, sorted as the frames follow each other (`frame2` before `frame10`). */
export async function framesOfFolder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((e) => !e.isDirectory() && isPictureName(e.name)).map((e) => e.name);
  return names.sort(new Intl.Collator('en', { numeric: true }).compare);
}

/** SHA-256 (hex) of a video file's bytes, or of the names and bytes of a frame folder's pictures. Throws `missing`. */
export function contentHash(path: string): Promise<string> {
  return hashOf(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
}

/** Bytes of a clip: of the file, or of a frame folder's pictures together. Clips of other size are other clips. Throws `missing`. */
export function clipBytes(path: string): Promise<number> {
  return bytesOf(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  if (!(await stat(path)).isDirectory()) {
    await feed(hash, path);
    return hash.digest('hex');
  }
  for (const name of await framesOfFolder(path)) {
    const file = join(path, name);
    hash.update(`${name}:${(await stat(file)).size};`);
    await feed(hash, file);
  }
  return hash.digest('hex');
}

async function bytesOf(path: string): Promise<number> {
  const facts = await stat(path);
  if (!facts.isDirectory()) return facts.size;
  let bytes = 0;
  for (const name of await framesOfFolder(path)) bytes += (await stat(join(path, name))).size;
  return bytes;
}

/** Through one buffer, no larger than the file: a stream takes another one for each of its pieces. */
async function feed(hash: ReturnType<typeof createHash>, path: string): Promise<void> {
  await using file = await open(path);
  const { size } = await file.stat();
  const buffer = Buffer.allocUnsafe(Math.min(1 << 20, Math.max(1, size)));
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
    if (bytesRead === 0) return;
    hash.update(buffer.subarray(0, bytesRead));
  }
}

function unreadable(path: string, cause: unknown): WhereWhenError {
  const { code = '', message } = cause as NodeJS.ErrnoException;
  const known: Record<string, string> = { ENOENT: 'nothing there', EACCES: 'no permission to read it' };
  return missingError(path, 'a clip', known[code] ?? message, undefined, cause);
}
