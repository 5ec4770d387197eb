// Makes a flow field smooth where nothing says otherwise, and exact to parts of a pixel (Brox et al. 2004, "High accuracy
// optical flow estimation based on a theory for warping"). It minimises over the field w = (u, v)
//
//   sum  grey psi(change of grey) + gradient psi(change of its gradient) + smoothness psi(|grad u|^2 + |grad v|^2)
//
// with psi(s^2) = sqrt(s^2 + eps^2). The changes are those of the second picture under the flow, linear about where the
// flow stands, each divided by the length of its own derivatives, so that edges do not outweigh texture (Zimmer et al.
// 2011). Each round sets the weights psi' anew and solves the linear equations by sweeps of successive over-relaxation.
import { differenceX, differenceY } from './differences.js';
import type { Flow } from './field.js';
import { bilinear, BORDER, type Extent, type PyramidLevel } from './pyramid.js';

/** Weights of the terms, for grey values in 0..255, and how often to solve. */
export interface RefineRules {
  smoothness: number;
  grey: number;
  gradient: number;
  rounds: number;
  sweeps: number;
}

const EPSILON2 = 1e-6;
/** Keeps flat places from being divided by nothing: squared grey values a pixel. */
const FLAT2 = 0.01;
const RELAXATION = 1.6;

const planeNames = [
  ...(['startU', 'startV', 'mean', 'change', 'ix', 'iy', 'ixx', 'ixy', 'iyy', 'ixt', 'iyt'] as const),
  ...(['a11', 'a12', 'a22', 'b1', 'b2', 'right', 'down', 'inverse1', 'inverse2'] as const),
];
type RefinedPlanes = Record<(typeof planeNames)[number], Float32Array>;

/** Memory of the refinement for one size of picture. */
export interface Refinement extends Extent {
  readonly planes: RefinedPlanes;
}

/** Memory for pictures of one size. */
export function refinementOf({ width, height }: Extent): Refinement {
  const planes = planeNames.map((name) => [name, new Float32Array(width * height)]);
  return { width, height, planes: Object.fromEntries(planes) as RefinedPlanes };
}

/** Improves `flow` in place. */
export function refineFlow(
  before: PyramidLevel,
  after: PyramidLevel,
  flow: Flow,
  memory: Refinement,
  rules: RefineRules,
): void {
  memory.planes.startU.set(flow.u);
  memory.planes.startV.set(flow.v);
  warp(before, after, flow, memory);
  derive(memory);
  for (let round = 0; round < rules.rounds; round++) {
    weighData(flow, memory, rules);
    weighSmoothness(flow, memory, rules.smoothness);
    invert(memory);
    for (let sweep = 0; sweep < rules.sweeps; sweep++) relax(flow, memory);
  }
}

/** `mean` of the first picture and the second under the flow, and `change`, second less first. */
function warp(
  before: PyramidLevel,
  after: PyramidLevel,
  flow: Flow,
  { width, height, planes }: Refinement,
): void {
  const { mean, change } = planes;
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      const moved = bilinear(after, x + flow.u[i]!, y + flow.v[i]!);
      const own = before.data[(y + BORDER) * before.stride + x + BORDER]!;
      mean[i] = (moved + own) / 2;
      change[i] = moved - own;
    }
}

function derive(extent: Refinement): void {
  const { mean, change, ix, iy, ixx, ixy, iyy, ixt, iyt } = extent.planes;
  differenceX(mean, extent, 1, ix);
  differenceY(mean, extent, 1, iy);
  differenceX(ix, extent, 1, ixx);
  differenceY(ix, extent, 1, ixy);
  differenceY(iy, extent, 1, iyy);
  differenceX(change, extent, 1, ixt);
  differenceY(change, extent, 1, iyt);
}

/** The equations of every pixel without its neighbours: `a11 u + a12 v = b1`, `a12 u + a22 v = b2`. */
function weighData(flow: Flow, { planes }: Refinement, rules: RefineRules): void {
  const { startU, startV, change, ix, iy, ixx, ixy, iyy, ixt, iyt, a11, a12, a22, b1, b2 } = planes;
  for (let i = 0; i < a11.length; i++) {
    const x = ix[i]!;
    const y = iy[i]!;
    const xx = ixx[i]!;
    const xy = ixy[i]!;
    const yy = iyy[i]!;
    const u = flow.u[i]!;
    const v = flow.v[i]!;
    // what each change would be where the flow is 0, so that the unknowns are u and v themselves
    const t = change[i]! - x * startU[i]! - y * startV[i]!;
    const xt = ixt[i]! - xx * startU[i]! - xy * startV[i]!;
    const yt = iyt[i]! - xy * startU[i]! - yy * startV[i]!;
    const n = 1 / (x * x + y * y + FLAT2);
    const nx = 1 / (xx * xx + xy * xy + FLAT2);
    const ny = 1 / (xy * xy + yy * yy + FLAT2);
    const r = t + x * u + y * v;
    const rx = xt + xx * u + xy * v;
    const ry = yt + xy * u + yy * v;
    const g = (rules.grey * n) / Math.sqrt(n * r * r + EPSILON2);
    const h = rules.gradient / Math.sqrt(nx * rx * rx + ny * ry * ry + EPSILON2);
    const hx = h * nx;
    const hy = h * ny;
    a11[i] = g * x * x + hx * xx * xx + hy * xy * xy;
    a12[i] = g * x * y + hx * xx * xy + hy * xy * yy;
    a22[i] = g * y * y + hx * xy * xy + hy * yy * yy;
    b1[i] = -(g * x * t + hx * xx * xt + hy * xy * yt);
    b2[i] = -(g * y * t + hx * xy * xt + hy * yy * yt);
  }
}

/** Weights of the edges to the right and the lower neighbour, 0 where there is none. */
function weighSmoothness({ u, v }: Flow, { width, height, planes }: Refinement, smoothness: number): void {
  const { right, down } = planes;
  for (let y = 0, i = 0; y < height; y++) {
    const below = y + 1 < height ? width : 0;
    for (let x = 0; x < width; x++, i++) {
      const beside = x + 1 < width ? 1 : 0;
      const ux = u[i + beside]! - u[i]!;
      const vx = v[i + beside]! - v[i]!;
      const uy = u[i + below]! - u[i]!;
      const vy = v[i + below]! - v[i]!;
      const weight = smoothness / Math.sqrt(ux * ux + uy * uy + vx * vx + vy * vy + EPSILON2);
      right[i] = beside ? weight : 0;
      down[i] = below ? weight : 0;
    }
  }
}

/** One divided by the diagonals, once for all sweeps of a round. */
function invert({ width, planes }: Refinement): void {
  const { a11, a22, right, down, inverse1, inverse2 } = planes;
  for (let i = 0; i < a11.length; i++) {
    const before = (i > 0 ? right[i - 1]! : 0) + (i >= width ? down[i - width]! : 0);
    const sum = before + right[i]! + down[i]!;
    inverse1[i] = 1 / (a11[i]! + sum);
    inverse2[i] = 1 / (a22[i]! + sum);
  }
}

/** One sweep: first the pixels of one colour of a chessboard, then the other, so that no pixel waits for the last one. */
function relax({ u, v }: Flow, { width, height, planes }: Refinement): void {
  const { a12, b1, b2, right, down, inverse1, inverse2 } = planes;
  for (let colour = 0; colour < 2; colour++)
    for (let y = 0; y < height; y++) {
      const row = y * width;
      const above = y > 0 ? width : 0;
      const below = y + 1 < height ? width : 0;
      const weightAbove = y > 0 ? 1 : 0;
      for (let x = (y + colour) & 1; x < width; x += 2) {
        const i = row + x;
        const left = x > 0 ? i - 1 : i;
        const beside = x + 1 < width ? i + 1 : i;
        const wl = x > 0 ? right[left]! : 0;
        const wt = down[i - above]! * weightAbove;
        const wr = right[i]!;
        const wd = down[i]!;
        const su = wl * u[left]! + wt * u[i - above]! + wr * u[beside]! + wd * u[i + below]!;
        const sv = wl * v[left]! + wt * v[i - above]! + wr * v[beside]! + wd * v[i + below]!;
        const a = a12[i]!;
        const oldU = u[i]!;
        const oldV = v[i]!;
        const newU = oldU + RELAXATION * ((b1[i]! + su - a * oldV) * inverse1[i]! - oldU);
        u[i] = newU;
        v[i] = oldV + RELAXATION * ((b2[i]! + sv - a * newU) * inverse2[i]! - oldV);
      }
    }
}
