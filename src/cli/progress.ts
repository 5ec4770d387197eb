// How far long work is: a bar with rate and time left on a terminal, a plain line every few seconds
// elsewhere, JSON lines with `--json`. All of it on standard error.
import type { SingleBar } from 'cli-progress';

/** Shows one piece of long work. */
export interface Progress {
  /** `note` is what else is worth seeing (a loss); `reused` units cost nothing and do not count for the rate. */
  update(done: number, total: number, state?: { note?: string; reused?: number }): void;
  /** Takes the bar away for other output; the next update brings it back, and its rate goes on. */
  pause(): void;
  /** Takes the bar away for good. */
  stop(): void;
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

/** Rate in units a second and seconds left, from the units done since the start. */
export function estimate(
  done: number,
  total: number,
  { reused = 0, seconds }: { reused?: number; seconds: number },
): { rate: number; secondsLeft: number } {
  const rate = seconds > 0 ? Math.max(0, done - reused) / seconds : 0;
  return { rate, secondsLeft: rate > 0 ? (total - done) / rate : done >= total ? 0 : Infinity };
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

class Lines implements Progress {
  readonly #options: ProgressOptions;
  readonly #startedAt = performance.now();
  #lastAt = performance.now(); // nothing is said of work that ends within the first interval
  #pending: string | undefined;

  constructor(options: ProgressOptions) {
    this.#options = options;
  }

  update(done: number, total: number, { note, reused = 0 }: { note?: string; reused?: number } = {}): void {
    const now = performance.now();
    const { rate, secondsLeft } = estimate(done, total, { reused, seconds: (now - this.#startedAt) / 1000 });
    const { label, unit, isJson } = this.#options;
    const left = Number.isFinite(secondsLeft) ? secondsLeft : null;
    this.#pending = isJson
      ? JSON.stringify({ kind: 'progress', label, unit, done, total, reused, rate, secondsLeft: left, note })
      : `${label}: ${done}/${total} ${unit}, ${rate.toFixed(1)}/s, ${showSeconds(secondsLeft)} left${note ? `, ${note}` : ''}`;
    if (now - this.#lastAt >= everyMilliseconds) this.#flush();
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
  #bar: SingleBar | undefined;
  #isStopped = false;
  #last: [number, number, Record<string, string>] | undefined;

  constructor(options: ProgressOptions) {
    this.#options = options;
    // Loaded late: a command that prints no bar does not pay for it.
    void import('cli-progress').then(({ default: { SingleBar, Presets } }) => {
      if (this.#isStopped) return;
      const format = '{label} {bar} {value}/{total} {unit} | {rate}/s | {left} left {note}';
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

  update(
    done: number,
    total: number,
    { note = '', reused = 0 }: { note?: string; reused?: number } = {},
  ): void {
    const seconds = (performance.now() - this.#startedAt) / 1000;
    const { rate, secondsLeft } = estimate(done, total, { reused, seconds });
    const { label, unit } = this.#options;
    this.#last = [done, total, { label, unit, rate: rate.toFixed(1), left: showSeconds(secondsLeft), note }];
    this.#show(...this.#last);
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
