// A map on the grid becomes boxes and a pointing point in pixels of the source picture.
//
//   m  = map of one frame, enlarged bilinearly with every cell where it looks, stretched to 0..1
//   regions = connected { m > threshold };  box = bounding rectangle of the best region
//
// The enlargement makes the edges finer than a cell: between two cells the threshold is crossed
// where the straight line between their values crosses it.
import type { Box } from '../result.js';
import { regions, regionValue, type RegionRule } from './components.js';
import type { Cells } from './cells.js';
import { enlarge, minMax } from './maps.js';

/** Width and height of the source picture in pixels. */
export interface Picture {
  readonly width: number;
  readonly height: number;
}

/** How {@link frameBoxes} draws; defaults are those of `WhereOptions`. */
export interface BoxRules {
  threshold?: number;
  region?: RegionRule;
  resolution?: number;
  growth?: number;
  candidates?: number;
  /** Where the map's cells look; by default in the middles of equal tiles. */
  cells?: Cells;
}

/** A box of one frame; `score` is the map's mean inside minus its mean outside, in -1..1. */
export interface ScoredBox {
  box: Box;
  score: number;
}

/** What one frame's map says: boxes, best first (none on a flat map), and the pixel with the highest value. */
export interface FrameBoxes {
  boxes: ScoredBox[];
  point: [x: number, y: number];
}

/** Size of the picture on which regions are looked for: the source's shape, its longer side `resolution`. */
function canvasOf(picture: Picture, resolution: number): Picture {
  const scale = resolution === 0 ? 1 : resolution / Math.max(picture.width, picture.height);
  const side = (length: number): number => Math.max(1, Math.round(length * scale));
  return { width: side(picture.width), height: side(picture.height) };
}

/** Boxes and point of one frame's map `[height, width]`. */
export function frameBoxes(
  map: ArrayLike<number>,
  height: number,
  width: number,
  picture: Picture,
  {
    threshold = 0.5,
    region = 'rectangle',
    resolution = 192,
    growth = 1,
    candidates = 4,
    cells,
  }: BoxRules = {},
): FrameBoxes {
  const canvas = canvasOf(picture, resolution);
  const large = enlarge(map, height, width, canvas.height, canvas.width, cells);
  const m = minMax(large, { frames: 1, ...canvas });
  const toX = picture.width / canvas.width;
  const toY = picture.height / canvas.height;
  const ranked = regions(m, canvas.height, canvas.width, threshold)
    .sort((a, b) => regionValue(b, region) - regionValue(a, region))
    .slice(0, candidates);
  const all = sumOf(m);
  const boxes = ranked.map((r) => ({
    box: grow([r.x0 * toX, r.y0 * toY, r.x1 * toX, r.y1 * toY], growth, picture),
    score: contrast(m, all, canvas.width, [r.x0, r.y0, r.x1, r.y1]),
  }));
  return { boxes, point: peakPoint(m, canvas.width, toX, toY) };
}

/**
 * The one box of a mask by the released scripts' rule, or null where the mask is flat: above `threshold`
 * (a share of the mask's own range), the region with the largest bounding rectangle.
 */
export function maskBox(
  mask: ArrayLike<number>,
  height: number,
  width: number,
  rules: BoxRules,
  picture: Picture,
): Box | null {
  return frameBoxes(mask, height, width, picture, rules).boxes[0]?.box ?? null;
}

/** A box scaled around its centre and clipped to the picture. */
export function grow([x0, y0, x1, y1]: Box, factor: number, picture: Picture): Box {
  const cx = (x0 + x1) / 2;
  const cy = (y0 + y1) / 2;
  const rx = ((x1 - x0) / 2) * factor;
  const ry = ((y1 - y0) / 2) * factor;
  const clip = (x: number, size: number): number => Math.min(size, Math.max(0, x));
  return [
    clip(cx - rx, picture.width),
    clip(cy - ry, picture.height),
    clip(cx + rx, picture.width),
    clip(cy + ry, picture.height),
  ];
}

/** Intersection over union of two boxes whose upper ends are outer edges. */
export function boxOverlap(a: Box, b: Box): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  const common = Math.max(0, width) * Math.max(0, height);
  const area = (box: Box): number => (box[2] - box[0]) * (box[3] - box[1]);
  const union = area(a) + area(b) - common;
  return union > 0 ? common / union : 0;
}

function sumOf(map: Float32Array): number {
  let sum = 0;
  for (const value of map) sum += value;
  return sum;
}

/** Mean of a map, whose sum is `all`, inside a rectangle minus its mean outside. */
function contrast(map: Float32Array, all: number, width: number, [x0, y0, x1, y1]: Box): number {
  let inside = 0;
  for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) inside += map[y * width + x]!;
  const area = (x1 - x0) * (y1 - y0);
  const rest = map.length - area;
  return inside / area - (rest > 0 ? (all - inside) / rest : 0);
}

/** The middle of the highest pixels: a plateau (a peak cut by the picture's edge) points to its centre of mass. */
function peakPoint(map: Float32Array, width: number, toX: number, toY: number): [number, number] {
  let best = -Infinity;
  for (const value of map) if (value > best) best = value;
  let [sumX, sumY, count] = [0, 0, 0];
  for (let i = 0; i < map.length; i++) {
    if (map[i]! < best) continue;
    sumX += (i % width) + 0.5;
    sumY += Math.floor(i / width) + 0.5;
    count++;
  }
  return [(sumX / count) * toX, (sumY / count) * toY];
}
