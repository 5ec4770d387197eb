// The video threads of a process and what runs on them. Whole-clip jobs queue, one a thread;
// streams (frames read one by one, pictures being encoded) share the threads, waiting between items.
import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import { internalError, WhereWhenError } from '../errors.js';
import { startThread } from '../thread.js';
import type { Answer, Order, Task } from './messages.js';
import type { Sampled } from './sampled.js';
import type { Frame, Survey } from './types.js';

interface Thread {
  worker: Worker;
  jobs: Map<number, Job>;
  isBusy: boolean;
  /** Called when the last job has ended. */
  onQuiet: () => void;
}

interface Job {
  onItem: (item: Frame | null) => void;
  resolve: (value: Survey | Sampled | null) => void;
  reject: (reason: unknown) => void;
  cancel: () => void;
}

/** A job under way. */
export interface Running {
  /** Settles when the job ends. */
  done: Promise<Survey | Sampled | null>;
  send: (order: { credits: number } | { picture: Uint8Array | null }) => void;
  /** Tells the thread to stop; `done` then rejects. */
  cancel: (reason?: unknown) => void;
}

/** A number of video threads; each starts when it is first needed and keeps the process alive only while it works. */
export class VideoThreads {
  readonly size: number;
  readonly #threads: Thread[] = [];
  readonly #queue: (() => void)[] = [];
  #lastId = 0;
  #isClosed = false;

  constructor(size = Math.min(8, availableParallelism())) {
    this.size = size;
  }

  /** Runs a whole job on a thread of its own, after those that were asked for earlier. */
  async run(task: Task, signal?: AbortSignal): Promise<Survey | Sampled | null> {
    signal?.throwIfAborted();
    const thread = await this.#idle(signal);
    thread.isBusy = true;
    try {
      const job = this.#start(thread, task, () => undefined);
      const stop = (): void => job.cancel(signal!.reason);
      signal?.addEventListener('abort', stop, { once: true });
      return await job.done.finally(() => signal?.removeEventListener('abort', stop));
    } finally {
      thread.isBusy = false;
      this.#queue.shift()?.();
    }
  }

  /** Starts a stream on the thread with the fewest jobs. */
  stream(task: Task, onItem: (item: Frame | null) => void): Running {
    return this.#start(this.#leastLoaded(), task, onItem);
  }

  /**
   * Ends every thread; jobs under way are rejected at once, and their threads end at the next frame: a thread that
   * is ended inside a native call takes the whole process with it.
   */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(
      this.#threads.map(async (thread) => {
        await quiet(thread);
        await thread.worker.terminate();
      }),
    );
  }

  async #idle(signal?: AbortSignal): Promise<Thread> {
    for (;;) {
      const idle = this.#threads.find((thread) => !thread.isBusy) ?? this.#grow();
      if (idle) return idle;
      await new Promise<void>((resolve) => this.#queue.push(resolve));
      if (!signal?.aborted) continue;
      this.#queue.shift()?.(); // the turn that was waited for goes to the next in line
      throw signal.reason;
    }
  }

  #leastLoaded(): Thread {
    const load = (thread: Thread): number => thread.jobs.size;
    const least = this.#threads.toSorted((a, b) => load(a) - load(b))[0];
    return least && load(least) === 0 ? least : (this.#grow() ?? least!);
  }

  #grow(): Thread | undefined {
    if (this.#isClosed) throw gone('the threads were closed');
    if (this.#threads.length >= this.size) return undefined;
    const worker = startThread('./videoThread.js', import.meta.url);
    const thread: Thread = { worker, jobs: new Map(), isBusy: false, onQuiet: () => undefined };
    worker.unref();
    worker.on('message', (answer: Answer) => this.#hear(thread, answer));
    worker.on('error', (error) => this.#lose(thread, error));
    worker.on('exit', () => this.#lose(thread, gone('the thread ended')));
    this.#threads.push(thread);
    return thread;
  }

  #start(thread: Thread, task: Task, onItem: Job['onItem']): Running {
    const id = ++this.#lastId;
    const cancelled = new Int32Array(new SharedArrayBuffer(4));
    const tell = (order: Order): void => thread.worker.postMessage(order);
    const { promise, resolve, reject } = withResolvers();
    const cancel = (reason?: unknown): void => {
      Atomics.store(cancelled, 0, 1);
      tell({ id, credits: 0 }); // wakes a stream that waits
      reject(reason ?? new DOMException('cancelled', 'AbortError'));
    };
    thread.jobs.set(id, { onItem, resolve, reject, cancel });
    thread.worker.ref();
    tell({ id, start: task, cancelled });
    return { done: promise, send: (order) => tell({ id, ...order }), cancel };
  }

  #hear(thread: Thread, answer: Answer): void {
    const job = thread.jobs.get(answer.id);
    if (!job) return;
    if ('item' in answer) return job.onItem(answer.item);
    thread.jobs.delete(answer.id);
    if (thread.jobs.size === 0) {
      thread.worker.unref();
      thread.onQuiet();
    }
    if ('done' in answer) job.resolve(answer.done);
    else job.reject(answer.failed ? new WhereWhenError(answer.failed) : new Error(answer.message));
  }

  #lose(thread: Thread, reason: Error): void {
    const at = this.#threads.indexOf(thread);
    if (at >= 0) this.#threads.splice(at, 1);
    for (const job of thread.jobs.values()) job.reject(reason);
    thread.jobs.clear();
    thread.onQuiet();
  }
}

/** Cancels what a thread works on, and resolves when it has stopped. */
async function quiet(thread: Thread): Promise<void> {
  if (thread.jobs.size === 0) return;
  const stopped = new Promise<void>((resolve) => (thread.onQuiet = resolve));
  for (const { cancel } of thread.jobs.values()) cancel();
  await stopped;
}

let shared: VideoThreads | undefined;

/** The threads that are used where no pool is named. */
export function sharedThreads(): VideoThreads {
  shared ??= new VideoThreads();
  return shared;
}

function withResolvers(): { promise: Promise<Survey | Sampled | null> } & Pick<Job, 'resolve' | 'reject'> {
  let [resolve, reject]: [Job['resolve'], Job['reject']] = [() => undefined, () => undefined];
  const promise = new Promise<Survey | Sampled | null>((yes, no) => ([resolve, reject] = [yes, no]));
  promise.catch(() => undefined); // a stream may be dropped by its reader before it ends
  return { promise, resolve, reject };
}

function gone(received: string): WhereWhenError {
  return internalError('video', 'a decode thread', received);
}
