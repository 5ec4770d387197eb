// A worker: takes clips from a queue until it is told to stop. What a clip needs (a model, a network) is opened once and stays
// open for the next. A worker that dies loses nothing: another takes its clip over once its hold on it has run out.
import { setTimeout as sleep } from 'node:timers/promises';
import { missingError } from '../../errors.js';
import { lineOf, reasonOf, type JobData, type QueuedClip } from './form.js';
import { names, packages, type QueueLink } from './link.js';

/** Makes the pieces of one work. */
export interface Handler extends AsyncDisposable {
  /** What a clip's piece holds: plain JSON. Throws `WhereWhenError` where there is none. */
  handle(clip: QueuedClip): Promise<unknown>;
}

/** Opens what a kind of work needs, from its settings. */
export type OpenHandler = (settings: unknown) => Promise<Handler>;

/** How a worker works. */
export interface WorkerOptions {
  handlers: Readonly<Record<string, OpenHandler>>;
  /** Clips at a time: 1. */
  concurrency?: number;
  /** After so many seconds without a sign of life a worker's clip goes to another: 30. */
  stalledSeconds?: number;
  /** Ends once nothing waits. */
  untilEmpty?: boolean;
  signal?: AbortSignal;
  onClip?: (clip: { name: string; error?: Error; tries: number }) => void;
}

/** Times that workers may die over a clip. */
const DEATHS = 2;
/** Works whose handlers stay open, and seconds for which a minute's count is kept. */
const [OPEN, KEPT] = [2, 600];

/** Works until the signal comes, or until the queue is empty; the clips in hand are ended first. Resolves with how many were done. */
export async function runWorker(
  link: QueueLink,
  { handlers, concurrency = 1, stalledSeconds = 30, untilEmpty = false, signal, onClip }: WorkerOptions,
): Promise<number> {
  const { bullmq } = await packages();
  const open = new OpenHandlers(link, handlers);
  const connection = link.connect();
  let done = 0;
  const worker = new bullmq.Worker<JobData>(
    names.queue,
    async (job) => {
      const { work, key, name } = job.data;
      const tries = job.attemptsMade + 1;
      try {
        const handler = await open.of(work);
        const value = await handler.handle(job.data);
        await tell(link, work, lineOf(key, { value }));
        done++;
        onClip?.({ name, tries });
      } catch (cause) {
        const error = reasonOf(cause, name);
        if (tries >= (job.opts.attempts ?? 1)) await tell(link, work, lineOf(key, { error }));
        onClip?.({ name, error, tries });
        throw new Error(JSON.stringify(error.toJSON()), { cause });
      }
    },
    {
      connection: connection as never,
      concurrency,
      ...{
        lockDuration: 1000 * stalledSeconds,
        stalledInterval: 1000 * stalledSeconds,
        maxStalledCount: DEATHS,
      },
    },
  );
  worker.on('error', () => undefined); // a server that went away is waited for
  try {
    await worker.waitUntilReady();
    while (!signal?.aborted && !(untilEmpty && (await isEmpty(link))))
      await sleep(200, undefined, { signal }).catch(() => 0);
  } finally {
    await worker.close();
    connection.disconnect();
    await open[Symbol.asyncDispose]();
  }
  return done;
}

/** Puts a line where the producer finds it, and counts it for those who watch. */
async function tell({ redis }: QueueLink, work: string, line: string): Promise<void> {
  const minute = names.done(Math.floor(Date.now() / 60_000));
  await redis.multi().rpush(names.made(work), line).incr(minute).expire(minute, KEPT).exec();
}

async function isEmpty({ queue }: QueueLink): Promise<boolean> {
  const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'prioritized');
  return Object.values(counts).every((count) => count === 0);
}

/** Handlers by work; the one that was asked for longest ago is closed for a third. */
class OpenHandlers implements AsyncDisposable {
  readonly #link: QueueLink;
  readonly #handlers: WorkerOptions['handlers'];
  readonly #open = new Map<string, Promise<Handler>>();

  constructor(link: QueueLink, handlers: WorkerOptions['handlers']) {
    this.#link = link;
    this.#handlers = handlers;
  }

  async of(work: string): Promise<Handler> {
    const handler = this.#open.get(work) ?? this.#begin(work);
    this.#open.delete(work);
    this.#open.set(work, handler); // now the last
    handler.catch(() => this.#open.delete(work));
    for (const [oldest, other] of this.#open) {
      if (this.#open.size <= OPEN) break;
      this.#open.delete(oldest);
      void other.then((one) => one[Symbol.asyncDispose]()).catch(() => undefined);
    }
    return handler;
  }

  async #begin(work: string): Promise<Handler> {
    const text = await this.#link.redis.hget(names.works, work);
    if (text === null) throw missingError(this.#link.shown, 'the settings of a work', 'none');
    const { kind, settings } = JSON.parse(text) as { kind: string; settings: unknown };
    const open = this.#handlers[kind];
    if (!open) throw missingError(this.#link.shown, `a worker that can ${kind}`, 'one of another version');
    return open(settings);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const handler of this.#open.values())
      await handler.then((one) => one[Symbol.asyncDispose]()).catch(() => undefined);
  }
}
