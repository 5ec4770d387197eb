// Puts clips into a queue and takes back what workers make of them. No more than some are under way at a time, so that neither
// this process nor the server grows with the work. What comes back is taken off the server only once it is kept here: a
// producer that is killed loses nothing, and a clip that was done twice counts once.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { usageError, WhereWhenError } from '../../errors.js';
import { stateOf, thisOwner, type Owner } from '../../owner.js';
import type { Piece } from '../pieces.js';
import { dropBlobs } from './blobs.js';
import { keyIn, markFolder, received } from './delivery.js';
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
  /** Behind others, however few they are: trainings, which take long. */
  isBulk?: boolean;
  signal?: AbortSignal;
}

/** Taken from the server at a time. */
const BATCH = 100;
/** Seconds after which a producer that says nothing is dead, and milliseconds between two looks. */
const [DEAD, LOOK] = [60, 20];
/** Works of more clips wait behind those of fewer. */
const BULK = 8;
const TRIES = 3;

/** What was made of a clip. */
export interface Made {
  key: string;
  piece: Piece<unknown>;
}

/**
 * Hands out the piece of each clip, in whatever order they come; files that come with it lie in the folder of the work before.
 * Throws `usage` where another process has queued the same work, and `output`. Once the signal comes, clips that no worker has
 * begun are taken out.
 */
export async function* throughQueue(
  link: QueueLink,
  work: QueuedWork,
  clips: readonly QueuedClip[],
  options: ProduceOptions = {},
): AsyncGenerator<Made> {
  const { askSeconds = 5, signal } = options;
  const hold = await holdWork(link, work.id);
  try {
    const unmark = await markFolder(link, work);
    const own = new Production(link, work, clips, options);
    try {
      await own.begin();
      let heardAt = performance.now();
      while (own.left > 0 && !signal?.aborted) {
        await own.fill();
        const count = yield* own.take();
        if (count > 0) heardAt = performance.now();
        else if (performance.now() - heardAt > 1000 * askSeconds) {
          yield* own.lost();
          heardAt = performance.now();
        } else await sleep(LOOK);
      }
      await own.end();
    } finally {
      await unmark();
    }
  } finally {
    await hold.release();
  }
}

/** One sitting of a producer. */
class Production {
  readonly #link: QueueLink;
  readonly #work: QueuedWork;
  readonly #clips: readonly QueuedClip[];
  readonly #options: ProduceOptions;
  readonly #byKey: ReadonlyMap<string, QueuedClip>;
  readonly #toMake: Set<string>;
  readonly #underWay = new Set<string>();
  /** How often bytes of a clip came that were not whole. */
  readonly #torn = new Map<string, number>();
  #next = 0;

  constructor(
    link: QueueLink,
    work: QueuedWork,
    clips: readonly QueuedClip[],
    { isBulk = clips.length > BULK, ...options }: ProduceOptions,
  ) {
    this.#link = link;
    this.#work = work;
    this.#clips = clips;
    this.#options = { ...options, isBulk };
    this.#byKey = new Map(clips.map((clip) => [clip.key, clip]));
    this.#toMake = new Set(this.#byKey.keys());
  }

  /** Clips that are still to be made. */
  get left(): number {
    return this.#toMake.size;
  }

  async begin(): Promise<void> {
    const { id, kind, settings, folder } = this.#work;
    await this.#link.redis.hset(names.works, id, JSON.stringify({ kind, settings, folder }));
    await forgetFailed(this.#link, id);
  }

  /** Queues as many as may be under way. */
  async fill(): Promise<void> {
    const { ahead = 1000 } = this.#options;
    const isRoom = this.#underWay.size <= ahead - BATCH || this.#underWay.size === 0;
    if (this.#next >= this.#clips.length || !isRoom) return;
    const some = this.#clips.slice(this.#next, this.#next + Math.min(BATCH, ahead));
    this.#next += some.length;
    const open = some.filter(({ key }) => this.#toMake.has(key)); // others came from an earlier sitting
    await addClips(this.#link, this.#work.id, open, this.#options);
    for (const { key } of open) this.#underWay.add(key);
    await this.#link.redis.hset(names.ahead, this.#work.id, this.#clips.length - this.#next);
  }

  /** Hands out what workers have made and takes it off the server once it is kept; how much that was. */
  async *take(): AsyncGenerator<Made, number> {
    const { redis } = this.#link;
    const { id } = this.#work;
    const lines = await redis.lrange(names.made(id), 0, BATCH - 1);
    for (const text of lines) {
      const key = keyIn(text);
      const piece = this.#toMake.has(key) ? await this.#pieceOf(text) : undefined;
      if (piece) yield this.#over(key, piece);
    }
    if (lines.length === 0) return 0;
    await redis.ltrim(names.made(id), lines.length, -1);
    const keys = new Set(lines.map(keyIn));
    await dropBlobs(this.#link, id, keys);
    await this.#makeAgain([...keys].filter((key) => this.#toMake.has(key)));
    return lines.length;
  }

  /** The piece of a line, with its files in their place; undefined for bytes that were not whole and are to be made again. */
  async #pieceOf(text: string): Promise<Piece<unknown> | undefined> {
    const { id, folder } = this.#work;
    const { tries = TRIES } = this.#options;
    try {
      return pieceIn(await received(this.#link, text, { holder: id, folder }));
    } catch (error) {
      if (!(error instanceof WhereWhenError) || error.code !== 'format') throw error;
      const key = keyIn(text);
      const torn = (this.#torn.get(key) ?? 0) + 1;
      this.#torn.set(key, torn);
      return torn < tries ? undefined : { error };
    }
  }

  async #makeAgain(keys: readonly string[]): Promise<void> {
    const { id } = this.#work;
    for (const key of keys) await this.#link.queue.remove(jobId(id, key)).catch(() => 0);
    const clips = keys.map((key) => this.#byKey.get(key)!);
    if (clips.length > 0) await addClips(this.#link, id, clips, this.#options);
  }

  /** Clips of which no line will come. */
  async *lost(): AsyncGenerator<Made> {
    const { id } = this.#work;
    for (const key of [...this.#underWay]) {
      const error = await lossOf(this.#link, jobId(id, key), this.#byKey.get(key)!.name);
      if (!error) continue;
      if ((await this.#link.redis.llen(names.made(id))) > 0) return; // lines came meanwhile
      yield this.#over(key, { error });
    }
  }

  #over(key: string, piece: Piece<unknown>): Made {
    this.#toMake.delete(key);
    this.#underWay.delete(key);
    return { key, piece };
  }

  /** Leaves nothing on the server; clips that no worker has begun are taken out where some are not made. */
  async end(): Promise<void> {
    const { queue, redis } = this.#link;
    const { id } = this.#work;
    for (const key of this.#underWay) await queue.remove(jobId(id, key)).catch(() => 0);
    await redis.hdel(names.ahead, id);
    if (this.left > 0) return; // the next sitting takes what comes
    await redis.del(names.made(id));
    await dropBlobs(this.#link, id);
  }
}

/** The name of a clip's job. */
export function jobId(work: string, key: string): string {
  return `${work}-${key}`;
}

async function addClips(
  { queue }: QueueLink,
  work: string,
  clips: readonly QueuedClip[],
  options: ProduceOptions,
): Promise<void> {
  await queue.addBulk(
    clips.map((clip) => ({
      name: 'clip',
      data: { ...clip, work } satisfies JobData,
      opts: { ...jobOptions(options), jobId: jobId(work, clip.key) },
    })),
  );
}

/** How often a job is tried, and when; and its place among others. */
export function jobOptions({ tries = TRIES, backOffSeconds = 1, isBulk = false }: ProduceOptions): object {
  return {
    attempts: tries,
    backoff: { type: 'exponential', delay: 1000 * backOffSeconds },
    removeOnComplete: true,
    ...(isBulk && { priority: 10 }),
  };
}

/** Clips of an earlier try of this work that were set aside: they are tried again. */
async function forgetFailed({ queue }: QueueLink, work: string): Promise<void> {
  for (const job of await queue.getFailed(0, 10_000))
    if ((job.data as JobData).work === work) await job.remove();
}

/** Why no line will come of a job: set aside after a worker died over it, or taken out of the queue; undefined where one may. */
export async function lossOf(
  { queue }: QueueLink,
  id: string,
  name: string,
): Promise<WhereWhenError | undefined> {
  const job = await queue.getJob(id);
  const state = job ? await job.getState() : 'unknown';
  if (state === 'failed') return errorIn(job!.failedReason, name);
  return state === 'unknown' ? reasonOf(new Error('it was taken out of the queue'), name) : undefined;
}

/** One producer a work: two would take each other's results. Throws `usage`. */
async function holdWork({ redis, shown }: QueueLink, work: string): Promise<{ release(): Promise<void> }> {
  const mine = JSON.stringify({ ...thisOwner(), id: randomUUID() });
  const key = names.producer(work);
  while ((await redis.set(key, mine, 'EX', DEAD, 'NX')) === null) {
    if ((await redis.pttl(key)) > 1000 * DEAD) await redis.expire(key, DEAD); // the server's clock was set back
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
  const renew = async (): Promise<void> => {
    if ((await redis.set(key, mine, 'EX', DEAD, 'NX')) === null) await redis.expire(key, DEAD); // a server's clock may jump
  };
  const beat = setInterval(() => void renew().catch(() => 0), 1000 * (DEAD / 4)).unref();
  return {
    release: async () => {
      clearInterval(beat);
      if ((await redis.get(key)) === mine) await redis.del(key);
    },
  };
}
