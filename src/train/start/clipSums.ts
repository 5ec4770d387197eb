// What one clip's features come to, per channel: enough for scalings and the mean pool. A page sums a take when it has been seen,
// so that learning need not read it for its start.
import type { StoredClip } from '../../store/index.js';
import type { TensorArray } from '../../tensor.js';

/** Sums over all places of a clip, per channel `[C]`. */
export interface ClipSums {
  /** Frames times cells. */
  places: number;
  sum: Float64Array;
  square: Float64Array;
}

/** Sums that are known already. */
export type SumsOf = (clip: StoredClip) => Promise<ClipSums>;

/** The sums of clip number `clip` of features `[N,n,C,h,w]`. */
export function sumsOf({ data, shape }: { data: TensorArray; shape: readonly number[] }, clip = 0): ClipSums {
  const [, n, C, h, w] = shape as [number, number, number, number, number];
  const P = h * w;
  const [sum, square] = [new Float64Array(C), new Float64Array(C)];
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < C; c++) {
      const start = ((clip * n + i) * C + c) * P;
      let [own, ownSquare] = [0, 0];
      for (let p = start; p < start + P; p++) {
        const x = data[p] as number;
        own += x;
        ownSquare += x * x;
      }
      sum[c]! += own;
      square[c]! += ownSquare;
    }
  }
  return { places: n * P, sum, square };
}
