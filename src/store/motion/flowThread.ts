// The thread that computes flow; the pictures come from a video thread of its own, so that both work at once.
import { parentPort } from 'node:worker_threads';
import { WhereWhenError } from '../../errors.js';
import { openVideo, VideoThreads } from '../../video/index.js';
import type { FlowAnswer, FlowOrder, FlowTask } from './flowPool.js';
import { readFlow, type FlowOfClip } from './readFlow.js';

const port = parentPort!;
const threads = new VideoThreads(1);
let running: { id: number; abort: AbortController } | undefined;

port.on('message', (order: FlowOrder) => {
  if ('task' in order) void answer(order.id, order.task);
  else if (order.cancel === running?.id || order.cancel === 'all') running?.abort.abort();
  if ('cancel' in order && order.cancel === 'all') void threads.close().then(() => port.close());
});

async function answer(id: number, task: FlowTask): Promise<void> {
  const abort = new AbortController();
  running = { id, abort };
  try {
    const done = await flowOf(task, abort.signal);
    const { u, v } = done.flow;
    port.postMessage({ id, done } satisfies FlowAnswer, [u.buffer, v.buffer] as ArrayBuffer[]);
  } catch (error) {
    const failed = error instanceof WhereWhenError ? error.toJSON() : null;
    const message = error instanceof Error ? error.message : String(error);
    port.postMessage({ id, failed, message } satisfies FlowAnswer);
  } finally {
    running = undefined;
  }
}

async function flowOf({ path, options }: FlowTask, signal: AbortSignal): Promise<FlowOfClip> {
  const source = await openVideo(path, { ...options, threads, signal });
  try {
    return await readFlow(source, { ...options, signal });
  } finally {
    await source.close();
  }
}
