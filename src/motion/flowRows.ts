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
import { cameraFlow, removeCamera, type FieldPixels } from './camera.js';
import { eighthsOf } from './direction.js';
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

/** What may be left out of the numbers, to see what it brings. */
export interface RowParts {
  /** Whether the camera's flow is taken off; by default it is. */
  isSteadied?: boolean;
  /** Whether thirds of the clip are told apart; by default they are. Otherwise each has the mean of the clip. */
  hasThirds?: boolean;
}

/** The 81 numbers of one pair of frames, `[3, 27]`; zeros where the box lies outside the picture. `flow` is not kept. */
export function pairRows(
  flow: Flow,
  box: Box,
  { picture, seconds, isSteadied = true }: PairFacts & Pick<RowParts, 'isSteadied'>,
): Float32Array {
  const inField = onField(box, picture, flow);
  const grown = pixelsOf(growBox(inField), flow);
  if (isSteadied) removeCamera(flow, cameraFlow(flow, inField), beside(grown, flow));
  const rootArea = Math.sqrt((box[2] - box[0]) * (box[3] - box[1]));
  const across = picture.width / flow.width / rootArea; // a pixel of the field in roots of the box's area
  const down = picture.height / flow.height / rootArea;
  const units = { across, down, u: across / seconds, v: down / seconds };
  return columnMeans(addCells(flow, growBox(inField), grown, units));
}

/** The pixels whose centres lie in a box: columns from `left` to before `right`, rows from `top` to before `bottom`. */
function pixelsOf(box: FieldBox, { width, height }: Extent): FieldPixels {
  return {
    left: firstFrom(box.x0),
    top: firstFrom(box.y0),
    right: Math.min(width, firstFrom(box.x1)),
    bottom: Math.min(height, firstFrom(box.y1)),
  };
}

/** The same with their neighbours, which gradients read. */
function beside({ left, top, right, bottom }: FieldPixels, { width, height }: Extent): FieldPixels {
  return {
    left: Math.max(0, left - 1),
    top: Math.max(0, top - 1),
    right: Math.min(width, right + 1),
    bottom: Math.min(height, bottom + 1),
  };
}

/** Roots of the box's area in a pixel of the field, and what makes components of the flow box sizes a second. */
interface RowUnits {
  across: number;
  down: number;
  u: number;
  v: number;
}

/** Sums of the 27 numbers and the number of pixels of each cell, `[3, 2]`. */
interface CellSums {
  sums: Float64Array;
  pixels: Int32Array;
}

/** Adds each of the pixels to its cell of the box. */
function addCells(
  { u, v, width, height }: Flow,
  box: FieldBox,
  { left, top, right, bottom }: FieldPixels,
  units: RowUnits,
): CellSums {
  const sums = new Float64Array(ROWS * COLUMNS * CELL_NUMBERS);
  const pixels = new Int32Array(ROWS * COLUMNS);
  const across = COLUMNS / (box.x1 - box.x0);
  const down = ROWS / (box.y1 - box.y0);
  const { u: unitU, v: unitV } = units;
  const perX = Math.sqrt(units.down / units.across) / 2; // half: of the difference of both neighbours
  const perY = Math.sqrt(units.across / units.down) / 2;
  for (let y = top; y < bottom; y++) {
    const row = Math.min(ROWS - 1, Math.floor((y + 0.5 - box.y0) * down));
    const above = y > 0 ? width : 0;
    const below = y + 1 < height ? width : 0;
    for (let x = left; x < right; x++) {
      const cell = row * COLUMNS + Math.min(COLUMNS - 1, Math.floor((x + 0.5 - box.x0) * across));
      const at = cell * CELL_NUMBERS;
      const i = y * width + x;
      const before = x > 0 ? i - 1 : i;
      const after = x + 1 < width ? i + 1 : i;
      const pu = u[i]! * unitU;
      const pv = v[i]! * unitV;
      pixels[cell]!++;
      sums[at + MEAN_U]! += pu;
      sums[at + MEAN_U + 1]! += pv;
      sums[at + MEAN_U + 2]! += addDirection(sums, at, pu, pv);
      const ux = (u[after]! - u[before]!) * unitU * perX;
      const uy = (u[i + below]! - u[i - above]!) * unitU * perY;
      const vx = (v[after]! - v[before]!) * unitV * perX;
      const vy = (v[i + below]! - v[i - above]!) * unitV * perY;
      addDirection(sums, at + DIRECTIONS, ux, uy);
      addDirection(sums, at + 2 * DIRECTIONS, vx, vy);
    }
  }
  return { sums, pixels };
}

/** The first pixel of the picture whose centre is not before `edge`. */
function firstFrom(edge: number): number {
  return Math.max(0, Math.ceil(edge - 0.5));
}

/** Shares the length of `(x, y)` between the two nearest directions, and returns it. */
function addDirection(sums: Float64Array, at: number, x: number, y: number): number {
  const length = Math.sqrt(x * x + y * y);
  if (length === 0) return 0;
  const turn = eighthsOf(x, y);
  const low = Math.floor(turn);
  const share = turn - low;
  sums[at + (low & 7)]! += length * (1 - share);
  sums[at + ((low + 1) & 7)]! += length * share;
  return length;
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
export function clipRows(
  pairs: readonly (Float32Array | null)[],
  { hasThirds = true }: Pick<RowParts, 'hasThirds'> = {},
): Float32Array {
  const out = new Float32Array(FLOW_ROW_NUMBERS);
  const whole = meanOf(pairs);
  if (!whole) return out;
  for (let third = 0; third < THIRDS; third++) {
    const start = Math.floor((third * pairs.length) / THIRDS);
    const end = Math.ceil(((third + 1) * pairs.length) / THIRDS);
    const own = hasThirds ? meanOf(pairs.slice(start, end)) : undefined;
    out.set(own ?? whole, third * PAIR_NUMBERS);
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
