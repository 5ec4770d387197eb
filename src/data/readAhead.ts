// Clips read a little ahead of who uses them, so that decoding runs beside computing and memory holds a
// few clips whatever their number.
import { availableParallelism } from 'node:os';
import { WhereWhenError } from '../errors.js';
import { readClip, type Clip } from '../video/index.js';
import type { ClipShape } from './prepare.js';

/** A clip as it was read, or why it could not be. */
export type ReadClip = { place: number; path: string } & (
  { clip: Clip; error?: undefined } | { clip?: undefined; error: WhereWhenError }
);

/** Reads the clips at `paths` in order, up to `ahead` of them beyond the one in use. A broken clip comes as its error. */
export async function* readAhead(
  paths: readonly string[],
  shape: ClipShape,
  { ahead = availableParallelism() }: { ahead?: number } = {},
): AsyncGenerator<ReadClip> {
  const coming: Promise<ReadClip>[] = [];
  for (let place = 0; place < paths.length; place++) {
    while (coming.length <= ahead && place + coming.length < paths.length) {
      coming.push(readOne(paths[place + coming.length]!, place + coming.length, shape));
    }
    yield await coming.shift()!;
  }
}

/** Never rejects but for defects of ours: those are thrown where the clip's turn comes. */
async function readOne(path: string, place: number, shape: ClipShape): Promise<ReadClip> {
  try {
    return { place, path, clip: await readClip(path, shape) };
  } catch (error) {
    const known =
      error instanceof WhereWhenError
        ? error
        : new WhereWhenError(
            { code: 'internal', path, expected: 'a clip to read', received: (error as Error).message },
            { cause: error },
          );
    return { place, path, error: known };
  }
}
