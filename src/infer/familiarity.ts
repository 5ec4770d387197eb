// How far a clip is from those that a model learnt from: the Mahalanobis distance of its pooled features, by a covariance of few
// directions and one variance for all others (probabilistic principal components, Tipping and Bishop 1999):
//
//   d^2 = sum_j (u_j . z)^2 / (v_j + s) + (|z|^2 - sum_j (u_j . z)^2) / s,    z = x - mean
//
// What no training clip has ever varied in lies outside the directions, and counts the most.
import type { Tensor } from '../tensor.js';

/** What is kept of the pooled features of a training, `C` channels. */
export interface Familiarity {
  /** `[C]`. */
  mean: ArrayLike<number>;
  /** Orthonormal, `[d,C]`, row by row. */
  directions: ArrayLike<number>;
  /** Variance along each direction, beyond that of the others, `[d]`. */
  variances: ArrayLike<number>;
  /** Variance along every other direction. */
  rest: number;
  /** The distance beyond which a clip is unlike the training clips. */
  limit: number;
}

/** The distance of a row of pooled features `[C]`. */
export function distanceFrom(
  row: ArrayLike<number>,
  { mean, directions, variances, rest }: Omit<Familiarity, 'limit'>,
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
export function pooledOf({ data, shape }: Tensor): Float64Array {
  const [n, C, h, w] = shape as [number, number, number, number];
  const sums = new Float64Array(C);
  for (let row = 0, at = 0; row < n * C; row++) {
    let sum = 0;
    for (const end = at + h * w; at < end; at++) sum += data[at] as number;
    sums[row % C]! += sum;
  }
  return sums.map((sum) => sum / (n * h * w));
}

/** What an answer says of a clip beyond the limit, and in how many times the limit it lies away; undefined within it. */
export function unlike(
  features: Tensor,
  known: Familiarity,
): { warning: string; unlike: number } | undefined {
  const times = distanceFrom(pooledOf(features), known) / known.limit;
  if (!(times > 1)) return undefined;
  return { warning: unlikeWarning, unlike: Number(times.toFixed(2)) };
}

/** The warning of a Result for such a clip. */
export const unlikeWarning =
  'this clip is unlike those that the model learnt from: what it says of it may well be wrong';
