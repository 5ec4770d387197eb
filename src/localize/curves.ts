// What is read over time: one number a frame and class, `[frames, classes]`, from evidence on cells.
import { type MapGrid, smoothAxis } from './maps.js';
import type { WhenOptions } from './options.js';
import { eitherLogOdds, logSumExp, sigmoid, softmax } from '../probability.js';

/** How the cells of a frame become one number a class. */
export interface PoolRules {
  pool?: 'mean' | 'mask' | 'top';
  topShare?: number;
  smooth?: number;
}

/**
 * Evidence `[n,h,w,K]` as curves `[n,K]`: the plain mean over cells, the mean by attention
 * (`sum_p M_i(p) s_ipk`, with `M` from `attention` `[n,h,w]`), or the mean of the best `topShare` of the cells.
 */
export function classCurves(
  evidence: ArrayLike<number>,
  grid: MapGrid,
  classes: number,
  attention: ArrayLike<number> | undefined,
  { pool = 'mean', topShare = 0.1, smooth = 0 }: PoolRules = {},
): Float32Array {
  const cells = grid.height * grid.width;
  let out: Float32Array = new Float32Array(grid.frames * classes);
  for (let t = 0; t < grid.frames; t++) {
    const shares = pool === 'mask' && attention ? cellShares(attention, t * cells, cells) : undefined;
    for (let k = 0; k < classes; k++) {
      const at = (p: number): number => evidence[(t * cells + p) * classes + k]!;
      out[t * classes + k] = pool === 'top' ? topMean(at, cells, topShare) : weightedMean(at, cells, shares);
    }
  }
  for (let pass = 0; pass < smooth; pass++) out = smoothAxis(out, grid.frames, classes);
  return out;
}

/** A frame's mask as shares that sum to 1; an empty mask gives undefined (the plain mean). */
function cellShares(attention: ArrayLike<number>, from: number, cells: number): Float64Array | undefined {
  const shares = Float64Array.from({ length: cells }, (_, p) => Math.max(0, attention[from + p]!));
  const total = shares.reduce((sum, share) => sum + share, 0);
  return total > 0 ? shares.map((share) => share / total) : undefined;
}

function weightedMean(at: (p: number) => number, cells: number, shares: Float64Array | undefined): number {
  let sum = 0;
  for (let p = 0; p < cells; p++) sum += at(p) * (shares?.[p] ?? 1 / cells);
  return sum;
}

function topMean(at: (p: number) => number, cells: number, share: number): number {
  const values = Float64Array.from({ length: cells }, (_, p) => at(p)).sort();
  const count = Math.max(1, Math.round(share * cells));
  return values.subarray(cells - count).reduce((sum, value) => sum + value, 0) / count;
}

/** `q_tk = s_tk - mean_k s_tk`: what a class says beyond what all classes say. */
export function aboveMean(curves: ArrayLike<number>, classes: number): Float32Array {
  const out = Float32Array.from(curves);
  for (let from = 0; from < out.length; from += classes) {
    const frame = out.subarray(from, from + classes);
    const mean = frame.reduce((sum, value) => sum + value, 0) / classes;
    frame.forEach((value, k) => (frame[k] = value - mean));
  }
  return out;
}

/** One class's curve `[frames]` out of `[frames, classes]`. */
export function curveOf(curves: ArrayLike<number>, classes: number, k: number): Float32Array {
  return Float32Array.from({ length: curves.length / classes }, (_, t) => curves[t * classes + k]!);
}

/** The answer that frames [from, to) alone would give: softmax, or sigmoid, of their mean evidence, `[classes]`. */
export function windowAnswer(
  curves: ArrayLike<number>,
  classes: number,
  from: number,
  to: number,
  probability: WhenOptions['probability'] = 'softmax',
): Float32Array {
  const means = Float32Array.from({ length: classes }, (_, k) => {
    let sum = 0;
    for (let t = from; t < to; t++) sum += curves[t * classes + k]!;
    return sum / (to - from);
  });
  return probability === 'sigmoid' ? means.map(sigmoid) : softmax(means);
}

/** `l_t = s_t,nothing - log sum_k e^s_tk` of scores `[n,K+1,h,w]` averaged over cells, nothing last: log odds `[n]`. */
export function oddsOfNothing(scores: ArrayLike<number>, grid: MapGrid, classes: number): Float32Array {
  const cells = grid.height * grid.width;
  return Float32Array.from({ length: grid.frames }, (_, t) => {
    const means = Array.from({ length: classes + 1 }, (_, k) => {
      const from = (t * (classes + 1) + k) * cells;
      let sum = 0;
      for (let p = from; p < from + cells; p++) sum += scores[p]!;
      return sum / cells;
    });
    return means[classes]! - logSumExp(means.slice(0, classes));
  });
}

/** Log odds `[n]` that one or the other holds, both or one of them known. */
export function eitherOdds(a?: ArrayLike<number>, b?: ArrayLike<number>): Float32Array | undefined {
  if (!a || !b) return a || b ? Float32Array.from((a ?? b)!) : undefined;
  return Float32Array.from(a, (x, t) => eitherLogOdds(x, b[t]!));
}
