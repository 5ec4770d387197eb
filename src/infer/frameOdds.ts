// Which frames show none of what a model learnt: something else, or a picture that stands still. Both are judged alike, by the
// logarithm of a number `x` whose law over the training is known, with `z = (log x - middle) / spread`:
//
//   log odds = z^2 / 2 + log(spread sqrt(2 pi) / log 10) + log(.01 / .99)
//
// against a law by which `x` lies anywhere up to ten times beyond, and one frame in a hundred is of that kind.
import { eitherLogOdds } from '../probability.js';
import { distanceFrom, type FamiliarFrames, type LogLaw } from './familiarity.js';

const before = Math.log(0.01 / 0.99);

/** Log odds `[n]` that a frame, by rows `[C]` of pooled features, is unlike those that were learnt from, or stands still where those did not. */
export function oddsOfOther(
  rows: readonly Float64Array[],
  { changes, ...known }: FamiliarFrames,
): Float32Array {
  return Float32Array.from(rows, (row, t) => {
    const unlike = oddsBeyond(Math.log(distanceFrom(row, known)), known.distances, 1);
    if (!changes || rows.length < 2) return unlike;
    const beside = [rows[t - 1], rows[t + 1]].filter((one) => one !== undefined);
    const change = Math.max(...beside.map((one) => changeBetween(row, one)));
    return eitherLogOdds(unlike, oddsBeyond(Math.log(change), changes, -1));
  });
}

/** How much two rows of pooled features differ, in shares of what they hold together: `sum |a - b| / sum |a + b|`. */
export function changeBetween(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [apart, together] = [0, 0];
  for (let c = 0; c < a.length; c++) {
    apart += Math.abs(a[c]! - b[c]!);
    together += Math.abs(a[c]! + b[c]!);
  }
  return together > 0 ? apart / together : 0;
}

/** Mean and deviation of the logarithms of numbers that are not 0; undefined for fewer than ten, and where all are the same. */
export function logLawOf(values: readonly number[]): LogLaw | undefined {
  const logs = values.filter((value) => value > 0).map(Math.log);
  const middle = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  const spread = Math.sqrt(logs.reduce((sum, log) => sum + (log - middle) ** 2, 0) / logs.length);
  return logs.length >= 10 && spread > 1e-9 ? { middle, spread } : undefined;
}

/** Beyond in the direction of `sign`, and at most ten times: 0, whose logarithm has no end, counts as that. */
function oddsBeyond(log: number, { middle, spread }: LogLaw, sign: 1 | -1): number {
  const z = Math.min(Math.LN10, Math.max(0, sign * (log - middle))) / spread;
  return z ** 2 / 2 + Math.log((spread * Math.sqrt(2 * Math.PI)) / Math.LN10) + before;
}
