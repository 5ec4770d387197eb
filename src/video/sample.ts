// Which frames stand for a video: places in decoded order, 0 .. total - 1. A video shorter than
// the number asked for repeats its last frame, whatever the rule.
import { inputError, usageError } from '../errors.js';
import type { Random } from '../random.js';

/** `s = floor(total / n)`, frames `0, s, 2s, ...`, the first `n` (the rule of the paper's scripts). */
export function uniformIndices(total: number, n: number): number[] {
  check('uniformIndices', total, n);
  const step = Math.max(1, Math.floor(total / n));
  return Array.from({ length: n }, (_, i) => Math.min(i * step, total - 1));
}

/** From the first frame to the last at even steps: `round(i (total - 1) / (n - 1))`; a single one is the middle. */
export function evenIndices(total: number, n: number): number[] {
  check('evenIndices', total, n);
  if (total < n || n === 1) return centredIndices(total, n);
  return Array.from({ length: n }, (_, i) => Math.round((i * (total - 1)) / (n - 1)));
}

/** Rules that draw nothing. */
export const fixedRules = { uniform: uniformIndices, even: evenIndices, centred: centredIndices } as const;

/** The middle of each of `n` equal parts: `floor((i + 1/2) total / n)`. */
export function centredIndices(total: number, n: number): number[] {
  return segmentIndices(total, new Array<number>(n).fill(0.5));
}

/** One frame drawn uniformly from each of `n` equal parts; takes exactly `n` draws, however long the video is. */
export function segmentRandomIndices(total: number, n: number, random: Random): number[] {
  return segmentIndices(
    total,
    Array.from({ length: n }, () => random.uniform()),
  );
}

/** The frame at share `places[i]` (in [0, 1)) of part `i` of as many equal parts as there are places. */
export function segmentIndices(total: number, places: readonly number[]): number[] {
  const n = places.length;
  check('segmentIndices', total, n);
  if (total < n) return Array.from({ length: n }, (_, i) => Math.min(i, total - 1));
  return places.map((place, i) => Math.min(total - 1, Math.floor(((i + place) * total) / n)));
}

function check(path: string, total: number, n: number): void {
  if (!Number.isInteger(total) || total < 1)
    throw inputError(path, 'the video must have at least 1 frame', `${total}`);
  if (!Number.isInteger(n) || n < 1)
    throw usageError(path, 'the number of frames must be a whole number of at least 1', `${n}`);
}
