// `--queue`: clips that workers take from a server instead of this process.
import { resolve } from 'node:path';
import { Option } from 'commander';
import { usageError } from '../errors.js';
import type { Divided, PartDone, Piece, ProduceOptions, QueuedClip, QueuedWork } from '../scale/index.js';
import type { Progress } from './progress.js';

/** What commander makes of the option. */
export interface QueueOptions {
  queue?: string;
}

/** `--queue ADDRESS`, of commands whose clips, rows, folds or runs may go through a queue. */
export function queueOption(): Option {
  return new Option(
    '--queue <address>',
    'let workers (`wherewhen worker`) do the work, through redis://HOST:PORT; the password: $WHEREWHEN_QUEUE_PASSWORD (docs/scale.md)',
  ).conflicts(['part', 'gather']);
}

/** `--queue ADDRESS` of a server whose questions workers answer. */
export function serveQueueOption(): Option {
  return new Option(
    '--queue <address>',
    'ask workers (`wherewhen worker`) instead of computing here, before what waits; a page shows the queue; the password: $WHEREWHEN_QUEUE_PASSWORD',
  );
}

/** Throws `usage` where results that come through a queue have no place to be kept. */
export function requireOut({ queue, out }: QueueOptions & { out?: string }): void {
  if (queue !== undefined && out === undefined)
    throw usageError(
      '--queue',
      'a place for the results: --out FILE',
      'none',
      'the same command goes on there',
    );
}

/** What workers are asked for, and who follows. */
export interface QueuedPieces {
  work: Omit<QueuedWork, 'id'>;
  clipAt: (place: number) => Omit<QueuedClip, 'key'>;
  produce?: ProduceOptions;
  progress: Progress;
  onError: (error: Error) => void;
  signal: AbortSignal;
}

/** Has workers make what is left of a work. What comes back is kept as the pieces of one part, so that the same command goes on. */
export async function makeByQueue(
  address: string,
  divided: Divided,
  { work, clipAt, produce, progress, onError, signal }: QueuedPieces,
): Promise<PartDone> {
  const { hashOf, makePart, openQueue, queueAddress, throughQueue, wholePart } =
    await import('../scale/index.js');
  await using link = await openQueue(queueAddress(address));
  const folder = work.folder === undefined ? undefined : resolve(work.folder);
  const id = hashOf(work.kind, JSON.stringify(work.settings), folder ?? '').slice(0, 20);
  return await makePart(divided, wholePart, async function* (places): AsyncGenerator<{
    place: number;
    piece: Piece<unknown>;
  }> {
    const placeOf = new Map(places.map((place) => [divided.keys[place]!, place]));
    const clips = [...placeOf].map(([key, place]) => ({ key, ...clipAt(place) }));
    let done = 0;
    const options = { ...produce, signal };
    for await (const { key, piece } of throughQueue(link, { ...work, id, folder }, clips, options)) {
      if ('error' in piece) onError(piece.error);
      yield { place: placeOf.get(key)!, piece };
      progress.update(++done, clips.length);
    }
  });
}
