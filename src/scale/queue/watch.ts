// How a queue stands, and what a person may do about it.
import { errorIn, type JobData } from './form.js';
import { names, type QueueLink } from './link.js';

/** How a queue stands. */
export interface QueueStatus {
  waiting: number;
  /** Clips that producers which live will queue later. */
  toCome: number;
  active: number;
  /** Waiting for their next try. */
  delayed: number;
  /** Set aside after their last try. */
  failed: number;
  workers: number;
  /** Clips a second over the last whole minute and this one; 0 where none were done. */
  rate: number;
  /** Of all that wait, are to come, active and delayed at this rate; null where nothing is done. */
  secondsLeft: number | null;
  /** The first of those that were set aside. */
  setAside: { name: string; reason: string; tries: number }[];
  /** Since the queue was made: clips done, tries that failed, clips given up, and what all tries took. */
  total: { done: number; failed: number; setAside: number; seconds: number };
}

/** Of those set aside so many are named. */
const NAMED = 20;

/** Looks at a queue. */
export async function queueStatus({ queue, redis }: QueueLink): Promise<QueueStatus> {
  const counts = await queue.getJobCounts('waiting', 'prioritized', 'active', 'delayed', 'failed');
  const count = (name: string): number => counts[name] ?? 0;
  const waiting = count('waiting') + count('prioritized');
  const [active, delayed, failed] = [count('active'), count('delayed'), count('failed')];
  const now = Date.now() / 60_000;
  const [before, current] = await redis.mget(names.done(Math.floor(now) - 1), names.done(Math.floor(now)));
  const seconds = 60 * (before === null ? now % 1 : 1 + (now % 1));
  const rate = (Number(before ?? 0) + Number(current ?? 0)) / Math.max(1, seconds);
  const toCome = await stillToCome(redis);
  const left = waiting + active + delayed + toCome;
  const totals = await redis.hgetall(names.totals);
  const total = (name: string): number => Number(totals[name] ?? 0);
  const jobs = failed > 0 ? await queue.getFailed(0, NAMED - 1) : [];
  return {
    ...{ waiting, toCome, active, delayed, failed, workers: (await queue.getWorkers()).length, rate },
    secondsLeft: left === 0 ? 0 : rate > 0 ? left / rate : null,
    setAside: jobs.map((job) => {
      const { name } = job.data as JobData;
      return { name, reason: errorIn(job.failedReason, name).message, tries: job.attemptsMade };
    }),
    total: {
      ...{ done: total('done'), failed: total('failed') },
      ...{ setAside: total('setAside'), seconds: total('seconds') },
    },
  };
}

async function stillToCome(redis: QueueLink['redis']): Promise<number> {
  let count = 0;
  for (const [work, clips] of Object.entries(await redis.hgetall(names.ahead)))
    if ((await redis.exists(names.producer(work))) === 1) count += Number(clips);
  return count;
}

/** Queues again what was set aside; how many. */
export async function retryQueue({ queue }: QueueLink): Promise<number> {
  const { failed = 0 } = await queue.getJobCounts('failed');
  await queue.retryJobs({ state: 'failed' });
  return failed;
}

/** Takes out what no worker has begun; how many. */
export async function drainQueue({ queue }: QueueLink): Promise<number> {
  const counts = await queue.getJobCounts('waiting', 'prioritized', 'delayed');
  await queue.drain(true);
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
