// The thread that decodes and encodes: every native call that blocks is made here, never in the
// thread that draws a progress bar or answers a browser.
import { parentPort } from 'node:worker_threads';
import { WhereWhenError } from '../errors.js';
import { decoderFor } from './decoders.js';
import type { Answer, Order, Task } from './messages.js';
import { sampleVideo } from './sampled.js';
import { wantedFrames } from './wanted.js';

interface Job {
  isCancelled: () => boolean;
  credits: number;
  pictures: (Uint8Array | null)[];
  /** Woken by every order that concerns this job. */
  wake: () => void;
}

const port = parentPort!;
const jobs = new Map<number, Job>();
const say = (answer: Answer, transfer: ArrayBuffer[] = []): void => port.postMessage(answer, transfer);

port.on('message', (order: Order) => {
  if ('start' in order) void start(order.id, order.start, order.cancelled);
  const job = jobs.get(order.id);
  if (!job) return;
  if ('credits' in order) job.credits += order.credits;
  if ('picture' in order) job.pictures.push(order.picture);
  job.wake();
});

async function start(id: number, task: Task, cancelled: Int32Array): Promise<void> {
  const isCancelled = (): boolean => Atomics.load(cancelled, 0) !== 0;
  jobs.set(id, { isCancelled, credits: 0, pictures: [], wake: () => undefined });
  try {
    await perform(id, task, jobs.get(id)!);
  } catch (error) {
    const failed = error instanceof WhereWhenError ? error.toJSON() : null;
    say({ id, failed, message: error instanceof Error ? error.message : String(error) });
  } finally {
    jobs.delete(id);
  }
}

async function perform(id: number, task: Task, job: Job): Promise<void> {
  if (task.kind === 'encode') {
    const { encodeTo } = await import('./encoder.js');
    await encodeTo(task.path, task.options, () => nextPicture(id, job));
    return say({ id, done: null });
  }
  const decoder = await decoderFor(task.path, task.decoder, { ...task, isCancelled: job.isCancelled });
  if (task.kind === 'survey') return say({ id, done: await decoder.survey() });
  if (task.kind === 'sample') {
    const sampled = await sampleVideo(task.path, decoder, task.request);
    return say({ id, done: sampled }, [sampled.frames.buffer as ArrayBuffer]);
  }
  const wanted = task.indices && new Set(task.indices);
  for await (const frame of wantedFrames(decoder, { size: task.size, resize: task.resize, wanted })) {
    while (job.credits < 1 && !job.isCancelled()) await woken(job);
    if (job.isCancelled()) break;
    job.credits--;
    say({ id, item: frame }, [frame.data.buffer as ArrayBuffer]);
  }
  say({ id, done: null });
}

/** The next picture to encode, null after the last one; asks the caller for another each time. */
async function nextPicture(id: number, job: Job): Promise<Uint8Array | null> {
  say({ id, item: null });
  while (job.pictures.length === 0 && !job.isCancelled()) await woken(job);
  if (job.isCancelled()) throw new DOMException('cancelled', 'AbortError');
  return job.pictures.shift()!;
}

function woken(job: Job): Promise<void> {
  return new Promise((resolve) => {
    job.wake = resolve;
  });
}
