// A map that needs no label (docs/architecture.md#where-and-when): how far each cell's features are from their median over the clip.
import type { Tensor } from '../tensor.js';

/** `d_ip = sum_c |X_ipc - median_t X_tpc|` for features `[1,n,C,h,w]`: `[n,h,w]`. It is large where something moves. */
export function medianDifference({ data, shape }: Tensor): Float32Array {
  const [, n, C, h, w] = shape as [number, number, number, number, number];
  const P = h * w;
  const X = data as Float32Array;
  const out = new Float32Array(n * P);
  const column = new Float32Array(n);
  for (let cp = 0; cp < C * P; cp++) {
    for (let t = 0; t < n; t++) column[t] = X[t * C * P + cp]!;
    const middle = median(column.slice().sort());
    for (let t = 0; t < n; t++) out[t * P + (cp % P)]! += Math.abs(column[t]! - middle);
  }
  return out;
}

/** The lower median of sorted numbers, as `torch.median` takes it. */
function median(sorted: Float32Array): number {
  return sorted[Math.floor((sorted.length - 1) / 2)]!;
}
