// What the flow inside an actor's box says, as numbers: 27 for each of three rows of cells, for each third of a clip.
//
//   the camera's flow is taken off (camera.ts); lengths are divided by the root of the box's area, times by seconds
//   the box grown by 1.3 has 3 rows of 2 cells; a cell's 27 numbers, means over its pixels:
//     0..7   |f| by direction of f = (u, v), shared between the two nearest of 8 directions 0, 45, .. 315 degrees
//     8..15  the same of grad u = (du/dx, du/dy)      16..23  the same of grad v, by pixels of the field
//     24, 25, 26  u, v, |f|
//   both columns are averaged; then each third of the clip's pairs; then x becomes sign(x) sqrt|x|
//
// Gradients are not taken by sizes of the box: on JHMDB that costs 5 points of accuracy (docs/motion.md).
// Histograms of flow and of its gradients are those of Dalal et al. 2006 (motion boundaries) and Laptev et al. 2008.
import type { Box } from '../result.js';
import { cameraFlow, removeCamera } from './camera.js';
import { differenceX, differenceY } from './differences.js';
import type { Flow } from './field.js';
import { growBox, onField, type FieldBox } from './fieldBox.js';
import type { Extent } from './pyramid.js';

const DIRECTIONS = 8;
const ROWS = 3;
const COLUMNS = 2;
const THIRDS = 3;
/** Where the means of u, v and |f| lie in a cell's numbers. */
const MEAN_U = 3 * DIRECTIONS;
/** Numbers of one cell. */
export const CELL_NUMBERS = MEAN_U + 3;
/** Numbers of one pair of frames: rows of cells from the top. */
export const PAIR_NUMBERS = ROWS * CELL_NUMBERS;
/** Numbers of a clip: thirds in order, in each the rows. */
export const FLOW_ROW_NUMBERS = THIRDS * PAIR_NUMBERS;

/** What turns pixels of the field and pairs of frames into box sizes and seconds. */
export interface PairFacts {
  /** Size of the source picture, whose pixels the box is in. */
  picture: Extent;
  /** From the first frame of the pair to the second. */
  seconds: number;
}

/** The 81 numbers of one pair of frames, `[3, 27]`; zeros where the box lies outside the picture. `flow` is not kept. */
export function pairRows(flow: Flow, box: Box, { picture, seconds }: PairFacts): Float32Array {
  const inField = onField(box, picture, flow);
  removeCamera(flow, cameraFlow(flow, inField));
  const rootArea = Math.sqrt((box[2] - box[0]) * (box[3] - box[1]));
  const across = picture.width / flow.width / rootArea; // a pixel of the field in roots of the box's area
  const down = picture.height / flow.height / rootArea;
  const u = scaled(flow.u, across / seconds);
  const v = scaled(flow.v, down / seconds);
  const [perX, perY] = [Math.sqrt(down / across), Math.sqrt(across / down)]; // 1 where pixels are square
  const planes = {
    ...{ u, v },
    ...{ ux: differenceX(u, flow, perX), uy: differenceY(u, flow, perY) },
    ...{ vx: differenceX(v, flow, perX), vy: differenceY(v, flow, perY) },
  };
  return columnMeans(addCells(planes, flow, growBox(inField)));
}

/** A loop: `map` of typed arrays takes several times as long. */
function scaled(from: Float32Array, factor: number): Float32Array {
  const to = new Float32Array(from.length);
  for (let i = 0; i < to.length; i++) to[i] = from[i]! * factor;
  return to;
}

type FlowPlanes = Record<'u' | 'v' | 'ux' | 'uy' | 'vx' | 'vy', Float32Array>;

/** Sums of the 27 numbers and the number of pixels of each cell, `[3, 2]`. */
interface CellSums {
  sums: Float64Array;
  pixels: Int32Array;
}

/** Adds each pixel whose centre lies in the box to its cell. */
function addCells({ u, v, ux, uy, vx, vy }: FlowPlanes, { width, height }: Extent, box: FieldBox): CellSums {
  const sums = new Float64Array(ROWS * COLUMNS * CELL_NUMBERS);
  const pixels = new Int32Array(ROWS * COLUMNS);
  const across = COLUMNS / (box.x1 - box.x0);
  const down = ROWS / (box.y1 - box.y0);
  for (let y = firstFrom(box.y0); y < Math.min(height, firstFrom(box.y1)); y++) {
    const row = Math.min(ROWS - 1, Math.floor((y + 0.5 - box.y0) * down));
    for (let x = firstFrom(box.x0); x < Math.min(width, firstFrom(box.x1)); x++) {
      const cell = row * COLUMNS + Math.min(COLUMNS - 1, Math.floor((x + 0.5 - box.x0) * across));
      const [at, i] = [cell * CELL_NUMBERS, y * width + x];
      pixels[cell]!++;
      addDirection(sums, at, u[i]!, v[i]!);
      addDirection(sums, at + DIRECTIONS, ux[i]!, uy[i]!);
      addDirection(sums, at + 2 * DIRECTIONS, vx[i]!, vy[i]!);
      sums[at + MEAN_U]! += u[i]!;
      sums[at + MEAN_U + 1]! += v[i]!;
      sums[at + MEAN_U + 2]! += Math.sqrt(u[i]! * u[i]! + v[i]! * v[i]!);
    }
  }
  return { sums, pixels };
}

/** The first pixel of the picture whose centre is not before `edge`. */
function firstFrom(edge: number): number {
  return Math.max(0, Math.ceil(edge - 0.5));
}

/** Shares the length of `(x, y)` between the two nearest directions. */
function addDirection(sums: Float64Array, at: number, x: number, y: number): void {
  const length = Math.sqrt(x * x + y * y);
  if (length === 0) return;
  const turn = (Math.atan2(y, x) * DIRECTIONS) / (2 * Math.PI) + DIRECTIONS;
  const low = Math.floor(turn);
  const share = turn - low;
  sums[at + (low % DIRECTIONS)]! += length * (1 - share);
  sums[at + ((low + 1) % DIRECTIONS)]! += length * share;
}

/** Means over pixels, then over the columns that have any. */
function columnMeans({ sums, pixels }: CellSums): Float32Array {
  const out = new Float32Array(PAIR_NUMBERS);
  for (let row = 0; row < ROWS; row++) {
    const cells = [0, 1].map((column) => row * COLUMNS + column).filter((cell) => pixels[cell]! > 0);
    for (const cell of cells)
      for (let k = 0; k < CELL_NUMBERS; k++)
        out[row * CELL_NUMBERS + k]! += sums[cell * CELL_NUMBERS + k]! / pixels[cell]! / cells.length;
  }
  return out;
}

/**
 * The 243 numbers of a clip, `[3 thirds, 3, 27]`, from those of its pairs in order; null stands for a pair that is left
 * out. Thirds share a pair where their border falls into it; a third whose pairs are all left out takes the mean of the
 * whole clip, and a clip without any pair is all zeros.
 */
export function clipRows(pairs: readonly (Float32Array | null)[]): Float32Array {
  const out = new Float32Array(FLOW_ROW_NUMBERS);
  const whole = meanOf(pairs);
  if (!whole) return out;
  for (let third = 0; third < THIRDS; third++) {
    const start = Math.floor((third * pairs.length) / THIRDS);
    const end = Math.ceil(((third + 1) * pairs.length) / THIRDS);
    out.set(meanOf(pairs.slice(start, end)) ?? whole, third * PAIR_NUMBERS);
  }
  return out.map((x) => Math.sign(x) * Math.sqrt(Math.abs(x)));
}

function meanOf(pairs: readonly (Float32Array | null)[]): Float32Array | undefined {
  const known = pairs.filter((pair) => pair !== null);
  if (known.length === 0) return undefined;
  const sum = new Float64Array(PAIR_NUMBERS);
  for (const pair of known) for (let k = 0; k < PAIR_NUMBERS; k++) sum[k]! += pair[k]!;
  return Float32Array.from(sum, (x) => x / known.length);
}

/**
 * The rows (of a pair or of a clip) of the same motion seen in a mirror: exact, because a direction's mirror image is
 * one of the 8, and both columns count alike.
 */
export function mirrorRows(rows: Float32Array): Float32Array {
  const out = new Float32Array(rows.length);
  for (let cell = 0; cell < rows.length; cell += CELL_NUMBERS) {
    for (let k = 0; k < DIRECTIONS; k++) {
      const turned = (DIRECTIONS / 2 - k + DIRECTIONS) % DIRECTIONS; // of (-x, y)
      const upended = (DIRECTIONS - k) % DIRECTIONS; // of (x, -y)
      out[cell + k] = rows[cell + turned]!;
      out[cell + DIRECTIONS + k] = rows[cell + DIRECTIONS + upended]!; // du/dx keeps its sign, du/dy changes it
      out[cell + 2 * DIRECTIONS + k] = rows[cell + 2 * DIRECTIONS + turned]!;
    }
    out[cell + MEAN_U] = -rows[cell + MEAN_U]!;
    out[cell + MEAN_U + 1] = rows[cell + MEAN_U + 1]!;
    out[cell + MEAN_U + 2] = rows[cell + MEAN_U + 2]!;
  }
  return out;
}
