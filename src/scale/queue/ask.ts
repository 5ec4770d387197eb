// Single questions: one clip, asked of whichever worker is free, before the clips of long works; who asks waits for its answer.
import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { missingError } from '../../errors.js';
import { dropBlobs } from './blobs.js';
import { keyIn, received } from './delivery.js';
import { pieceIn, type JobData, type QueuedClip, type QueuedWork } from './form.js';
import { names, type QueueLink } from './link.js';
import { jobId, jobOptions, lossOf } from './produce.js';

/** How a question is asked. */
export interface AskOptions {
  /** Behind the questions of people, among long works. */
  isBulk?: boolean;
  signal?: AbortSignal;
}

/** Who waits. */
interface Waiting {
  job: string;
  name: string;
  askedAt: number;
  /** No answer was to come at the last look: one that is on its way may still arrive before the next. */
  isLost?: boolean;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

/** How those are looked after whose answer does not come, in seconds. */
export interface AskerTimes {
  /** Between two looks: 2. */
  lookSeconds?: number;
  /** After which a queue without workers is told: 6. */
  patienceSeconds?: number;
}

/** Asks workers one clip at a time. */
export class QueueAsker implements AsyncDisposable {
  readonly link: QueueLink;
  readonly #id = `ask-${randomUUID()}`;
  readonly #waiting = new Map<string, Waiting>();
  readonly #known = new Set<string>();
  readonly #hears: Redis;
  readonly #watch: NodeJS.Timeout;
  readonly #patience: number;
  #isOver = false;

  constructor(link: QueueLink, { lookSeconds = 2, patienceSeconds = 6 }: AskerTimes = {}) {
    this.link = link;
    this.#patience = 1000 * patienceSeconds;
    this.#hears = link.connect();
    void this.#hear();
    this.#watch = setInterval(() => void this.#look().catch(() => 0), 1000 * lookSeconds).unref();
  }

  /**
   * What a worker makes of the clip. Throws what the worker throws, `missing` where there is no worker, and the signal's
   * reason; a job that no worker has begun is then taken out.
   */
  async ask(work: QueuedWork, clip: QueuedClip, { isBulk, signal }: AskOptions = {}): Promise<unknown> {
    signal?.throwIfAborted();
    const { id, kind, settings } = work;
    if (!this.#known.has(id)) {
      await this.link.redis.hset(names.works, id, JSON.stringify({ kind, settings }));
      this.#known.add(id);
    }
    const key = randomUUID(); // the same clip may be asked twice
    const job = jobId(this.#id, key);
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(key, { job, name: clip.name, askedAt: performance.now(), resolve, reject });
    });
    answer.catch(() => undefined); // it may be refused before anybody waits
    const leave = (): void => this.#waiting.get(key)?.reject(signal!.reason);
    signal?.addEventListener('abort', leave, { once: true });
    try {
      const data: JobData = { ...clip, key, work: id, reply: this.#id };
      const options = { ...jobOptions({ isBulk }), removeOnFail: true, jobId: job };
      await this.link.queue.add('clip', data, options);
      return await answer;
    } finally {
      signal?.removeEventListener('abort', leave);
      this.#waiting.delete(key);
      if (signal?.aborted) await this.link.queue.remove(job).catch(() => 0);
    }
  }

  /** Takes answers as they come. */
  async #hear(): Promise<void> {
    while (!this.#isOver) {
      const come = await this.#hears.blpop(names.made(this.#id), 5).catch(() => null);
      if (!come) continue;
      const key = keyIn(come[1]);
      const waiting = this.#waiting.get(key);
      try {
        const piece = pieceIn(await received(this.link, come[1], { holder: this.#id }));
        if ('error' in piece) waiting?.reject(piece.error);
        else waiting?.resolve(piece.value);
      } catch (error) {
        waiting?.reject(error);
      }
      await dropBlobs(this.link, this.#id, new Set([key])).catch(() => undefined);
    }
  }

  /** Tells those whose answer will not come. */
  async #look(): Promise<void> {
    const { redis, queue, shown } = this.link;
    await redis.set(names.producer(this.#id), 'asks', 'EX', 60); // workers see that somebody takes what they make
    const late = [...this.#waiting.values()].filter(
      ({ askedAt }) => performance.now() - askedAt > this.#patience,
    );
    if (late.length === 0) return;
    const hasWorkers = (await queue.getWorkers()).length > 0;
    for (const waiting of late) {
      const { job, name, isLost, reject } = waiting;
      const loss = hasWorkers
        ? await lossOf(this.link, job, name)
        : missingError(shown, 'a worker', 'none', 'start one: wherewhen worker --queue ADDRESS');
      waiting.isLost = loss !== undefined;
      if (!loss || !isLost) continue;
      await queue.remove(job).catch(() => 0);
      reject(loss);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    clearInterval(this.#watch);
    this.#hears.disconnect();
    const gone = missingError(this.link.shown, 'an answer', 'the end of who asked');
    for (const { job, reject } of this.#waiting.values()) {
      await this.link.queue.remove(job).catch(() => 0);
      reject(gone);
    }
    await this.link.redis.del(names.made(this.#id), names.producer(this.#id)).catch(() => 0);
    await dropBlobs(this.link, this.#id).catch(() => undefined);
  }
}
