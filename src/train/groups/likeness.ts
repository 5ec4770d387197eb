// Clips of one recording look alike: their pooled features, every channel at mean 0 and deviation 1 over all clips, point the same
// way. Groups by that likeness stand in for the recordings where neither names nor lists tell them.
import { averageLinkage } from './averageLinkage.js';

/**
 * Mean cosine distance below which clips are of one recording. Chosen on 250 clips of JHMDB from 79 films and uploads (GoogLeNet,
 * two scales): folds of such groups name as many clips as folds of the true sources (52 against 55 %, each clip alone 71 %).
 */
export const likenessCut = 0.8;

/** Clips beyond which their distances would take too much memory (`4 n^2` bytes) and time. */
export const mostAlike = 5000;

/** The group of each row of pooled features, numbered in the order of first rows; rows without any direction are one group. */
export function groupsOfLikeness(rows: readonly Float32Array[], cut = likenessCut): number[] {
  if (rows.length === 0) return [];
  return averageLinkage(cosineDistances(standardised(rows)), rows.length, cut);
}

/** Rows with channels at mean 0 and deviation 1, brought to length 1; one that is the mean is all zeros. */
function standardised(rows: readonly Float32Array[]): Float32Array[] {
  const [n, C] = [rows.length, rows[0]!.length];
  const mean = new Float64Array(C);
  const variance = new Float64Array(C);
  for (const row of rows) for (let c = 0; c < C; c++) mean[c]! += row[c]! / n;
  for (const row of rows) for (let c = 0; c < C; c++) variance[c]! += (row[c]! - mean[c]!) ** 2 / n;
  const factor = variance.map((one, c) => (one > 1e-10 * mean[c]! ** 2 ? 1 / Math.sqrt(one) : 0)); // a channel that never changes says nothing
  return rows.map((row) => {
    const own = row.map((x, c) => (x - mean[c]!) * factor[c]!);
    const length = Math.sqrt(own.reduce((sum, x) => sum + x * x, 0));
    return own.map((x) => (length > 0 ? x / length : 0));
  });
}

/** `1 - cos` between unit rows, `[n,n]`; 0 between two rows without a direction. */
function cosineDistances(rows: readonly Float32Array[]): Float32Array {
  const n = rows.length;
  const isFlat = rows.map((row) => row.every((x) => x === 0));
  const out = new Float32Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) {
      const distance = isFlat[i] && isFlat[j] ? 0 : 1 - dot(rows[i]!, rows[j]!);
      out[i * n + j] = distance;
      out[j * n + i] = distance;
    }
  return out;
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let c = 0; c < a.length; c++) sum += a[c]! * b[c]!;
  return sum;
}
