// What a clip is, told from little of it: which process takes it must not cost each of them a reading of all clips.
import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { framesOfFolder } from './contentHash.js';

/** Bytes read at the start, in the middle and at the end. */
const PIECE = 16 * 1024;

/**
 * SHA-256 (hex) of a file's size and of 16 KiB at its start, middle and end; of a frame folder's names and sizes, and so much
 * of its first picture. Equal clips have equal ones. A clip that cannot be read has that of its path: whoever takes it says so.
 */
export async function clipFingerprint(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    if (!(await stat(path)).isDirectory()) await feed(hash, path);
    else {
      const names = await framesOfFolder(path);
      for (const name of names) hash.update(`${name}:${(await stat(join(path, name))).size};`);
      if (names.length > 0) await feed(hash, join(path, names[0]!));
    }
  } catch {
    return createHash('sha256').update(path).digest('hex');
  }
  return hash.digest('hex');
}

async function feed(hash: ReturnType<typeof createHash>, path: string): Promise<void> {
  await using file = await open(path);
  const { size } = await file.stat();
  hash.update(`${size};`);
  const buffer = Buffer.alloc(PIECE);
  for (const at of [0, Math.max(0, Math.floor((size - PIECE) / 2)), Math.max(0, size - PIECE)]) {
    const { bytesRead } = await file.read(buffer, 0, PIECE, at);
    hash.update(buffer.subarray(0, bytesRead));
  }
}
