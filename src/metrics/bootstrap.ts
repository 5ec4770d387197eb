// How far a figure would move with other clips: bootstrap over clips (Efron and Tibshirani 1993, chapter 13,
// percentile intervals), paired differences, and mean and deviation over seeds.
import { inputError } from '../errors.js';
import type { Random } from '../random.js';

/** A figure as a function of which clips are counted, by index, repeats allowed. The indices are another draw's after it returns. */
export type Statistic = (clips: Int32Array) => number;

/** Bounds that hold the figure at `level` (0.95: 19 times of 20). */
export interface ConfidenceInterval {
  low: number;
  high: number;
  level: number;
}

/** Settings of a bootstrap; `random` decides every draw. */
export interface BootstrapOptions {
  random: Random;
  samples?: number;
  level?: number;
}

/** `samples` draws of `clips` indices out of `clips`, with replacement. Share them to compare figures pairwise. */
export function resamples(clips: number, options: BootstrapOptions): Int32Array[] {
  return Array.from(drawnInto(clips, options), (drawn) => drawn.slice());
}

/** The same draws one after another in one array, so that memory does not grow with their number. */
function* drawnInto(clips: number, { random, samples = 1000 }: BootstrapOptions): Generator<Int32Array> {
  if (clips < 1) {
    throw inputError('evaluate.bootstrap', 'at least one clip', String(clips));
  }
  const drawn = new Int32Array(clips);
  for (let i = 0; i < samples; i++) {
    for (let place = 0; place < clips; place++) drawn[place] = random.integer(0, clips);
    yield drawn;
  }
}

/** The percentile interval of a figure over given draws. Draws without a value (NaN) are left out. */
export function percentileInterval(
  draws: Iterable<Int32Array>,
  statistic: Statistic,
  level = 0.95,
): ConfidenceInterval {
  return intervalOf(Array.from(draws, statistic), level);
}

function intervalOf(all: readonly number[], level = 0.95): ConfidenceInterval {
  const values = Float64Array.from(all.filter((value) => !Number.isNaN(value))).sort();
  const tail = (1 - level) / 2;
  return { low: quantile(values, tail), high: quantile(values, 1 - tail), level };
}

/** The percentile bootstrap interval of a figure over `clips` clips. */
export function bootstrapInterval(
  clips: number,
  statistic: Statistic,
  options: BootstrapOptions,
): ConfidenceInterval {
  return percentileInterval(drawnInto(clips, options), statistic, options.level);
}

/** What a paired bootstrap says of two models on the same clips. */
export interface PairedDifference {
  /** Figure of `a` minus figure of `b` on all clips. */
  difference: number;
  interval: ConfidenceInterval;
  /** Two-sided p value: twice the smaller share of draws on either side of zero, draws at zero on both. */
  p: number;
}

/** Compares two models by a figure each over the same drawn clips, so that hard clips are hard for both. */
export function pairedBootstrap(
  clips: number,
  a: Statistic,
  b: Statistic,
  options: BootstrapOptions,
): PairedDifference {
  const difference: Statistic = (drawn) => a(drawn) - b(drawn);
  const values = Array.from(drawnInto(clips, options), difference);
  const atMost = values.filter((value) => value <= 0).length;
  const atLeast = values.filter((value) => value >= 0).length;
  return {
    difference: difference(Int32Array.from({ length: clips }, (_, i) => i)),
    interval: intervalOf(values, options.level),
    p: Math.min(1, (2 * Math.min(atMost, atLeast)) / values.length),
  };
}

/** Mean and sample deviation (`n - 1`) over seeds or splits; the deviation of one value is null. */
export function meanAndDeviation(values: readonly number[]): { mean: number; deviation: number | null } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length < 2) return { mean, deviation: null };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}

/** Linear interpolation between order statistics (numpy's default, Hyndman and Fan type 7). */
function quantile(sorted: Float64Array, part: number): number {
  const at = part * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below] ?? NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? NaN;
  return low + (high - low) * (at - below);
}
