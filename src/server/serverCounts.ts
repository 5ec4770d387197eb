// What a server has done since it began, for those who watch it.
import { performance } from 'node:perf_hooks';
import type { MiddlewareHandler } from 'hono';
import { single, type Family } from '../scale/index.js';

/** Counts of one server. */
export class ServerCounts {
  readonly #byStatus = new Map<number, number>();
  #open = 0;
  #seconds = 0;
  #answered = 0;

  /** Counts a request and the time until its answer begins. */
  readonly count: MiddlewareHandler = async (c, next) => {
    const startedAt = performance.now();
    this.#open++;
    try {
      await next();
    } finally {
      this.#open--;
      this.#seconds += (performance.now() - startedAt) / 1000;
      this.#byStatus.set(c.res.status, (this.#byStatus.get(c.res.status) ?? 0) + 1);
    }
  };

  /** A clip was answered anew. */
  answered(): void {
    this.#answered++;
  }

  /** `jobs` are under way, of long work that pages asked for. */
  families({ jobs, clips }: { jobs: number; clips: number }): Family[] {
    const statuses = [...this.#byStatus].sort(([a], [b]) => a - b);
    return [
      {
        ...{ name: 'http_requests_total', kind: 'counter', help: 'Requests by the status of their answer.' },
        values: statuses.map(([status, value]) => ({ labels: { status: String(status) }, value })),
      },
      single('http_requests_open', 'gauge', 'Requests under way.', this.#open),
      single('http_request_seconds_total', 'counter', 'Seconds until answers began.', this.#seconds),
      single('answers_total', 'counter', 'Clips that were answered anew.', this.#answered),
      single('serve_jobs_active', 'gauge', 'Long work under way that pages asked for.', jobs),
      single('serve_clips', 'gauge', 'Clips that are served.', clips),
    ];
  }
}
