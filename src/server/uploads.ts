// Clips that the reader gives to the server: written into the cache under a name of ours that ends in theirs, whole or not at
// all, and listed again when the same clips are served again.
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { randomUUID } from 'node:crypto';
import type { ReadableStream } from 'node:stream/web';
import { VIDEO_ENDINGS } from '../video/mediaNames.js';
import { sweepTemporaries } from '../atomicFile.js';
import { inputError, usageError } from '../errors.js';
import { ownerMark } from '../owner.js';
import type { ClipListEntry } from './api.js';
import type { Library } from './library.js';

/** Where uploads go, and how many bytes one may have. */
export interface Uploads {
  folder: string;
  limit: number;
}

/** Writes one clip and takes it into the library. Throws `usage` for a name that is no clip's, `input` above the limit. */
export async function takeUpload(
  { folder, limit }: Uploads,
  library: Library,
  { name, body }: { name: string; body: globalThis.ReadableStream<Uint8Array> | null },
): Promise<ClipListEntry> {
  const shown = name.replace(/^.*[/\\]/, '').slice(0, 200);
  const ending = extname(shown).toLowerCase();
  if (!VIDEO_ENDINGS.includes(ending) || body === null) {
    const expected = `a file named as a clip (${VIDEO_ENDINGS.slice(0, 6).join(' ')} ...)`;
    throw usageError('uploads', expected, shown || 'no name');
  }
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${randomUUID()}-${fileName(shown, ending)}`);
  const temporary = `${path}.${ownerMark()}.part`;
  try {
    await pipeline(Readable.fromWeb(body as ReadableStream), counted(limit), createWriteStream(temporary));
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  return library.add(path, shown);
}

/** Takes in the uploads that an earlier sitting kept; what a killed one left half-written goes. */
export async function listUploads({ folder }: Uploads, library: Library): Promise<void> {
  await sweepTemporaries(folder);
  for (const file of (await readdir(folder).catch(() => [])).sort()) {
    const [, name] = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}-(.+)$/.exec(file) ?? [];
    if (name !== undefined && VIDEO_ENDINGS.includes(extname(name).toLowerCase()))
      library.add(join(folder, file), name);
  }
}

/** The name that the clip is listed by again: letters and digits of any script, short enough for any disk. */
function fileName(shown: string, ending: string): string {
  const stem = shown.slice(0, -ending.length).replaceAll(/[^\p{L}\p{N}._-]/gu, '_');
  return `${stem.slice(0, 50) || 'clip'}${ending}`;
}

function counted(limit: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      bytes += chunk.length;
      if (bytes <= limit) return done(null, chunk);
      done(
        inputError(
          'uploads',
          `at most ${Math.round(limit / 1e6)} MB`,
          'more',
          'serve the folder that holds it instead: --data DIR',
        ),
      );
    },
  });
}
