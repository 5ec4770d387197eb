// How far long work is: a bar with rate and time left on a terminal, a plain line every few seconds
// elsewhere, JSON lines with `--json`. All of it on standard error.
import type { SingleBar } from 'cli-progress';
import { Pace } from './pace.js';

/** Shows one piece of long work. */
export interface Progress {
  update(done: number, total: number, state?: ProgressState): void;
  /** What passed since the last update was no unit: the rate leaves it out. `recurs`: the time left counts more of its like. */
  rest(recurs: boolean): void;
  /** Takes the bar away for other output; the next update brings it back, and its rate goes on. */
  pause(): void;
  /** Takes the bar away for good. */
  stop(): void;
}

/** What is known beside the units done. */
export interface ProgressState {
  /** What else is worth seeing (a loss). */
  note?: string;
  /** Units that cost nothing: they do not count for the rate. */
  reused?: number;
  /** The work may end before all units are done. */
  mayStop?: boolean;
}

/** How a progress is shown. */
export interface ProgressOptions {
  label: string;
  /** What is counted, in the plural. */
  unit: string;
  isJson: boolean;
}

/** Between two plain lines, and between two JSON lines. */
const everyMilliseconds = 3000;

/** A progress for where standard error goes. */
export function openProgress(options: ProgressOptions): Progress {
  return !options.isJson && process.stderr.isTTY ? new Bar(options) : new Lines(options);
}

/** `41.3 frames/s`; nothing before the first frame. */
export function showFrameRate(frames: number, startedAt: number): string | undefined {
  const seconds = (performance.now() - startedAt) / 1000;
  return frames > 0 && seconds > 0 ? `${(frames / seconds).toFixed(1)} frames/s` : undefined;
}

/** `75 s`, `3 min`, `2.5 h`. */
export function showSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  if (seconds < 100) return `${Math.round(seconds)} s`;
  return seconds < 6000 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/** `0.3/s`, `25 s each`; nothing before the first unit. */
export function showRate(rate: number): string | undefined {
  if (rate <= 0) return undefined;
  return rate >= 0.1 ? `${rate.toFixed(1)}/s` : `${showSeconds(1 / rate)} each`;
}

/** `3 min left`, of work that may stop `at most 3 min left`; nothing where it is not known. */
function showLeft(seconds: number, mayStop = false): string | undefined {
  return Number.isFinite(seconds) ? `${mayStop ? 'at most ' : ''}${showSeconds(seconds)} left` : undefined;
}

class Lines implements Progress {
  readonly #options: ProgressOptions;
  readonly #startedAt = performance.now();
  #pace: Pace | undefined;
  #lastAt = performance.now(); // nothing is said of work that ends within the first interval
  #pending: string | undefined;

  constructor(options: ProgressOptions) {
    this.#options = options;
  }

  update(done: number, total: number, { note, reused = 0, mayStop }: ProgressState = {}): void {
    const now = performance.now();
    this.#pace ??= new Pace(this.#startedAt, reused);
    this.#pace.add(now, done, reused);
    const { rate } = this.#pace;
    const secondsLeft = this.#pace.secondsLeft(total);
    const { label, unit, isJson } = this.#options;
    const left = Number.isFinite(secondsLeft) ? secondsLeft : null;
    const told = [`${label}: ${done}/${total} ${unit}`, showRate(rate), showLeft(secondsLeft, mayStop), note];
    this.#pending = isJson
      ? JSON.stringify({ kind: 'progress', label, unit, done, total, reused, rate, secondsLeft: left, note })
      : told.filter((part) => part !== undefined).join(', ');
    if (now - this.#lastAt >= everyMilliseconds) this.#flush();
  }

  rest(recurs: boolean): void {
    this.#pace?.rest(performance.now(), recurs);
  }

  pause(): void {} // a line disturbs no other

  /** The last state is always told, so that a log shows that the work came to its end. */
  stop(): void {
    this.#flush();
  }

  #flush(): void {
    if (this.#pending !== undefined) process.stderr.write(`${this.#pending}\n`);
    this.#pending = undefined;
    this.#lastAt = performance.now();
  }
}

class Bar implements Progress {
  readonly #options: ProgressOptions;
  readonly #startedAt = performance.now();
  #pace: Pace | undefined;
  #bar: SingleBar | undefined;
  #isStopped = false;
  #last: [number, number, Record<string, string>] | undefined;

  constructor(options: ProgressOptions) {
    this.#options = options;
    // Loaded late: a command that prints no bar does not pay for it.
    void import('cli-progress').then(({ default: { SingleBar, Presets } }) => {
      if (this.#isStopped) return;
      const format = '{label} {bar} {value}/{total} {unit} | {rate} | {left} {note}';
      // Beside the bar stand about 64 characters.
      const barsize = Math.max(8, Math.min(40, (process.stderr.columns ?? 80) - 64));
      const settings = {
        format,
        barsize,
        stream: process.stderr,
        hideCursor: true,
        clearOnComplete: true,
        fps: 5,
      };
      this.#bar = new SingleBar(settings, Presets.shades_classic);
      if (this.#last) this.#show(...this.#last);
    });
  }

  update(done: number, total: number, { note = '', reused = 0, mayStop }: ProgressState = {}): void {
    this.#pace ??= new Pace(this.#startedAt, reused);
    this.#pace.add(performance.now(), done, reused);
    const { label, unit } = this.#options;
    const rate = showRate(this.#pace.rate) ?? '';
    const left = showLeft(this.#pace.secondsLeft(total), mayStop) ?? '';
    this.#last = [done, total, { label, unit, rate, left, note }];
    this.#show(...this.#last);
  }

  rest(recurs: boolean): void {
    this.#pace?.rest(performance.now(), recurs);
  }

  pause(): void {
    this.#last = undefined;
    this.#bar?.stop();
  }

  stop(): void {
    this.#isStopped = true;
    this.#bar?.stop();
  }

  #show(done: number, total: number, payload: Record<string, string>): void {
    if (!this.#bar || this.#isStopped) return;
    if (this.#bar.isActive) {
      this.#bar.setTotal(total);
      this.#bar.update(done, payload);
    } else {
      this.#bar.start(total, done, payload);
    }
  }
}
