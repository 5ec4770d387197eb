// Who does what: of the scores of every class, and of `nothing`, at every cell, which classes act and a map for each.
//
//   s_ipk, k = 0..K; class K is nothing      e = s averaged over 5 x 5 cells, then [1 2 1]/4 in time, 16 passes
//   pi_k = softmax_k over the classes of mean_ip s_ipk,  pi_nothing = 1
//   P_ipk = softmax_k(e_ipk + log pi_k)      m_ipk = M_ip P_ipk^(1/2) A_pk^(1/2), with M the map of what is in the foreground
//   A_pk  = M_ip P_ipk averaged over time and over 5 x 5 cells, over its maximum: where the class is during the clip
//
// Which classes act is told by windows (names.ts).
import { softmax } from '../probability.js';
import { type MapGrid, smoothAxis } from './maps.js';
import { meanScores, type ClassScores } from './names.js';
import type { WhoOptions } from './options.js';
import { areaSum, summedArea } from './summedArea.js';

/** The share `P_ipk` of each class at every cell: `[K]` maps `[n,h,w]`. */
export function classShares(
  { scores, classes, grid }: ClassScores,
  { neighbourhood, smoothTime }: Pick<WhoOptions, 'neighbourhood' | 'smoothTime'>,
): Float32Array[] {
  const states = classes + 1;
  const cells = grid.height * grid.width;
  const log = logPriors(meanScores({ scores, classes, grid }), classes);
  let calm: Float32Array = boxMean(scores, grid, neighbourhood);
  for (let pass = 0; pass < smoothTime; pass++) calm = smoothAxis(calm, grid.frames, states * cells);
  const shares = Array.from({ length: classes }, () => new Float32Array(grid.frames * cells));
  const column = new Float32Array(states);
  for (let i = 0; i < grid.frames; i++) {
    for (let p = 0; p < cells; p++) {
      for (let k = 0; k < states; k++) column[k] = calm[(i * states + k) * cells + p]! + log[k]!;
      const share = softmax(column);
      for (let k = 0; k < classes; k++) shares[k]![i * cells + p] = share[k]!;
    }
  }
  return shares;
}

/** A class's map: the foreground where the class is likely on the frame and, to the power of `overall`, during the clip. */
export function classMap(
  foreground: ArrayLike<number>,
  share: ArrayLike<number>,
  grid: MapGrid,
  { power, overall, neighbourhood }: Pick<WhoOptions, 'power' | 'overall' | 'neighbourhood'>,
): Float32Array {
  const map = Float32Array.from(
    { length: foreground.length },
    (_, at) => foreground[at]! * share[at]! ** power,
  );
  if (overall === 0) return map;
  const place = placeOf(foreground, share, grid, neighbourhood);
  return map.map((value, at) => value * place[at % place.length]! ** overall);
}

/** `A [h,w]`, where a class is during the clip, in 0..1. */
function placeOf(
  foreground: ArrayLike<number>,
  share: ArrayLike<number>,
  grid: MapGrid,
  neighbourhood: number,
): Float32Array {
  const sums = new Float32Array(grid.height * grid.width);
  for (let at = 0; at < foreground.length; at++) sums[at % sums.length]! += foreground[at]! * share[at]!;
  const calm = boxMean(sums, grid, neighbourhood);
  const top = calm.reduce((a, b) => Math.max(a, b), 0);
  return top > 0 ? calm.map((value) => value / top) : calm.fill(1);
}

/** `log pi_k`: how likely each class is anywhere in the clip; nothing always is. */
function logPriors(mean: readonly Float64Array[], classes: number): Float64Array {
  const whole = Float32Array.from(
    mean.slice(0, classes),
    (map) => map.reduce((a, b) => a + b, 0) / map.length,
  );
  const log = Float64Array.from(softmax(whole), (share) => Math.log(Math.max(share, 1e-30)));
  return Float64Array.of(...log, 0);
}

/** The mean over the `size x size` cells around each, of those that there are; `[maps,h,w]`. */
function boxMean(values: ArrayLike<number>, { height, width }: MapGrid, size: number): Float32Array {
  const reach = Math.floor(size / 2);
  const cells = height * width;
  const out = new Float32Array(values.length);
  for (let from = 0; from < values.length; from += cells) {
    const map = Float64Array.from({ length: cells }, (_, p) => values[from + p]!);
    const sums = summedArea(map, height, width);
    for (let y = 0; y < height; y++) {
      const [top, bottom] = [Math.max(0, y - reach), Math.min(height, y + reach + 1)];
      for (let x = 0; x < width; x++) {
        const [left, right] = [Math.max(0, x - reach), Math.min(width, x + reach + 1)];
        const window = { x: left, y: top, width: right - left, height: bottom - top };
        out[from + y * width + x] = areaSum(sums, width, window) / (window.width * window.height);
      }
    }
  }
  return out;
}
