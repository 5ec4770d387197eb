// What the weights and masks of a head look like on one clip, before anything is read from them.
import type { Tensors } from '../tensor.js';

/** Facts of weights `[1,T,n]` and masks `[1,n,h,w]`. */
export interface HeadFacts {
  /** Largest distance of a weight from uniform, in units of uniform: `n max |w - 1/n|`, by the mean row. */
  fromUniform: number;
  /** Largest difference between the rows of two steps; 0 for forms with one row. */
  betweenSteps: number;
  steps: number;
  /** Mean of the masks, and the share of their cells below 0.1 or above 0.9. */
  maskArea: number;
  binary: number;
  /** Deviation over the cells of a frame in units of the mean, averaged over frames. */
  maskSpread: number;
  /** Largest share of a frame's cells by how much: `P max M / sum M`, averaged over frames; 1 is flat. */
  maskPeak: number;
}

/** Reads the facts from the outputs of one clip. */
export function headFacts({ weights, masks }: Tensors): HeadFacts {
  return { ...weightFacts(weights!.data as Float32Array, weights!.shape), ...maskFacts(masks!) };
}

function weightFacts(
  data: Float32Array,
  shape: readonly number[],
): Pick<HeadFacts, 'fromUniform' | 'betweenSteps' | 'steps'> {
  const [, T, n] = shape as [number, number, number];
  let [fromUniform, betweenSteps] = [0, 0];
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let t = 0; t < T; t++) {
      sum += data[t * n + i]!;
      betweenSteps = Math.max(betweenSteps, Math.abs(data[t * n + i]! - data[i]!));
    }
    fromUniform = Math.max(fromUniform, n * Math.abs(sum / T - 1 / n));
  }
  return { fromUniform, betweenSteps, steps: T };
}

function maskFacts({
  data,
  shape,
}: Tensors[string]): Pick<HeadFacts, 'maskArea' | 'binary' | 'maskSpread' | 'maskPeak'> {
  const [, n, h, w] = shape as [number, number, number, number];
  const P = h * w;
  const M = data as Float32Array;
  let [area, binary, spread, peak] = [0, 0, 0, 0];
  for (let t = 0; t < n; t++) {
    const own = M.subarray(t * P, (t + 1) * P);
    const mean = own.reduce((sum, m) => sum + m, 0) / P;
    const square = own.reduce((sum, m) => sum + (m - mean) ** 2, 0) / P;
    area += mean / n;
    binary += own.reduce((count, m) => count + (m < 0.1 || m > 0.9 ? 1 : 0), 0) / (P * n);
    spread += Math.sqrt(square) / Math.max(mean, 1e-12) / n;
    peak += own.reduce((most, m) => Math.max(most, m), 0) / Math.max(mean, 1e-12) / n;
  }
  return { maskArea: area, binary, maskSpread: spread, maskPeak: peak };
}
