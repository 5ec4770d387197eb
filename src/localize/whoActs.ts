// Who does what: of the scores of every class, and of `nothing`, at every cell, which classes act and a map for each.
//
//   s_ipk, k = 0..K; class K is nothing      e = s averaged over 5 x 5 cells, then [1 2 1]/4 in time, 16 passes
//   pi_k = softmax_k over the classes of mean_ip s_ipk,  pi_nothing = 1
//   P_ipk = softmax_k(e_ipk + log pi_k)      m_ipk = M_ip P_ipk^(1/2), with M the map of what is in the foreground
//
// A name is told by windows: the highest softmax of the mean scores over windows of the whole picture, its halves and its
// quarters, wherever they lie.
import { softmax } from '../probability.js';
import { type MapGrid, smoothAxis } from './maps.js';
import type { WhoOptions } from './options.js';

/** Scores `[n,K+1,h,w]` of `K` classes and of nothing. */
export interface ClassScores {
  scores: ArrayLike<number>;
  classes: number;
  grid: MapGrid;
}

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

/** A class's map: the foreground where the class is likely, `M P^power`. */
export function classMap(
  foreground: ArrayLike<number>,
  share: ArrayLike<number>,
  power: number,
): Float32Array {
  return Float32Array.from({ length: foreground.length }, (_, at) => foreground[at]! * share[at]! ** power);
}

/** A class's best window: its score there, and where it lies in cells. */
export interface NamedWindow {
  score: number;
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The best window of each class, `[K]`. */
export function namesByWindows({ scores, classes, grid }: ClassScores): NamedWindow[] {
  const { height, width } = grid;
  const mean = meanScores({ scores, classes, grid });
  const sums = mean.map((map) => runningSums(map, height, width));
  const best = Array.from({ length: classes }, (): NamedWindow => ({ score: 0, x: 0, y: 0, width, height }));
  for (const [h, w] of windowSizes(height, width)) {
    for (let y = 0; y + h <= height; y++) {
      for (let x = 0; x + w <= width; x++) {
        const logits = Float32Array.from(sums, (sum) => windowSum(sum, width, { x, y, h, w }) / (h * w));
        softmax(logits)
          .subarray(0, classes)
          .forEach((score, k) => {
            if (score > best[k]!.score) best[k] = { score, x, y, width: w, height: h };
          });
      }
    }
  }
  return best;
}

/** Whole, halves, quarters, as `[height, width]`, each once. */
function windowSizes(height: number, width: number): [number, number][] {
  const half = (length: number): number => Math.max(1, Math.floor(length / 2));
  const sizes: [number, number][] = [
    [height, width],
    [height, half(width)],
    [half(height), width],
    [half(height), half(width)],
  ];
  return sizes.filter(([h, w], i) => sizes.findIndex(([a, b]) => a === h && b === w) === i);
}

/** The mean over time of each state's scores: `[K+1]` maps `[h*w]`. */
function meanScores({ scores, classes, grid }: ClassScores): Float64Array[] {
  const cells = grid.height * grid.width;
  const states = classes + 1;
  return Array.from({ length: states }, (_, k) =>
    Float64Array.from({ length: cells }, (_, p) => {
      let sum = 0;
      for (let i = 0; i < grid.frames; i++) sum += scores[(i * states + k) * cells + p]!;
      return sum / grid.frames;
    }),
  );
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
    const sums = runningSums(map, height, width);
    for (let y = 0; y < height; y++) {
      const [top, bottom] = [Math.max(0, y - reach), Math.min(height, y + reach + 1)];
      for (let x = 0; x < width; x++) {
        const [left, right] = [Math.max(0, x - reach), Math.min(width, x + reach + 1)];
        const window = { x: left, y: top, w: right - left, h: bottom - top };
        out[from + y * width + x] = windowSum(sums, width, window) / (window.w * window.h);
      }
    }
  }
  return out;
}

/** Sums of everything above and to the left, `[h+1, w+1]`. */
function runningSums(map: Float64Array, height: number, width: number): Float64Array {
  const sums = new Float64Array((height + 1) * (width + 1));
  for (let y = 0; y < height; y++) {
    let row = 0;
    for (let x = 0; x < width; x++) {
      row += map[y * width + x]!;
      sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1]! + row;
    }
  }
  return sums;
}

function windowSum(
  sums: Float64Array,
  width: number,
  { x, y, w, h }: { x: number; y: number; w: number; h: number },
): number {
  const at = (row: number, column: number): number => sums[row * (width + 1) + column]!;
  return at(y + h, x + w) - at(y, x + w) - at(y + h, x) + at(y, x);
}
