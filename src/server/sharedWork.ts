// Work that several may wait for: it is done once, goes on as long as anybody waits, and is stopped when the last one has
// left. Only so much of it is taken on at a time; who comes then is told to come again.

/** Thrown where too much is asked for already. */
export class TooBusy extends Error {
  constructor() {
    super('too many requests are being worked on: ask again in a moment');
  }
}

interface SharedRun<T> {
  promise: Promise<T>;
  abort: AbortController;
  waiting: number;
}

/** Pieces of work by their keys. */
export class SharedWork<T> {
  readonly #running = new Map<string, SharedRun<T>>();
  readonly #limit: number;

  /** `limit` pieces of work are under way at a time, at the most. */
  constructor(limit = 64) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#running.size;
  }

  /**
   * Waits for the work of `key`, which begins where it is not under way. `signal` is that of the client: when it left, this
   * promise fails, and the work is aborted where nobody else waits for it. Throws {@link TooBusy} where nothing more is
   * taken on.
   */
  async join(key: string, work: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    const running = this.#running.get(key) ?? this.#begin(key, work);
    running.waiting++;
    try {
      return await untilAborted(running.promise, signal);
    } finally {
      running.waiting--;
      if (running.waiting === 0 && this.#running.get(key) === running) {
        this.#running.delete(key); // who comes now begins anew: this one is being stopped, or is done
        running.abort.abort();
      }
    }
  }

  /** Settles when nothing is under way any more. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#running.values()].map(({ promise }) => promise));
  }

  #begin(key: string, work: (signal: AbortSignal) => Promise<T>): SharedRun<T> {
    if (this.#running.size >= this.#limit) throw new TooBusy();
    const abort = new AbortController();
    const promise = work(abort.signal);
    promise.catch(() => undefined); // everybody may have left
    const running = { promise, abort, waiting: 0 };
    this.#running.set(key, running);
    return running;
  }
}

function untilAborted<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return promise;
  return new Promise<T>((resolve, reject) => {
    const leave = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', leave, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}
