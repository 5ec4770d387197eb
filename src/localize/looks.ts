// The second look: what the first one found is cut out of the picture as a square, the network looks at it again, finer, and
// what it says there is put back.
//
//   side    = factor * median over the frames of the longer side of their boxes
//   centres = those of the boxes, smoothed by [1 2 1]/4 in time
//   m       = mm(what the network makes of the square) * max(mm(what the first look said there), floor)^prior
//
// A square may reach beyond the picture: the pixels of its edge go on there.
import { boxOverlap, frameBoxes, grow, type BoxRules, type Picture, type ScoredBox } from './boxes.js';
import { tapsAt, tileLine, middles, type CellLine, type CellTaps } from './cells.js';
import { agree, minMax, readAt, smooth, smoothAxis, type MapGrid } from './maps.js';
import type { SecondLook } from './options.js';
import type { Box } from '../result.js';

/** A square window in pixels of the picture: its upper left corner and its side. */
export interface Crop {
  x: number;
  y: number;
  side: number;
}

/** Frames `[from, to)` of a clip. */
export type FrameSpan = readonly [from: number, to: number];

/** How many frames in a row a part of a clip has, so that change is that of clips: two at least, of clips that have them. */
export function framesOfPart(frames: number, parts: number): number {
  return Math.max(Math.min(frames, 2), Math.floor(frames / parts));
}

/** A part of the frames, in the middle. */
export function middleFrames(frames: number, parts: number): FrameSpan {
  const count = framesOfPart(frames, parts);
  const from = (frames - count) >> 1;
  return [from, from + count];
}

/** What one look says of a frame: box (null on a flat map), its score, the pointing point. */
export interface FrameLook {
  box: Box | null;
  score: number;
  point: [x: number, y: number];
}

/**
 * The squares around what a first look found, one a frame; around its points where it drew no box. They are as large as the
 * boxes of `sizes` ask for, by default those same ones.
 */
export function cropsAround(
  frames: readonly Pick<FrameLook, 'box' | 'point'>[],
  picture: Picture,
  { factor, smoothCentres }: Pick<SecondLook, 'factor' | 'smoothCentres'>,
  sizes: readonly Pick<FrameLook, 'box'>[] = frames,
): Crop[] {
  const boxes = sizes.flatMap(({ box }) => (box ? [box] : []));
  const longer = boxes.map(([x0, y0, x1, y1]) => Math.max(x1 - x0, y1 - y0));
  const side = boxes.length > 0 ? factor * median(longer) : Math.min(picture.width, picture.height);
  let centres: Float32Array = Float32Array.from(frames.flatMap(({ box, point }) => centreOf(box, point)));
  for (let pass = 0; pass < smoothCentres; pass++) centres = smoothAxis(centres, frames.length, 2);
  return frames.map((_, t) => ({
    x: centres[2 * t]! - side / 2,
    y: centres[2 * t + 1]! - side / 2,
    side,
  }));
}

/** What boxes in squares are drawn from: the network's map of them, and that of the first look, both `[n,h,w]` on one grid. */
export interface SquareMaps {
  map: ArrayLike<number>;
  first?: ArrayLike<number>;
  grid: MapGrid;
}

/** How {@link boxesInCrops} draws. */
type SquareRules = Pick<SecondLook, 'threshold' | 'smoothTime'> &
  Partial<Pick<SecondLook, 'margin' | 'prior'>> &
  BoxRules & { floor?: number };

/** Boxes and points of squares, in pixels of the picture. */
export function boxesInCrops(
  { map, first, grid }: SquareMaps,
  crops: readonly Crop[],
  picture: Picture,
  { threshold, smoothTime, margin = { x: 0, y: 0 }, prior = 0, floor, ...rules }: SquareRules,
): FrameLook[] {
  const seen = minMax(smooth(map, grid, 0, smoothTime), grid);
  const before = first && prior > 0 ? [minMax(atSquares(first, grid, crops, picture), grid)] : [];
  const maps = [{ values: seen, weight: 1 }, ...before.map((values) => ({ values, weight: prior }))];
  const calm = maps.length > 1 ? agree(maps, grid, floor) : seen;
  const cells = grid.height * grid.width;
  return crops.map(({ x, y, side }, t) => {
    const own = calm.subarray(t * cells, (t + 1) * cells);
    const square = { width: side, height: side };
    const drawn = { ...rules, threshold, growth: 1, cells: grid.cells };
    const { boxes, point } = frameBoxes(own, grid.height, grid.width, square, drawn);
    const best: ScoredBox | undefined = boxes[0];
    const around = { x: (margin.x * side) / grid.width, y: (margin.y * side) / grid.height };
    const box = best && grow(widened(moved(best.box, x, y), around), rules.growth ?? 1, picture);
    return { box: box ?? null, score: best?.score ?? 0, point: [point[0] + x, point[1] + y] };
  });
}

/** What a map `[n,h,w]` of the whole picture says where the cells of the squares look, `[n,h,w]`. */
export function atSquares(
  map: ArrayLike<number>,
  { height, width, cells }: MapGrid,
  crops: readonly Crop[],
  picture: Picture,
): Float32Array {
  const size = height * width;
  const whole = Float32Array.from(map);
  const out = new Float32Array(whole.length);
  crops.forEach(({ x, y, side }, t) => {
    const ys = tapsIn([y, side], height, picture.height, cells?.y);
    const xs = tapsIn([x, side], width, picture.width, cells?.x);
    out.set(readAt(whole.subarray(t * size, (t + 1) * size), width, ys, xs), t * size);
  });
  return out;
}

/** Where the cells of a stretch of the picture, `side` pixels from `start` on, look on the cells of all of it. */
function tapsIn(
  [start, side]: [number, number],
  count: number,
  length: number,
  line: CellLine = tileLine(count),
): CellTaps {
  const places = middles(count, line).map((share) => ((start + share * side) * line.size) / length);
  return tapsAt(count, places, line);
}

/** Mean over frames of the IoU of two looks' boxes; frames on which neither drew one are left out, and null is none left. */
export function agreementOf(
  a: readonly Pick<FrameLook, 'box'>[],
  b: readonly Pick<FrameLook, 'box'>[],
): number | null {
  const pairs = a.map(({ box }, t) => [box, b[t]?.box ?? null] as const);
  const told = pairs.filter(([one, other]) => one !== null || other !== null);
  const sum = told.reduce((total, [one, other]) => total + (one && other ? boxOverlap(one, other) : 0), 0);
  return told.length > 0 ? sum / told.length : null;
}

/** Mean over frames of the IoU of two lists of squares. */
export function squaresOverlap(a: readonly Crop[], b: readonly Crop[]): number {
  const boxOf = ({ x, y, side }: Crop): Box => [x, y, x + side, y + side];
  return a.reduce((sum, crop, t) => sum + boxOverlap(boxOf(crop), boxOf(b[t]!)), 0) / a.length;
}

function centreOf(box: Box | null, point: readonly [number, number]): [number, number] {
  return box ? [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2] : [...point];
}

function moved([x0, y0, x1, y1]: Box, x: number, y: number): Box {
  return [x0 + x, y0 + y, x1 + x, y1 + y];
}

function widened([x0, y0, x1, y1]: Box, by: { x: number; y: number }): Box {
  return [x0 - by.x, y0 - by.y, x1 + by.x, y1 + by.y];
}

/** The mean of the two middle ones of an even number. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
