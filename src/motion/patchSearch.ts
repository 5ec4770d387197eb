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
  /** Derivatives of the first picture, one a pixel: patches overlap, so that each is read by some seven of them. */
  readonly gradientX: Float32Array;
  readonly gradientY: Float32Array;
  readonly template: Template;
}

/** A patch of the first picture: where it lies, and the sums of its gradients and of their products about their means. */
interface Template {
  /** Its first pixel in a level with its border, and in a plane without. */
  inLevel: number;
  inPlane: number;
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
  const plane = (): Float32Array => new Float32Array(width * height);
  return {
    columns,
    rows,
    u: new Float32Array(count),
    v: new Float32Array(count),
    ...{ weight: plane(), gradientX: plane(), gradientY: plane() },
    template: { inLevel: 0, inPlane: 0, sumX: 0, sumY: 0, xx: 0, xy: 0, yy: 0 },
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
  fillGradients(before, patches);
  for (let row = 0, patch = 0; row < rows.length; row++)
    for (let column = 0; column < columns.length; column++, patch++) {
      const [x, y] = [columns[column]!, rows[row]!];
      readTemplate(before, x, y, patches);
      const left = column > 0 ? patch - 1 : -1;
      const above = row > 0 ? patch - columns.length : -1;
      searchOne({ before, after, flow, patches }, { x, y, patch, left, above });
    }
  spread(before, after, flow, patches);
}

function fillGradients(
  { data, stride, width, height }: PyramidLevel,
  { gradientX, gradientY }: Patches,
): void {
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0, at = (y + BORDER) * stride + BORDER; x < width; x++, i++, at++) {
      gradientX[i] = (data[at + 1]! - data[at - 1]!) / 2;
      gradientY[i] = (data[at + stride]! - data[at - stride]!) / 2;
    }
}

function readTemplate(
  { stride, width }: PyramidLevel,
  x: number,
  y: number,
  { gradientX, gradientY, template }: Patches,
): void {
  const inPlane = y * width + x;
  let sumX = 0;
  let sumY = 0;
  let xx = 0;
  let xy = 0;
  let yy = 0;
  for (let j = 0, start = inPlane; j < SIDE; j++, start += width)
    for (let i = start; i < start + SIDE; i++) {
      const gx = gradientX[i]!;
      const gy = gradientY[i]!;
      sumX += gx;
      sumY += gy;
      xx += gx * gx;
      xy += gx * gy;
      yy += gy * gy;
    }
  template.inLevel = (y + BORDER) * stride + x + BORDER;
  template.inPlane = inPlane;
  template.sumX = sumX;
  template.sumY = sumY;
  template.xx = xx - (sumX * sumX) / AREA;
  template.xy = xy - (sumX * sumY) / AREA;
  template.yy = yy - (sumY * sumY) / AREA;
}

/** What patches are searched in. */
interface SearchField {
  before: PyramidLevel;
  after: PyramidLevel;
  flow: Flow;
  patches: Patches;
}

interface PatchPlace {
  x: number;
  y: number;
  patch: number;
  /** Patches that were found already, or -1. */
  left: number;
  above: number;
}

const found: PatchComparison = { cost: 0, x: 0, y: 0 };

/** Starts at the coarser level's motion or at a neighbour's, whichever fits best, and steps while the fit gets better. */
function searchOne(field: SearchField, { x, y, patch, left, above }: PatchPlace): void {
  const { flow, patches } = field;
  const centre = (y + SIDE / 2) * flow.width + x + SIDE / 2;
  let u = flow.u[centre]!;
  let v = flow.v[centre]!;
  compare(field, x + u, y + v, Infinity);
  let { cost, x: bx, y: by } = found;
  for (let other = left, turn = 0; turn < 2; other = above, turn++) {
    if (other < 0 || cost < GOOD_FIT) continue;
    const ou = patches.u[other]!;
    const ov = patches.v[other]!;
    compare(field, x + ou, y + ov, cost);
    if (found.cost >= cost) continue;
    u = ou;
    v = ov;
    ({ cost, x: bx, y: by } = found);
  }
  const startU = u;
  const startV = v;
  const { xx, xy, yy } = patches.template;
  const determinant = xx * yy - xy * xy;
  for (let step = 0; step < MAX_STEPS && determinant > LEAST_TEXTURE; step++) {
    const du = (yy * bx - xy * by) / determinant;
    const dv = (xx * by - xy * bx) / determinant;
    compare(field, x + u - du, y + v - dv, cost);
    if (found.cost >= cost) break;
    u -= du;
    v -= dv;
    ({ cost, x: bx, y: by } = found);
    if (du * du + dv * dv < SHORTEST_STEP * SHORTEST_STEP) break;
  }
  const isLost = Math.hypot(u - startU, v - startV) > SIDE;
  patches.u[patch] = isLost ? startU : u;
  patches.v[patch] = isLost ? startV : v;
}

/**
 * Fills `found`: the patch of the template held against the second picture with its top left corner at `(x, y)`. Where the
 * cost reaches `most`, which more rows can only raise, it ends with a cost that is endless.
 */
function compare({ before, after, patches }: SearchField, x: number, y: number, most: number): void {
  const { data, stride, width, height } = after;
  const { gradientX, gradientY, template } = patches;
  const grey = before.data;
  const left = within(x, width) + BORDER;
  const top = within(y, height) + BORDER;
  const column = Math.floor(left);
  const row = Math.floor(top);
  const a = left - column;
  const b = top - row;
  const w00 = (1 - a) * (1 - b);
  const w01 = a * (1 - b);
  const w10 = (1 - a) * b;
  const w11 = a * b;
  let sum = 0;
  let squares = 0;
  let dx = 0;
  let dy = 0;
  for (let j = 0, start = row * stride + column; j < SIDE; j++, start += stride) {
    const own = template.inLevel + j * stride;
    const pixel = template.inPlane + j * width;
    let p00 = data[start]!;
    let p10 = data[start + stride]!;
    for (let k = 0; k < SIDE; k++) {
      const p01 = data[start + k + 1]!;
      const p11 = data[start + k + 1 + stride]!;
      const difference = w00 * p00 + w01 * p01 + w10 * p10 + w11 * p11 - grey[own + k]!;
      sum += difference;
      squares += difference * difference;
      dx += difference * gradientX[pixel + k]!;
      dy += difference * gradientY[pixel + k]!;
      p00 = p01;
      p10 = p11;
    }
    const seen = (j + 1) * SIDE;
    if (squares * seen - sum * sum < most * seen) continue;
    found.cost = Infinity;
    return;
  }
  found.cost = squares - (sum * sum) / AREA;
  found.x = dx - (sum * template.sumX) / AREA;
  found.y = dy - (sum * template.sumY) / AREA;
}

/** Where a patch starts along a side: the border stops it. */
function within(at: number, length: number): number {
  return Math.min(length + BORDER - SIDE - 1.01, Math.max(-BORDER, at));
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
  { data: grey }: PyramidLevel,
  { data, stride, width, height }: PyramidLevel,
  flow: Flow,
  patches: Patches,
  x: number,
  y: number,
  patch: number,
): void {
  const { weight } = patches;
  const { u: sumU, v: sumV } = flow;
  const u = patches.u[patch]!;
  const v = patches.v[patch]!;
  const left = within(x + u, width) + BORDER;
  const top = within(y + v, height) + BORDER;
  const column = Math.floor(left);
  const row = Math.floor(top);
  const a = left - column;
  const b = top - row;
  for (let j = 0; j < SIDE; j++) {
    const at = (row + j) * stride + column;
    const own = (y + j + BORDER) * stride + x + BORDER;
    const pixel = (y + j) * width + x;
    let p00 = data[at]!;
    let p10 = data[at + stride]!;
    for (let k = 0; k < SIDE; k++) {
      const p01 = data[at + k + 1]!;
      const p11 = data[at + k + 1 + stride]!;
      const upper = (1 - a) * p00 + a * p01;
      const lower = (1 - a) * p10 + a * p11;
      const difference = Math.abs((1 - b) * upper + b * lower - grey[own + k]!);
      const share = difference > 1 ? 1 / difference : 1;
      weight[pixel + k]! += share;
      sumU[pixel + k]! += share * u;
      sumV[pixel + k]! += share * v;
      p00 = p01;
      p10 = p11;
    }
  }
}
