// The page's end of a worker that learns: it is shown takes as they are seen, and then asked to learn from them.
import { internalError, WhereWhenError } from '../errors.js';
import { threadsHere } from '../runtime/web/openWebRuntime.js';
import type { Tensors } from '../tensor.js';
import type { TeachJob, TeachReply, TeachRequest, TeachSetting } from './messages.js';
import type { Taught, TeachOptions, TeachProgress } from './options.js';
import type { TeachTake } from './take.js';

/** How a teacher is opened. */
export interface TeacherOptions extends Omit<TeachSetting, 'threads'> {
  /** A module worker that runs `worker.js` of this folder, made by the page's bundler. The teacher ends it. */
  worker: Worker;
  /** Default: the cores where the page is isolated from other origins, else 1. */
  threads?: number;
}

/** How one lesson is followed and ended. */
export interface LessonOptions extends Pick<TeachOptions, 'recipe' | 'start' | 'signal'> {
  onProgress?: (progress: TeachProgress) => void;
}

interface Waiting {
  resolve: (taught: Taught) => void;
  reject: (reason: Error) => void;
  onProgress: (progress: TeachProgress) => void;
}

/** A worker that learns, for as many lessons as there are: what it did for one it need not do for the next. */
export class Teacher {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #sent = new Map<Tensors, number>();
  #count = 0;
  #dead: Error | undefined;

  constructor({ worker, threads = threadsHere(), ...setting }: TeacherOptions) {
    this.#worker = worker;
    worker.addEventListener('error', ({ message }) =>
      this.#fail(internalError('teach', 'a worker that runs', message || 'its script could not be loaded')),
    );
    worker.addEventListener('message', ({ data }: MessageEvent<TeachReply>) => this.#take(data));
    this.#post({ kind: 'open', threads, ...setting });
  }

  /** Has a take looked at before a lesson asks for it. The same features are sent once. */
  show(features: Tensors): number {
    const known = this.#sent.get(features);
    if (known !== undefined) return known;
    const key = ++this.#count;
    this.#sent.set(features, key);
    this.#post({ kind: 'features', key, features });
    return key;
  }

  /** Has everything made ready for a lesson of so many actions. */
  expect(actions: number, { recipe }: Pick<TeachJob, 'recipe'> = {}): void {
    this.#post({ kind: 'expect', actions, recipe });
  }

  /** Learns, as `teach` does. Throws what `teach` throws, `internal` for a worker that fails, and the signal's reason. */
  async teach(
    takes: readonly TeachTake[],
    { signal, onProgress = () => {}, ...options }: LessonOptions = {},
  ): Promise<Taught> {
    signal?.throwIfAborted();
    if (this.#dead) throw this.#dead;
    const job = ++this.#count;
    const sent = takes.map(({ features, ...take }) => ({ ...take, features: this.show(features) }));
    const kept = new Set(takes.map(({ features }) => features));
    for (const features of this.#sent.keys()) if (!kept.has(features)) this.#sent.delete(features);
    const stop = (): void => {
      this.#post({ kind: 'stop', job });
      this.#end(job)?.reject(signal!.reason as Error);
    };
    signal?.addEventListener('abort', stop, { once: true });
    try {
      return await new Promise<Taught>((resolve, reject) => {
        this.#waiting.set(job, { resolve, reject, onProgress });
        this.#post({ kind: 'teach', job, takes: sent, ...options });
      });
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }

  /** Ends the worker; a lesson that is under way fails. */
  close(): void {
    this.#fail(internalError('teach', 'a teacher that is open', 'it was closed'));
    this.#worker.terminate();
  }

  #post(request: TeachRequest): void {
    this.#worker.postMessage(request);
  }

  #take({ job, ...told }: TeachReply): void {
    if (told.kind === 'taught') this.#end(job)?.resolve(told.taught);
    else if (told.kind === 'failed') this.#end(job)?.reject(new WhereWhenError(told.error));
    else this.#waiting.get(job)?.onProgress(told);
  }

  #end(job: number): Waiting | undefined {
    const waiting = this.#waiting.get(job);
    this.#waiting.delete(job);
    return waiting;
  }

  #fail(reason: Error): void {
    this.#dead ??= reason;
    for (const { reject } of this.#waiting.values()) reject(reason);
    this.#waiting.clear();
  }
}
