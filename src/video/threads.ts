// The workers on video of one process: decoding in processes of their own, encoding in threads. Whole-clip jobs queue, one a
// worker; streams (frames read one by one, pictures being encoded) share the workers, waiting between items. A decoder that
// crashes costs its clip a second try, in a process for it alone; the second crash is that clip's error, and no other's.
import { availableParallelism } from 'node:os';
import { inputError, internalError, WhereWhenError } from '../errors.js';
import { startHand, type HandKind } from './hand.js';
import { begin, give, quiet, type DecodeJob, type Worker } from './job.js';
import type { WorkerReply, Supply, WorkerTask } from './messages.js';
import type { Sampled } from './sampled.js';
import type { Frame, Survey } from './types.js';

/** How often a clip may take its decoder with it. */
const TRIES = 2;

/** A job under way. */
export interface RunningJob {
  /** Settles when the job ends. */
  done: Promise<Survey | Sampled | null>;
  send: (supply: Supply) => void;
  /** Tells the worker to stop; `done` then rejects. */
  cancel: (reason?: unknown) => void;
}

/** A number of video workers; each starts when it is first needed and keeps the process alive only while it works. */
export class VideoThreads {
  readonly size: number;
  readonly #workers: Worker[] = [];
  readonly #spares = new Set<Worker>();
  readonly #queue: (() => void)[] = [];
  #lastId = 0;
  #isClosed = false;

  constructor(size = Math.min(8, availableParallelism())) {
    this.size = size;
  }

  /** The processes that decode now or wait for work. */
  get processIds(): number[] {
    const all = [...this.#workers, ...this.#spares];
    return all.map(({ hand }) => hand.pid).filter((pid) => pid !== undefined);
  }

  /** Runs a whole job on a worker of its own, after those that were asked for earlier. */
  async run(task: WorkerTask, signal?: AbortSignal): Promise<Survey | Sampled | null> {
    signal?.throwIfAborted();
    const worker = await this.#idle(signal);
    worker.isBusy = true;
    try {
      const job = this.#start(worker, task, () => undefined);
      const stop = (): void => job.cancel(signal!.reason);
      signal?.addEventListener('abort', stop, { once: true });
      return await job.done.finally(() => signal?.removeEventListener('abort', stop));
    } finally {
      worker.isBusy = false;
      this.#queue.shift()?.();
    }
  }

  /** Starts a stream on the worker with the fewest jobs. */
  stream(task: WorkerTask, onItem: (item: Frame | null) => void): RunningJob {
    return this.#start(this.#leastLoaded(kindFor(task)), task, onItem);
  }

  /**
   * Ends every worker; jobs under way are rejected at once. Processes end where they are, threads at the next picture: a
   * thread that is ended inside a native call takes the whole process with it.
   */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(
      [...this.#workers, ...this.#spares].map(async (worker) => {
        if (worker.kind === 'thread') await quiet(worker);
        await worker.hand.end();
      }),
    );
  }

  async #idle(signal?: AbortSignal): Promise<Worker> {
    for (;;) {
      const idle = this.#of('process').find((worker) => !worker.isBusy) ?? this.#grow('process');
      if (idle) return idle;
      await new Promise<void>((resolve) => this.#queue.push(resolve));
      if (!signal?.aborted) continue;
      this.#queue.shift()?.(); // the turn that was waited for goes to the next in line
      throw signal.reason;
    }
  }

  #of(kind: HandKind): Worker[] {
    return this.#workers.filter((worker) => worker.kind === kind);
  }

  #leastLoaded(kind: HandKind): Worker {
    const load = (worker: Worker): number => worker.jobs.size;
    const least = this.#of(kind).sort((a, b) => load(a) - load(b))[0];
    return least && load(least) === 0 ? least : (this.#grow(kind) ?? least!);
  }

  #grow(kind: HandKind): Worker | undefined {
    if (this.#isClosed) throw gone('the threads were closed');
    if (this.#of(kind).length >= this.size) return undefined;
    const worker = this.#hire(kind);
    this.#workers.push(worker);
    return worker;
  }

  #hire(kind: HandKind, isSpare = false): Worker {
    const hand = startHand(kind, {
      onAnswer: (answer) => this.#hear(worker, answer),
      onEnd: (how) => this.#lose(worker, how),
    });
    const state = { jobs: new Map(), isBusy: false, onQuiet: () => undefined };
    const worker: Worker = { kind, hand, isSpare, ...state };
    return worker;
  }

  #start(worker: Worker, task: WorkerTask, onItem: DecodeJob['onItem']): RunningJob {
    const { promise, resolve, reject } = withResolvers();
    const cancel = (reason?: unknown): void => {
      job.worker.hand.tell({ id: job.id, cancel: true });
      job.tries = TRIES; // nobody waits for another
      reject(reason ?? new DOMException('cancelled', 'AbortError'));
    };
    const id = ++this.#lastId;
    const counts = { tries: 0, given: 0, repeated: 0, credits: 0 };
    const job: DecodeJob = { id, task, worker, ...counts, onItem, resolve, reject, cancel };
    const send = (supply: Supply): void => {
      if ('credits' in supply) job.credits += supply.credits;
      job.worker.hand.tell({ id, ...supply });
    };
    begin(job, worker);
    return { done: promise, send, cancel };
  }

  #hear(worker: Worker, answer: WorkerReply): void {
    const job = worker.jobs.get(answer.id);
    if (!job) return;
    if ('item' in answer) return give(job, answer.item);
    worker.jobs.delete(answer.id);
    if (worker.jobs.size === 0) this.#rest(worker);
    if ('done' in answer) job.resolve(answer.done);
    else job.reject(answer.failed ? new WhereWhenError(answer.failed) : new Error(answer.message));
  }

  #rest(worker: Worker): void {
    worker.hand.hold(false);
    worker.onQuiet();
    if (!worker.isSpare) return;
    this.#spares.delete(worker);
    void worker.hand.end();
  }

  #lose(worker: Worker, how: string): void {
    const at = this.#workers.indexOf(worker);
    if (at >= 0) this.#workers.splice(at, 1);
    this.#spares.delete(worker);
    const lost = [...worker.jobs.values()];
    worker.jobs.clear();
    for (const job of lost) this.#again(job, how);
    worker.onQuiet();
  }

  #again(job: DecodeJob, how: string): void {
    if (this.#isClosed) return job.reject(gone('the threads were closed'));
    if (job.worker.kind === 'thread') return job.reject(gone(how));
    if (job.tries >= TRIES) return job.reject(crashed(job.task.path, how));
    const spare = this.#hire('process', true);
    this.#spares.add(spare);
    job.repeated = job.given;
    begin(job, spare);
    if (job.credits > 0) spare.hand.tell({ id: job.id, credits: job.credits });
  }
}

function kindFor({ kind }: WorkerTask): HandKind {
  return kind === 'encode' ? 'thread' : 'process';
}

let shared: VideoThreads | undefined;

/** The workers that are used where no pool is named. */
export function sharedThreads(): VideoThreads {
  shared ??= new VideoThreads();
  return shared;
}

function withResolvers(): { promise: Promise<Survey | Sampled | null> } & Pick<
  DecodeJob,
  'resolve' | 'reject'
> {
  let [resolve, reject]: [DecodeJob['resolve'], DecodeJob['reject']] = [() => undefined, () => undefined];
  const promise = new Promise<Survey | Sampled | null>((yes, no) => ([resolve, reject] = [yes, no]));
  promise.catch(() => undefined); // a stream may be dropped by its reader before it ends
  return { promise, resolve, reject };
}

function gone(received: string): WhereWhenError {
  return internalError('video', 'a decode thread', received);
}

function crashed(path: string, how: string): WhereWhenError {
  return inputError(
    path,
    'a video that the decoder survives',
    `a crash of the decoder in ${TRIES} tries (${how})`,
    'the file may be damaged: leave it out, or write it anew with another program',
  );
}
