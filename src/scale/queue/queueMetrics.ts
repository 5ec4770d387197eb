// A queue, and a worker of it, as families of figures for Prometheus.
import { single, type Family } from '../metrics.js';
import type { QueueStatus } from './watch.js';
import type { TriedClip } from './work.js';

/** How the queue stands. */
export function queueFamilies(status: QueueStatus): Family[] {
  const { waiting, toCome, active, delayed, failed, workers, rate, secondsLeft, total } = status;
  const states = Object.entries({ waiting, to_come: toCome, active, delayed, set_aside: failed });
  return [
    {
      ...{ name: 'queue_jobs', kind: 'gauge', help: 'Jobs by their state.' },
      values: states.map(([state, value]) => ({ labels: { state }, value })),
    },
    single('queue_workers', 'gauge', 'Workers that are connected.', workers),
    single('queue_rate', 'gauge', 'Jobs done a second over the last minutes.', rate),
    single('queue_seconds_left', 'gauge', 'Until nothing waits, at this rate.', secondsLeft ?? NaN),
    single('queue_jobs_done_total', 'counter', 'Jobs done.', total.done),
    single('queue_tries_failed_total', 'counter', 'Tries of jobs that failed.', total.failed),
    single('queue_jobs_set_aside_total', 'counter', 'Jobs given up after their last try.', total.setAside),
    single('queue_job_seconds_total', 'counter', 'Seconds that all tries of jobs took.', total.seconds),
  ];
}

/** What one worker has done. */
export class WorkerCounts {
  active = 0;
  #done = 0;
  #failed = 0;
  #setAside = 0;
  #seconds = 0;

  begin(): void {
    this.active++;
  }

  end({ error, isLast, seconds }: TriedClip): void {
    this.active--;
    this.#seconds += seconds;
    if (!error) this.#done++;
    else this.#failed++;
    if (error && isLast) this.#setAside++;
  }

  families(): Family[] {
    const [done, failed, setAside] = [this.#done, this.#failed, this.#setAside];
    return [
      single('worker_jobs_active', 'gauge', 'Jobs in the hands of this worker.', this.active),
      single('worker_jobs_done_total', 'counter', 'Jobs that this worker has done.', done),
      single('worker_tries_failed_total', 'counter', 'Tries by this worker that failed.', failed),
      single('worker_jobs_set_aside_total', 'counter', 'Jobs that this worker tried last.', setAside),
      single('worker_job_seconds_total', 'counter', 'Seconds that its tries took.', this.#seconds),
    ];
  }
}
