// What this page has seen of the queue: how many jobs were done between two looks, over the last minutes.
import { signal } from '@preact/signals';
import type { QueueState } from '../../../src/server/api.js';
import { texts } from '../words/index.js';

/** A look: when it was, what was done until then, and at what rate since the look before. */
export interface Moment {
  atSeconds: number;
  done: number;
  rate: number | null;
}

/** Looks that are kept: ten minutes of them. */
const KEPT = 300;

/** Every look of this sitting, the oldest first. */
export const history = signal<Moment[]>([]);

/** The looks with one more; a server whose clock went back, or a queue that was emptied, begins anew. */
export function noted(before: readonly Moment[], { atSeconds, total }: QueueState): Moment[] {
  const last = before.at(-1);
  const span = atSeconds - (last?.atSeconds ?? atSeconds);
  if (last && (span <= 0 || total.done < last.done)) return [{ atSeconds, done: total.done, rate: null }];
  const rate = last ? (total.done - last.done) / span : null;
  return [...before, { atSeconds, done: total.done, rate }].slice(-KEPT);
}

/** A span of time in its two largest units. */
export function showSpan(seconds: number | null): string {
  if (seconds === null) return texts.value.queue.notKnown;
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 60) return texts.value.queue.minutes(minutes);
  const hours = Math.floor(minutes / 60);
  return hours < 48
    ? texts.value.queue.hours(hours, minutes % 60)
    : texts.value.queue.days(Math.round(hours / 24));
}
