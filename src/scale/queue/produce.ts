// Puts clips into a queue and takes back what workers make of them. No more than some are under way at a time, so that neither
// this process nor the server grows with the work. What comes back is taken off the server only once it is kept here: a
// producer that is killed loses nothing, and a clip that was done twice counts once.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { usageError } from '../../errors.js';
import { stateOf, thisOwner, type Owner } from '../../owner.js';
import type { Piece } from '../pieces.js';
import { errorIn, pieceIn, reasonOf, type JobData, type QueuedClip, type QueuedWork } from './form.js';
import { names, type QueueLink } from './link.js';

/** How a producer works; times in seconds. */
export interface ProduceOptions {
  /** Clips under way at most: 1000. */
  ahead?: number;
  /** Tries of a clip before it is set aside: 3, a second after the first, two after the second. */
  tries?: number;
  backOffSeconds?: number;
  /** After so long without a result those under way are asked for: 5. */
  askSeconds?: number;
  signal?: AbortSignal;
}

/** Taken from the server at a time. */
const BATCH = 100;
/** Seconds after which a producer that says nothing is dead, and milliseconds between two looks. */
const [DEAD, LOOK] = [60, 20];
/** Works of more clips wait behind those of fewer. */
const BULK = 8;

/**
 * Hands out the piece of each clip, in whatever order they come. Throws `usage` where another process has queued the same
 * work. Once the signal comes, clips that no worker has begun are taken out.
 */
export async function* throughQueue(
  link: QueueLink,
  work: QueuedWork,
  clips: readonly QueuedClip[],
  options: ProduceOptions = {},
): AsyncGenerator<{ key: string; piece: Piece<unknown> }> {
  const { ahead = 1000, askSeconds = 5, signal } = options;
  const { redis } = link;
  const made = names.made(work.id);
  const hold = await holdWork(link, work.id);
  const underWay = new Map<string, QueuedClip>();
  const toMake = new Set(clips.map(({ key }) => key));
  let [next, heardAt] = [0, performance.now()];
  try {
    await redis.hset(names.works, work.id, JSON.stringify({ kind: work.kind, settings: work.settings }));
    await forgetFailed(link, work.id);
    while (toMake.size > 0 && !signal?.aborted) {
      if (next < clips.length && (underWay.size <= ahead - BATCH || underWay.size === 0)) {
        const some = clips.slice(next, next + Math.min(BATCH, ahead));
        next += some.length;
        await addClips(link, work.id, some, { ...options, isBulk: clips.length > BULK });
        for (const clip of some) if (toMake.has(clip.key)) underWay.set(clip.key, clip);
      }
      const lines = await redis.lrange(made, 0, BATCH - 1);
      for (const line of lines) {
        const { key, piece } = pieceIn(line);
        underWay.delete(key);
        if (toMake.delete(key)) yield { key, piece };
      }
      if (lines.length > 0) {
        await redis.ltrim(made, lines.length, -1);
        heardAt = performance.now();
      } else if (performance.now() - heardAt > 1000 * askSeconds) {
        for await (const lost of lostOf(link, work.id, underWay)) {
          underWay.delete(lost.key);
          if (toMake.delete(lost.key)) yield lost;
        }
        heardAt = performance.now();
      } else await sleep(LOOK);
    }
    if (signal?.aborted)
      for (const key of underWay.keys()) await link.queue.remove(jobId(work.id, key)).catch(() => 0);
    else await redis.del(made);
  } finally {
    await hold.release();
  }
}

function jobId(work: string, key: string): string {
  return `${work}-${key}`;
}

async function addClips(
  { queue }: QueueLink,
  work: string,
  clips: readonly QueuedClip[],
  { tries = 3, backOffSeconds = 1, isBulk }: ProduceOptions & { isBulk: boolean },
): Promise<void> {
  const opts = {
    attempts: tries,
    backoff: { type: 'exponential', delay: 1000 * backOffSeconds },
    removeOnComplete: true,
    ...(isBulk && { priority: 10 }),
  };
  await queue.addBulk(
    clips.map((clip) => ({
      name: 'clip',
      data: { ...clip, work } satisfies JobData,
      opts: { ...opts, jobId: jobId(work, clip.key) },
    })),
  );
}

/** Clips of an earlier try of this work that were set aside: they are tried again. */
async function forgetFailed({ queue }: QueueLink, work: string): Promise<void> {
  for (const job of await queue.getFailed(0, 10_000))
    if ((job.data as JobData).work === work) await job.remove();
}

/** Clips of which no line will come: set aside after a worker died over them, or taken out of the queue. */
async function* lostOf(
  { queue, redis }: QueueLink,
  work: string,
  underWay: ReadonlyMap<string, QueuedClip>,
): AsyncGenerator<{ key: string; piece: Piece<unknown> }> {
  for (const [key, { name }] of [...underWay]) {
    const job = await queue.getJob(jobId(work, key));
    const state = job ? await job.getState() : 'unknown';
    if (state !== 'failed' && state !== 'unknown') continue;
    if ((await redis.llen(names.made(work))) > 0) return; // lines came meanwhile
    const error =
      state === 'failed'
        ? errorIn(job!.failedReason, name)
        : reasonOf(new Error('it was taken out of the queue'), name);
    yield { key, piece: { error } };
  }
}

/** One producer a work: two would take each other's results. Throws `usage`. */
async function holdWork({ redis, shown }: QueueLink, work: string): Promise<{ release(): Promise<void> }> {
  const mine = JSON.stringify({ ...thisOwner(), id: randomUUID() });
  const key = names.producer(work);
  while ((await redis.set(key, mine, 'EX', DEAD, 'NX')) === null) {
    const text = await redis.get(key);
    const other = text === null ? undefined : (JSON.parse(text) as Owner);
    if (!other || stateOf(other) === 'gone') await redis.del(key);
    else
      throw usageError(
        shown,
        'work that no other process has queued',
        `the same clips by the same settings, queued by process ${other.pid} on ${other.host}`,
        `wait for its end; a process that died on another machine is forgotten after ${DEAD} s`,
      );
  }
  const beat = setInterval(() => void redis.expire(key, DEAD).catch(() => 0), 1000 * (DEAD / 4)).unref();
  return {
    release: async () => {
      clearInterval(beat);
      if ((await redis.get(key)) === mine) await redis.del(key);
    },
  };
}
