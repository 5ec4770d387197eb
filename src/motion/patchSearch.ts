// Motion of overlapping patches by inverse search (Kroeger et al. 2016, "Fast optical flow using dense inverse search",
// sections 2.1 and 2.2): each patch of the first picture is looked for in the second by Gauss-Newton steps whose matrix,
// that of the first picture's gradients, stays the same for all steps. Differences are taken without their mean, so that
// a change of light does not count. Then every pixel takes the mean of its patches, the better a patch fits the more.
import type { Flow } from './field.js';
import { BORDER, type Extent, type PyramidLevel } from './pyramid.js';

/** Side of a patch in pixels; it is at most the border of a level. */
const SIDE = 8;
/** Distance of neighbouring patches in pixels. */
const STRIDE = 3;
const AREA = SIDE * SIDE;
const MAX_STEPS = 8;
/** A shorter step ends the search, in pixels. */
const SHORTEST_STEP = 0.05;
/** Squared differences of a patch, 2 grey values a pixel: no neighbour's motion is tried where the start is as good. */
const GOOD_FIT = 4 * AREA;
/** Of the determinant of the matrix: below it a patch has no texture in some direction and stays where it starts. */
const LEAST_TEXTURE = 1;

/** The patches of one size of picture and the memory of their search. */
export interface Patches {
  readonly columns: readonly number[];
  readonly rows: readonly number[];
  readonly u: Float32Array;
  readonly v: Float32Array;
  readonly weight: Float32Array;
  readonly template: Template;
}

/** A patch of the first picture. */
interface Template {
  readonly grey: Float32Array;
  readonly gradientX: Float32Array;
  readonly gradientY: Float32Array;
  /** Sums of the gradients, and of their products about their means. */
  sumX: number;
  sumY: number;
  xx: number;
  xy: number;
  yy: number;
}

/** What a place in the second picture says: the squared difference about its mean, and its product with the gradients. */
interface PatchComparison {
  cost: number;
  x: number;
  y: number;
}

/** Patches for pictures of one size. */
export function patchesOf({ width, height }: Extent): Patches {
  const [columns, rows] = [placesAlong(width), placesAlong(height)];
  const count = columns.length * rows.length;
  const vector = (): Float32Array => new Float32Array(AREA);
  return {
    columns,
    rows,
    u: new Float32Array(count),
    v: new Float32Array(count),
    weight: new Float32Array(width * height),
    template: {
      ...{ grey: vector(), gradientX: vector(), gradientY: vector() },
      ...{ sumX: 0, sumY: 0, xx: 0, xy: 0, yy: 0 },
    },
  };
}

/** Every third place along a side, and the last one that fits. */
function placesAlong(length: number): number[] {
  const places: number[] = [];
  for (let at = 0; at < length - SIDE; at += STRIDE) places.push(at);
  return [...places, length - SIDE];
}

/** Replaces `flow`, where the search starts, by what the patches find. */
export function searchPatches(before: PyramidLevel, after: PyramidLevel, flow: Flow, patches: Patches): void {
  const { columns, rows } = patches;
  for (let row = 0, patch = 0; row < rows.length; row++)
    for (let column = 0; column < columns.length; column++, patch++) {
      const [x, y] = [columns[column]!, rows[row]!];
      readTemplate(before, x, y, patches.template);
      const neighbours = [column > 0 ? patch - 1 : -1, row > 0 ? patch - columns.length : -1];
      searchOne(after, flow, patches, { x, y, patch, neighbours });
    }
  spread(before, after, flow, patches);
}

function readTemplate({ data, stride }: PyramidLevel, x: number, y: number, into: Template): void {
  const { grey, gradientX, gradientY } = into;
  let [sumX, sumY, xx, xy, yy] = [0, 0, 0, 0, 0];
  for (let j = 0, i = 0; j < SIDE; j++)
    for (let k = 0, at = (y + j + BORDER) * stride + x + BORDER; k < SIDE; k++, i++, at++) {
      const gx = (data[at + 1]! - data[at - 1]!) / 2;
      const gy = (data[at + stride]! - data[at - stride]!) / 2;
      grey[i] = data[at]!;
      gradientX[i] = gx;
      gradientY[i] = gy;
      sumX += gx;
      sumY += gy;
      xx += gx * gx;
      xy += gx * gy;
      yy += gy * gy;
    }
  into.sumX = sumX;
  into.sumY = sumY;
  into.xx = xx - (sumX * sumX) / AREA;
  into.xy = xy - (sumX * sumY) / AREA;
  into.yy = yy - (sumY * sumY) / AREA;
}

interface PatchPlace {
  x: number;
  y: number;
  patch: number;
  /** Patches that were found already, or -1. */
  neighbours: readonly number[];
}

const found: PatchComparison = { cost: 0, x: 0, y: 0 };

/** Starts at the coarser level's motion or at a neighbour's, whichever fits best, and steps while the fit gets better. */
function searchOne(
  after: PyramidLevel,
  flow: Flow,
  patches: Patches,
  { x, y, patch, neighbours }: PatchPlace,
): void {
  const { template } = patches;
  const centre = (y + SIDE / 2) * flow.width + x + SIDE / 2;
  let [u, v] = [flow.u[centre]!, flow.v[centre]!];
  compare(template, after, x + u, y + v, found);
  let { cost, x: bx, y: by } = found;
  for (const other of neighbours) {
    if (other < 0 || cost < GOOD_FIT) continue;
    const [ou, ov] = [patches.u[other]!, patches.v[other]!];
    compare(template, after, x + ou, y + ov, found);
    if (found.cost >= cost) continue;
    [u, v] = [ou, ov];
    ({ cost, x: bx, y: by } = found);
  }
  const [startU, startV] = [u, v];
  const { xx, xy, yy } = template;
  const determinant = xx * yy - xy * xy;
  for (let step = 0; step < MAX_STEPS && determinant > LEAST_TEXTURE; step++) {
    const du = (yy * bx - xy * by) / determinant;
    const dv = (xx * by - xy * bx) / determinant;
    compare(template, after, x + u - du, y + v - dv, found);
    if (found.cost >= cost) break;
    [u, v] = [u - du, v - dv];
    ({ cost, x: bx, y: by } = found);
    if (du * du + dv * dv < SHORTEST_STEP * SHORTEST_STEP) break;
  }
  const isLost = Math.hypot(u - startU, v - startV) > SIDE;
  patches.u[patch] = isLost ? startU : u;
  patches.v[patch] = isLost ? startV : v;
}

/** Holds a patch against the second picture with its top left corner at `(x, y)`; the border stops it. */
function compare(
  template: Template,
  { data, stride, width, height }: PyramidLevel,
  x: number,
  y: number,
  out: PatchComparison,
): void {
  const left = Math.min(width + BORDER - SIDE - 1.01, Math.max(-BORDER, x)) + BORDER;
  const top = Math.min(height + BORDER - SIDE - 1.01, Math.max(-BORDER, y)) + BORDER;
  const [column, row] = [Math.floor(left), Math.floor(top)];
  const [a, b] = [left - column, top - row];
  const w00 = (1 - a) * (1 - b);
  const w01 = a * (1 - b);
  const w10 = (1 - a) * b;
  const w11 = a * b;
  const { grey, gradientX, gradientY } = template;
  let [sum, squares, dx, dy] = [0, 0, 0, 0];
  for (let j = 0, i = 0, start = row * stride + column; j < SIDE; j++, start += stride) {
    let p00 = data[start]!;
    let p10 = data[start + stride]!;
    for (let at = start + 1, end = start + SIDE; at <= end; at++, i++) {
      const p01 = data[at]!;
      const p11 = data[at + stride]!;
      const difference = w00 * p00 + w01 * p01 + w10 * p10 + w11 * p11 - grey[i]!;
      sum += difference;
      squares += difference * difference;
      dx += difference * gradientX[i]!;
      dy += difference * gradientY[i]!;
      p00 = p01;
      p10 = p11;
    }
  }
  out.cost = squares - (sum * sum) / AREA;
  out.x = dx - (sum * template.sumX) / AREA;
  out.y = dy - (sum * template.sumY) / AREA;
}

/** Each pixel's mean of its patches' motion, weighed by `1 / max(1, |difference|)` of the pixel under that motion. */
function spread(before: PyramidLevel, after: PyramidLevel, flow: Flow, patches: Patches): void {
  const { columns, rows, weight } = patches;
  weight.fill(0);
  flow.u.fill(0);
  flow.v.fill(0);
  for (let row = 0, patch = 0; row < rows.length; row++)
    for (let column = 0; column < columns.length; column++, patch++)
      spreadOne(before, after, flow, patches, columns[column]!, rows[row]!, patch);
  for (let i = 0; i < weight.length; i++) {
    flow.u[i]! /= weight[i]!;
    flow.v[i]! /= weight[i]!;
  }
}

function spreadOne(
  before: PyramidLevel,
  { data, stride, width, height }: PyramidLevel,
  flow: Flow,
  patches: Patches,
  x: number,
  y: number,
  patch: number,
): void {
  const [u, v] = [patches.u[patch]!, patches.v[patch]!];
  const left = Math.min(width + BORDER - SIDE - 1.01, Math.max(-BORDER, x + u)) + BORDER;
  const top = Math.min(height + BORDER - SIDE - 1.01, Math.max(-BORDER, y + v)) + BORDER;
  const [column, row] = [Math.floor(left), Math.floor(top)];
  const [a, b] = [left - column, top - row];
  for (let j = 0; j < SIDE; j++) {
    let at = (row + j) * stride + column;
    let own = (y + j + BORDER) * stride + x + BORDER;
    let pixel = (y + j) * width + x;
    for (let k = 0; k < SIDE; k++, at++, own++, pixel++) {
      const upper = (1 - a) * data[at]! + a * data[at + 1]!;
      const lower = (1 - a) * data[at + stride]! + a * data[at + stride + 1]!;
      const share = 1 / Math.max(1, Math.abs((1 - b) * upper + b * lower - before.data[own]!));
      patches.weight[pixel]! += share;
      flow.u[pixel]! += share * u;
      flow.v[pixel]! += share * v;
    }
  }
}
