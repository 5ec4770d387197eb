// Flow of many clips side by side, each on a thread of its own: it takes milliseconds a frame, too long for the thread
// that draws a progress bar or answers a browser.
import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import { type ErrorFacts, internalError, WhereWhenError } from '../../errors.js';
import { rowsOf, trajectory, type ClipFlow, type ClipRows, type TimedBoxes } from '../../motion/index.js';
import { startThread } from '../../thread.js';
import type { OpenOptions } from '../../video/index.js';
import type { FlowOfClip, ReadFlowOptions } from './readFlow.js';

/** How a clip's flow is read. */
export type FlowOptions = OpenOptions & ReadFlowOptions;

/** What a thread is asked for; plain data. */
export interface FlowTask {
  path: string;
  options: Omit<FlowOptions, 'signal'>;
}

/** To the thread; after `all` it ends, as soon as no native call is under way. */
export type FlowOrder = { id: number; task: FlowTask } | { cancel: number | 'all' };

/** From the thread. */
export type FlowAnswer =
  { id: number; done: FlowOfClip } | { id: number; failed: ErrorFacts | null; message: string };

interface Thread {
  worker: Worker;
  /** From the moment it is handed out, before it has its job. */
  isBusy: boolean;
  job?: { id: number; resolve: (flow: FlowOfClip) => void; reject: (reason: unknown) => void };
}

/** A number of threads; each starts when it is first needed and keeps the process alive only while it works. */
export class FlowPool {
  readonly size: number;
  readonly #threads: Thread[] = [];
  readonly #waiting: (() => void)[] = [];
  #lastId = 0;
  #isClosed = false;

  constructor({ threads = Math.min(8, availableParallelism()) }: { threads?: number } = {}) {
    this.size = threads;
  }

  /**
   * The flow between all neighbouring frames of the clip at `path` (at most 600 pairs, see {@link ReadFlowOptions}), small
   * enough to be kept until boxes are known. Throws a WhereWhenError when nothing of the video decodes.
   */
  async flowOf(path: string, { signal, ...options }: FlowOptions = {}): Promise<FlowOfClip> {
    signal?.throwIfAborted();
    const thread = await this.#idle(signal);
    const id = ++this.#lastId;
    const done = new Promise<FlowOfClip>((resolve, reject) => (thread.job = { id, resolve, reject }));
    const stop = (): void => thread.worker.postMessage({ cancel: id } satisfies FlowOrder);
    signal?.addEventListener('abort', stop, { once: true });
    thread.worker.ref();
    thread.worker.postMessage({ id, task: { path, options } } satisfies FlowOrder);
    try {
      return await done;
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener('abort', stop);
      thread.isBusy = false;
      this.#waiting.shift()?.();
    }
  }

  /** Ends the threads; clips under way are rejected. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(
      [...this.#threads].map(({ worker }) => {
        const ended = new Promise((resolve) => worker.once('exit', resolve));
        worker.ref();
        worker.postMessage({ cancel: 'all' } satisfies FlowOrder);
        return ended;
      }),
    );
  }

  async #idle(signal?: AbortSignal): Promise<Thread> {
    for (;;) {
      const idle = this.#threads.find(({ isBusy }) => !isBusy) ?? this.#grow();
      if (idle) {
        idle.isBusy = true;
        return idle;
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
      if (!signal?.aborted) continue;
      this.#waiting.shift()?.(); // the turn that was waited for goes to the next in line
      throw signal.reason;
    }
  }

  #grow(): Thread | undefined {
    if (this.#isClosed) throw gone('the threads were closed');
    if (this.#threads.length >= this.size) return undefined;
    const worker = startThread('./flowThread.js', import.meta.url);
    const thread: Thread = { worker, isBusy: false };
    worker.unref();
    worker.on('message', (answer: FlowAnswer) => hear(thread, answer));
    worker.on('error', (error) => this.#lose(thread, error));
    worker.on('exit', () => this.#lose(thread, gone('the thread ended')));
    this.#threads.push(thread);
    return thread;
  }

  #lose(thread: Thread, reason: Error): void {
    const at = this.#threads.indexOf(thread);
    if (at >= 0) this.#threads.splice(at, 1);
    thread.job?.reject(reason);
    thread.job = undefined;
  }
}

function hear(thread: Thread, answer: FlowAnswer): void {
  const { job } = thread;
  if (!job || answer.id !== job.id) return;
  thread.job = undefined;
  thread.worker.unref();
  if ('done' in answer) job.resolve(answer.done);
  else job.reject(answer.failed ? new WhereWhenError(answer.failed) : new Error(answer.message));
}

function gone(received: string): WhereWhenError {
  return internalError('motion', 'a flow thread', received);
}

/** All numbers of how an actor moves. */
export interface ActorMotion extends ClipRows {
  /** The 41 numbers of the boxes' path. */
  trajectory: Float32Array;
}

/** The numbers of an actor whose boxes (in pixels of the source picture) are known at some times. */
export function motionOf(flow: ClipFlow, boxes: TimedBoxes): ActorMotion {
  return { ...rowsOf(flow, boxes), trajectory: trajectory(boxes, flow.picture) };
}

let shared: FlowPool | undefined;

/**
 * How the actor in `boxes` moves through the clip at `path`, on the threads of this process.
 * Throws a WhereWhenError where nothing of the video decodes or the boxes cannot be used.
 */
export async function readMotion(
  path: string,
  boxes: TimedBoxes,
  options: FlowOptions = {},
): Promise<ActorMotion & { warnings: string[] }> {
  shared ??= new FlowPool();
  const { flow, warnings } = await shared.flowOf(path, options);
  return { ...motionOf(flow, boxes), warnings };
}
