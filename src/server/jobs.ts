// Long work under way, and everybody who wants to hear of it.
import { randomUUID } from 'node:crypto';
import { missingError } from '../errors.js';
import type { ServerJob, ServerEvent } from './api.js';

/** Takes events as they come. */
export type EventListener = (event: ServerEvent) => void;

/** What work tells of itself. */
export interface JobHandle {
  readonly signal: AbortSignal;
  update(done: number, total: number, failed?: number): void;
}

/** Milliseconds between two events of the same work. */
const PACE = 200;

/** How many jobs that are over are still listed. */
const KEPT = 50;

/** The jobs of a server. */
export class Jobs {
  readonly #listeners = new Set<EventListener>();
  readonly #jobs = new Map<string, { job: ServerJob; abort: AbortController }>();
  readonly #running = new Set<Promise<unknown>>();

  /** Hears of everything until the returned function is called. */
  listen(listener: EventListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(event: ServerEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** How many are under way. */
  get running(): number {
    return this.#running.size;
  }

  list(): ServerJob[] {
    return [...this.#jobs.values()].map(({ job }) => job);
  }

  /** Cancels work that is not over. Throws `missing`. */
  cancel(id: string): ServerJob {
    const found = this.#jobs.get(id);
    if (!found) throw missingError(`jobs/${id}`, 'a known job');
    found.abort.abort();
    return found.job;
  }

  /** Cancels all, and settles when no work is under way. */
  async close(): Promise<void> {
    for (const { abort } of this.#jobs.values()) abort.abort();
    await Promise.allSettled(this.#running);
  }

  /** Runs work as a job. The returned promise settles with it; the job is listed from now on. */
  run<T>(
    facts: Pick<ServerJob, 'kind' | 'model' | 'clip' | 'total'>,
    work: (handle: JobHandle) => Promise<T>,
  ): { job: ServerJob; result: Promise<T> } {
    const job: ServerJob = { id: randomUUID(), ...facts, done: 0, failed: 0, state: 'running', error: null };
    const abort = new AbortController();
    this.#jobs.set(job.id, { job, abort });
    this.#forget();
    let toldAt = 0;
    const tell = (isDue: boolean): void => {
      const now = performance.now();
      if (!isDue && now - toldAt < PACE) return;
      toldAt = now;
      this.tell({ kind: 'job', job: { ...job } });
    };
    const update = (done: number, total: number, failed = job.failed): void => {
      Object.assign(job, { done, total, failed });
      tell(false);
    };
    tell(true);
    const result = work({ signal: abort.signal, update }).then(
      (value) => {
        job.state = abort.signal.aborted ? 'cancelled' : 'done';
        tell(true);
        return value;
      },
      (error: unknown) => {
        job.state = abort.signal.aborted ? 'cancelled' : 'failed';
        job.error = error instanceof Error ? error.message : String(error);
        tell(true);
        throw error;
      },
    );
    this.#running.add(result);
    const forget = (): void => void this.#running.delete(result);
    result.then(forget, forget);
    return { job, result };
  }

  #forget(): void {
    const over = [...this.#jobs.values()].filter(({ job }) => !['running', 'waiting'].includes(job.state));
    for (const { job } of over.slice(0, Math.max(0, over.length - KEPT))) this.#jobs.delete(job.id);
  }
}
