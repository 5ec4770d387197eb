// Writing video from the caller's side: pictures go to a video thread as they come, a few ahead.
import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { outputError, usageError } from '../errors.js';
import type { EncodeOptions } from './encoding.js';
import { sharedThreads, type VideoThreads } from './threads.js';

/** What to write, and the pictures. */
export interface EncodeVideoOptions extends EncodeOptions {
  /** RGB or RGBA of `width x height`, row by row from the top; alpha is ignored. */
  frames: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  threads?: VideoThreads;
  signal?: AbortSignal;
}

/**
 * Writes an MP4 that every browser plays (H.264, 4:2:0, odd sizes padded to even by one repeated
 * row or column). The same pictures give the same bytes with the same encoder. The file appears
 * under its name only when it is whole. Throws a WhereWhenError (`usage`, `output`).
 */
export async function encodeVideo(path: string, options: EncodeVideoOptions): Promise<void> {
  const { width, height, frameRate, quality, encoder, frames, signal } = options;
  check(path, options);
  signal?.throwIfAborted();
  const task = { kind: 'encode', path, options: { width, height, frameRate, quality, encoder } } as const;
  let [wanted, wake]: [number, () => void] = [0, () => undefined];
  const job = (options.threads ?? sharedThreads()).stream(task, () => {
    wanted++;
    wake();
  });
  const stop = (): void => job.cancel(signal!.reason);
  signal?.addEventListener('abort', stop, { once: true });
  const settled = job.done.then(
    () => true,
    () => true,
  );
  try {
    for await (const picture of frames) {
      while (wanted === 0) {
        const isOver = await Promise.race([new Promise<void>((resolve) => (wake = resolve)), settled]);
        if (isOver) return void (await job.done);
      }
      wanted--;
      job.send({ picture });
    }
    job.send({ picture: null });
    await job.done;
  } catch (error) {
    job.cancel(error);
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

function check(path: string, { width, height, frameRate }: EncodeVideoOptions): void {
  const rules: [string, number, boolean, string][] = [
    ['width', width, Number.isInteger(width) && width >= 1, 'a whole number of at least 1'],
    ['height', height, Number.isInteger(height) && height >= 1, 'a whole number of at least 1'],
    ['frameRate', frameRate, frameRate > 0 && frameRate <= 1000, 'above 0 and at most 1000'],
  ];
  for (const [name, value, holds, rule] of rules)
    if (!holds) throw usageError(`encodeVideo: options.${name}`, `must be ${rule}`, `${value}`);
  const folder = dirname(path);
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw outputError(path, 'an existing folder to write to', folder);
}
