// What a video worker does, in whichever thread or process it stands: every native call that blocks is made here, never
// in the thread that draws a progress bar or answers a browser.
import { WhereWhenError } from '../errors.js';
import { decoderFor } from './decoders.js';
import type { WorkerReply, Order, WorkerTask } from './messages.js';
import { sampleVideo } from './sampled.js';
import { wantedFrames } from './wanted.js';

/** Sends an answer; `transfer` is of use between threads only. */
export type Say = (answer: WorkerReply, transfer?: ArrayBuffer[]) => void;

interface ThreadJob {
  isCancelled: boolean;
  credits: number;
  pictures: (Uint8Array | null)[];
  /** Woken by every order that concerns this job. */
  wake: () => void;
}

/** A worker that answers by `say`: call what is returned with every order. */
export function videoWorker(say: Say): (order: Order) => void {
  const jobs = new Map<number, ThreadJob>();
  const start = async (id: number, task: WorkerTask): Promise<void> => {
    const job: ThreadJob = { isCancelled: false, credits: 0, pictures: [], wake: () => undefined };
    jobs.set(id, job);
    try {
      await perform(id, { task, job, say });
    } catch (error) {
      const failed = error instanceof WhereWhenError ? error.toJSON() : null;
      say({ id, failed, message: error instanceof Error ? error.message : String(error) });
    } finally {
      jobs.delete(id);
    }
  };
  return (order) => {
    if ('start' in order) return void start(order.id, order.start);
    const job = jobs.get(order.id);
    if (!job) return;
    if ('credits' in order) job.credits += order.credits;
    if ('picture' in order) job.pictures.push(order.picture);
    if ('cancel' in order) job.isCancelled = true;
    job.wake();
  };
}

async function perform(
  id: number,
  { task, job, say }: { task: WorkerTask; job: ThreadJob; say: Say },
): Promise<void> {
  if (task.kind === 'encode') {
    const { encodeTo } = await import('./encoder.js');
    await encodeTo(task.path, task.options, () => nextPicture(id, job, say));
    return say({ id, done: null });
  }
  const options = { ...task, isCancelled: () => job.isCancelled };
  const decoder = await decoderFor(task.path, task.decoder, options);
  if (task.kind === 'survey') return say({ id, done: await decoder.survey() });
  if (task.kind === 'sample') {
    const sampled = await sampleVideo(task.path, decoder, task.request);
    return say({ id, done: sampled }, [sampled.frames.buffer as ArrayBuffer]);
  }
  const wanted = task.indices && new Set(task.indices);
  for await (const frame of wantedFrames(decoder, { size: task.size, resize: task.resize, wanted })) {
    while (job.credits < 1 && !job.isCancelled) await woken(job);
    if (job.isCancelled) break;
    job.credits--;
    say({ id, item: frame }, [frame.data.buffer as ArrayBuffer]);
  }
  say({ id, done: null });
}

/** The next picture to encode, null after the last one; asks the caller for another each time. */
async function nextPicture(id: number, job: ThreadJob, say: Say): Promise<Uint8Array | null> {
  say({ id, item: null });
  while (job.pictures.length === 0 && !job.isCancelled) await woken(job);
  if (job.isCancelled) throw new DOMException('cancelled', 'AbortError');
  return job.pictures.shift()!;
}

function woken(job: ThreadJob): Promise<void> {
  return new Promise((resolve) => {
    job.wake = resolve;
  });
}
