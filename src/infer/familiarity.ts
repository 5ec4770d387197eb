// How far a clip is from those that a model learnt from: the Mahalanobis distance of its pooled features, by a covariance of few
// directions and one variance for all others (probabilistic principal components, Tipping and Bishop 1999):
//
//   d^2 = sum_j (u_j . z)^2 / (v_j + s) + (|z|^2 - sum_j (u_j . z)^2) / s,    z = x - mean
//
// What no training clip has ever varied in lies outside the directions, and counts the most.
import type { Tensor } from '../tensor.js';

/** Mean and covariance of pooled features, `C` channels. */
export interface PooledStatistics {
  /** `[C]`. */
  mean: ArrayLike<number>;
  /** Orthonormal, `[d,C]`, row by row. */
  directions: ArrayLike<number>;
  /** Variance along each direction, beyond that of the others, `[d]`. */
  variances: ArrayLike<number>;
  /** Variance along every other direction. */
  rest: number;
}

/** What is kept of the clips of a training. */
export interface Familiarity extends PooledStatistics {
  /** The distance beyond which a clip is unlike the training clips. */
  limit: number;
  /** The same of single frames; models made before have none. */
  frames?: FamiliarFrames;
}

/** Mean and deviation of a logarithm. */
export interface LogLaw {
  middle: number;
  spread: number;
}

/** What is kept of single frames of a training. */
export interface FamiliarFrames extends PooledStatistics {
  /** Distances of frames from statistics of other groups. */
  distances: LogLaw;
  /** What changes between neighbouring frames; undefined where next to nothing ever changed. */
  changes?: LogLaw;
}

/** The distance of a row of pooled features `[C]`. */
export function distanceFrom(
  row: ArrayLike<number>,
  { mean, directions, variances, rest }: PooledStatistics,
): number {
  const C = mean.length;
  const z = Float64Array.from({ length: C }, (_, c) => row[c]! - mean[c]!);
  let [inside, outside] = [0, z.reduce((sum, x) => sum + x * x, 0)];
  for (let j = 0; j < variances.length; j++) {
    let along = 0;
    for (let c = 0; c < C; c++) along += directions[j * C + c]! * z[c]!;
    inside += along ** 2 / (variances[j]! + rest);
    outside -= along ** 2;
  }
  return Math.sqrt(inside + Math.max(0, outside) / rest);
}

/** The mean over frames and places of features `[n,C,h,w]`, per channel. */
export function pooledOf(features: Tensor): Float64Array {
  return meanOf(pooledFrames(features));
}

function meanOf(frames: readonly Float64Array[]): Float64Array {
  const sums = new Float64Array(frames[0]!.length);
  for (const frame of frames) frame.forEach((mean, c) => (sums[c]! += mean));
  return sums.map((sum) => sum / frames.length);
}

/** The mean over the places of each frame of features `[n,C,h,w]`: `n` rows `[C]`. */
export function pooledFrames({ data, shape }: Tensor): Float64Array[] {
  const [n, C, h, w] = shape as [number, number, number, number];
  return Array.from({ length: n }, (_, t) =>
    Float64Array.from({ length: C }, (_, c) => {
      let sum = 0;
      const from = (t * C + c) * h * w;
      for (let at = from; at < from + h * w; at++) sum += data[at] as number;
      return sum / (h * w);
    }),
  );
}

/** What an answer says of a clip, by its {@link pooledFrames}, beyond the limit, and in how many times the limit it lies away; undefined within it. */
export function unlike(
  frames: readonly Float64Array[],
  known: Familiarity,
): { warning: string; unlike: number } | undefined {
  const times = distanceFrom(meanOf(frames), known) / known.limit;
  if (!(times > 1)) return undefined;
  return { warning: unlikeWarning, unlike: Number(times.toFixed(2)) };
}

/** The warning of a Result for such a clip. */
export const unlikeWarning =
  'this clip is unlike those that the model learnt from: what it says of it may well be wrong';
