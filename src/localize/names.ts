// Which classes act: scores of every class and of `nothing`, averaged over time and over windows of the whole picture, its halves
// and its quarters, wherever they lie.
//
//   P_wk = softmax_k(mean over window w of s_k)       a class's score: its largest P_wk
//
// Classes act one after another, the surest first. A window counts for the next one where at least `own` of the foreground in it
// (the sum of M^2) lies outside the windows of all before: one thing under two names acts once.
import { softmax } from '../probability.js';
import type { MapGrid } from './maps.js';
import type { WhoOptions } from './options.js';
import { areaSum, summedArea, type CellWindow } from './summedArea.js';
import { indexOfMax } from './tubes.js';

/** Scores `[n,K+1,h,w]` of `K` classes and of nothing. */
export interface ClassScores {
  scores: ArrayLike<number>;
  classes: number;
  grid: MapGrid;
}

/** A window with the share of each class in it, `[K]`. */
export interface NamedWindow extends CellWindow {
  shares: Float32Array;
}

/** All windows of a clip. */
export function namedWindows({ scores, classes, grid }: ClassScores): NamedWindow[] {
  const { height, width } = grid;
  const sums = meanScores({ scores, classes, grid }).map((map) => summedArea(map, height, width));
  return windowsOf(height, width).map((window) => {
    const area = window.width * window.height;
    const logits = Float32Array.from(sums, (sum) => areaSum(sum, width, window) / area);
    return { ...window, shares: softmax(logits).subarray(0, classes) };
  });
}

/** The score of each class, `[K]`: its share in the window where that is largest. */
export function scoresByWindows(windows: readonly NamedWindow[], classes: number): Float32Array {
  return Float32Array.from({ length: classes }, (_, k) =>
    windows.reduce((best, { shares }) => Math.max(best, shares[k]!), 0),
  );
}

/** Classes that act, surest first; `foreground` is the map `[n,h,w]` of what is in it. */
export function actingClasses(
  windows: readonly NamedWindow[],
  { foreground, grid }: { foreground: ArrayLike<number>; grid: MapGrid },
  { least, own }: Pick<WhoOptions, 'least' | 'own'>,
): number[] {
  const { height, width } = grid;
  const left = meanSquares(foreground, height * width);
  const inAll = massesIn(windows, left, grid);
  const acting: number[] = [];
  let open = [...windows.keys()];
  for (;;) {
    const best = surest(windows, open, acting);
    if (!best || best.score < least) return acting;
    acting.push(best.classIndex);
    clear(left, windows[best.at]!, width);
    const inRest = massesIn(windows, left, grid);
    open = open.filter((at) => inRest[at]! >= own * inAll[at]!);
  }
}

/** The largest share of a class that does not act yet in windows that are open. */
function surest(
  windows: readonly NamedWindow[],
  open: readonly number[],
  acting: readonly number[],
): { at: number; classIndex: number; score: number } | undefined {
  const bests = open.map((at) => {
    const shares = windows[at]!.shares.map((share, k) => (acting.includes(k) ? -1 : share));
    const classIndex = indexOfMax(shares);
    return { at, classIndex, score: shares[classIndex]! };
  });
  return bests.length > 0 ? bests[indexOfMax(bests.map(({ score }) => score))] : undefined;
}

/** The mean over time of each state's scores: `[K+1]` maps `[h*w]`. */
export function meanScores({ scores, classes, grid }: ClassScores): Float64Array[] {
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

/** Whole, halves and quarters, each size once, at every place that they have. */
function windowsOf(height: number, width: number): CellWindow[] {
  const half = (length: number): number => Math.max(1, Math.floor(length / 2));
  const sizes: [number, number][] = [
    [height, width],
    [height, half(width)],
    [half(height), width],
    [half(height), half(width)],
  ];
  const unlike = sizes.filter(([h, w], i) => sizes.findIndex(([a, b]) => a === h && b === w) === i);
  return unlike.flatMap(([h, w]) =>
    Array.from({ length: height - h + 1 }, (_, y) =>
      Array.from({ length: width - w + 1 }, (__, x) => ({ x, y, width: w, height: h })),
    ).flat(),
  );
}

function meanSquares(map: ArrayLike<number>, cells: number): Float64Array {
  const out = new Float64Array(cells);
  for (let at = 0; at < map.length; at++) out[at % cells]! += map[at]! ** 2;
  return out;
}

function massesIn(
  windows: readonly CellWindow[],
  mass: Float64Array,
  { height, width }: MapGrid,
): Float64Array {
  const sums = summedArea(mass, height, width);
  return Float64Array.from(windows, (window) => areaSum(sums, width, window));
}

function clear(mass: Float64Array, { x, y, width: w, height: h }: CellWindow, width: number): void {
  for (let row = y; row < y + h; row++) mass.fill(0, row * width + x, row * width + x + w);
}
