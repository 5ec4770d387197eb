// A worker: takes clips from a queue until it is told to stop. What a clip needs (a model, a network) is opened once and stays
// open for the next. A worker that dies loses nothing: another takes its clip over once its hold on it has run out.
import type { Job } from 'bullmq';
import { setTimeout as sleep } from 'node:timers/promises';
import { WhereWhenError } from '../../errors.js';
import { hasRoom, NoTaker } from './blobs.js';
import { sent } from './delivery.js';
import { lineOf, reasonOf, type JobData, type QueuedClip } from './form.js';
import type { OpenHandler } from './handler.js';
import { shortenHolds, tellHold } from './holds.js';
import { names, packages, type QueueLink } from './link.js';
import { OpenHandlers } from './openHandlers.js';

/** What a worker tells of a clip that it has tried. */
export interface TriedClip {
  name: string;
  error?: Error;
  tries: number;
  seconds: number;
  /** No other try follows. */
  isLast: boolean;
}

/** How a worker works. */
export interface WorkerOptions {
  handlers: Readonly<Record<string, OpenHandler>>;
  /** Clips at a time: 1. */
  concurrency?: number;
  /** After so many seconds without a sign of life a worker's clip goes to another: 30. */
  stalledSeconds?: number;
  /** Ends once nothing waits. */
  untilEmpty?: boolean;
  /** Seconds for which a worker takes no clip once it could not write, as on a full disk: 30. */
  restSeconds?: number;
  signal?: AbortSignal;
  onBegin?: (clip: QueuedClip) => void;
  onClip?: (clip: TriedClip) => void;
  /** The worker could not write: the clip went to another one. */
  onRest?: (error: Error) => void;
}

/** Times that workers may die over a clip. */
const DEATHS = 2;
/** Seconds for which a minute's count is kept, and after which a clip that nobody takes is looked at again. */
const [KEPT, LATER] = [600, 30];
/** After so many starts of a clip, a disk that cannot be written counts as its failure. */
const STARTS = 20;
/** Seconds for which a reply waits for who asked. */
const REPLY = 3600;

/** Works until the signal comes, or until the queue is empty; the clips in hand are ended first. Resolves with how many were done. */
export async function runWorker(link: QueueLink, options: WorkerOptions): Promise<number> {
  const { handlers, concurrency = 1, stalledSeconds = 30, untilEmpty = false, restSeconds = 30 } = options;
  const { signal, onRest } = options;
  const { bullmq } = await packages();
  const open = new OpenHandlers(link, handlers);
  const connection = link.connect();
  let done = 0;
  const rest = (error: Error): void => {
    onRest?.(error);
    void worker.pause(true);
    setTimeout(() => worker.resume(), 1000 * restSeconds).unref();
  };
  const hold = 1000 * stalledSeconds;
  await tellHold(link, hold);
  const shortening = setInterval(() => void shortenHolds(link).catch(() => 0), hold).unref();
  const worker = new bullmq.Worker<JobData>(
    names.queue,
    async (job, token) => {
      if (await tryClip(link, open, { job, token, rest, ...options })) done++;
    },
    {
      connection: connection as never,
      concurrency,
      lockDuration: hold,
      stalledInterval: hold,
      maxStalledCount: DEATHS,
    },
  );
  worker.on('error', () => undefined); // a server that went away is waited for
  try {
    await worker.waitUntilReady();
    while (!signal?.aborted && !(untilEmpty && (await isEmpty(link))))
      await sleep(200, undefined, { signal }).catch(() => 0);
  } finally {
    clearInterval(shortening);
    await worker.close();
    connection.disconnect();
    await open[Symbol.asyncDispose]();
  }
  return done;
}

/** One try of a clip. Throws what the queue takes as a failure, or as a clip to be put back. */
async function tryClip(
  link: QueueLink,
  open: OpenHandlers,
  {
    job,
    token,
    rest,
    signal,
    onBegin,
    onClip,
  }: WorkerOptions & { job: Job<JobData>; token?: string; rest: (error: Error) => void },
): Promise<boolean> {
  const { work, key, name, reply } = job.data;
  const holder = reply ?? work;
  const [startedAt, tries] = [performance.now(), job.attemptsMade + 1];
  const isLast = tries >= (job.opts.attempts ?? 1);
  const seconds = (): number => (performance.now() - startedAt) / 1000;
  if (!(await hasRoom(link, holder, key))) return putOff(job, token);
  onBegin?.(job.data);
  try {
    const handler = await open.of(work);
    const line = await sent(link, { holder, key }, await handler.handle(job.data, signal));
    await tell(link, { holder, line, isReply: reply !== undefined, seconds: seconds() });
    onClip?.({ name, tries, seconds: seconds(), isLast: true });
    return true;
  } catch (cause) {
    if (signal?.aborted && cause === signal.reason) return putBack(job, token);
    if (cause instanceof NoTaker) return putOff(job, token);
    if (cause instanceof WhereWhenError && cause.code === 'output' && job.attemptsStarted < STARTS) {
      rest(cause); // a fault of this machine, not of the clip
      onClip?.({ name, error: cause, tries, seconds: seconds(), isLast: false });
      return putBack(job, token);
    }
    const error = reasonOf(cause, name);
    await tell(link, {
      ...{ holder, isReply: reply !== undefined, seconds: seconds() },
      ...(isLast && { line: lineOf(key, { error }) }),
      isFailed: true,
    });
    onClip?.({ name, error, tries, seconds: seconds(), isLast });
    throw new Error(JSON.stringify(error.toJSON()), { cause });
  }
}

/** For the next worker, at once: this one was told to stop. */
async function putBack(job: Job, token?: string): Promise<never> {
  const { bullmq } = await packages();
  await job.moveToWait(token);
  throw new bullmq.WaitingError();
}

/** For later: nobody takes what workers make. */
async function putOff(job: Job, token?: string): Promise<never> {
  const { bullmq } = await packages();
  await job.moveToDelayed(Date.now() + 1000 * LATER, token);
  throw new bullmq.DelayedError();
}

/** Puts a line where the producer finds it, and counts it for those who watch. */
async function tell(
  { redis }: QueueLink,
  {
    holder,
    line,
    isReply,
    isFailed = false,
    seconds,
  }: { holder: string; line?: string; isReply: boolean; isFailed?: boolean; seconds: number },
): Promise<void> {
  const minute = names.done(Math.floor(Date.now() / 60_000));
  const told = redis.multi();
  if (line !== undefined) told.rpush(names.made(holder), line);
  if (isReply) told.expire(names.made(holder), REPLY);
  if (line !== undefined) told.incr(minute).expire(minute, KEPT);
  told.hincrby(names.totals, isFailed ? 'failed' : 'done', 1);
  if (isFailed && line !== undefined) told.hincrby(names.totals, 'setAside', 1);
  told.hincrbyfloat(names.totals, 'seconds', seconds);
  await told.exec();
}

async function isEmpty({ queue }: QueueLink): Promise<boolean> {
  const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'prioritized');
  return Object.values(counts).every((count) => count === 0);
}
