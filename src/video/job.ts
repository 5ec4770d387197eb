// A job of the pool and the worker that it is at; what both of them remember, so that a job may begin again elsewhere.
import type { Hand, HandKind } from './hand.js';
import type { WorkerTask } from './messages.js';
import type { Sampled } from './sampled.js';
import type { Frame, Survey } from './types.js';

/** A thread or process with its jobs. */
export interface Worker {
  kind: HandKind;
  hand: Hand;
  jobs: Map<number, DecodeJob>;
  isBusy: boolean;
  /** Started for one job that is tried again; ends with it. */
  isSpare: boolean;
  /** Called when the last job has ended. */
  onQuiet: () => void;
}

/** What was asked for, and how far it is. */
export interface DecodeJob {
  id: number;
  task: WorkerTask;
  worker: Worker;
  tries: number;
  /** Frames that the caller has had, and those of a second try that it has had before. */
  given: number;
  repeated: number;
  credits: number;
  onItem: (item: Frame | null) => void;
  resolve: (value: Survey | Sampled | null) => void;
  reject: (reason: unknown) => void;
  cancel: () => void;
}

/** Starts a job, or starts it anew. */
export function begin(job: DecodeJob, worker: Worker): void {
  job.worker = worker;
  job.tries++;
  worker.jobs.set(job.id, job);
  worker.hand.hold(true);
  worker.hand.tell({ id: job.id, start: job.task });
}

/** Hands an item on, unless it was handed on before its decoder crashed. */
export function give(job: DecodeJob, item: Frame | null): void {
  if (job.repeated > 0) {
    job.repeated--;
    return;
  }
  job.given++;
  job.onItem(item);
}

/** Cancels what a worker works on, and resolves when it has stopped. */
export async function quiet(worker: Worker): Promise<void> {
  if (worker.jobs.size === 0) return;
  const stopped = new Promise<void>((resolve) => (worker.onQuiet = resolve));
  for (const { cancel } of worker.jobs.values()) cancel();
  await stopped;
}
