// "What if it had not seen this?" The features of a clip with places taken away: the head answers again, the backbone does
// not run again. What a cell saw of its neighbours stays in the neighbours.
import { shapeError } from '../errors.js';
import { float32, type Tensor } from '../tensor.js';

/**
 * Features `[n,C,h,w]` in which every place where `keep [n,h,w]` is 0 holds the clip's mean feature: a place that says
 * nothing new, where zeros would say something that no picture says. Throws `shape`.
 */
export function occlude({ data, shape }: Tensor, keep: ArrayLike<number>): Tensor {
  const [n, C, h, w] = shape as [number, number, number, number];
  const P = h * w;
  if (keep.length !== n * P) {
    const received = `${keep.length}`;
    throw shapeError('occlude.keep', `${n * P} numbers`, received);
  }
  const X = data as Float32Array;
  const mean = meanFeature(X, n, C, P);
  const out = X.slice();
  for (let i = 0; i < n; i++) {
    for (let p = 0; p < P; p++) {
      if (keep[i * P + p] !== 0) continue;
      for (let c = 0; c < C; c++) out[(i * C + c) * P + p] = mean[c]!;
    }
  }
  return float32(out, shape);
}

/** The mean over all places of all frames, `[C]`. */
function meanFeature(X: Float32Array, n: number, C: number, P: number): Float64Array {
  const sums = new Float64Array(C);
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < C; c++) {
      const start = (i * C + c) * P;
      let sum = 0;
      for (let p = start; p < start + P; p++) sum += X[p]!;
      sums[c]! += sum;
    }
  }
  return sums.map((sum) => sum / (n * P));
}
