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
  ...(['mean', 'change', 'ix', 'iy', 'ixx', 'ixy', 'iyy', 'ixt', 'iyt'] as const),
  ...(['a11', 'a12', 'a22', 'b1', 'b2', 'inverse1', 'inverse2'] as const),
];
type RefinedPlanes = Record<(typeof planeNames)[number], Float32Array>;

/** What every round reads of the pictures and none changes, in full precision. */
const fixedNames = ['t', 'xt', 'yt', 'n', 'nx', 'ny'] as const;
type FixedPlanes = Record<(typeof fixedNames)[number], Float64Array>;

/** Memory of the refinement for one size of picture. */
export interface Refinement extends Extent {
  readonly planes: RefinedPlanes;
  /** Weights of each pixel's edges to its left and its upper neighbour, 0 where there is none, also past the last pixel. */
  readonly left: Float32Array;
  readonly up: Float32Array;
  readonly fixed: FixedPlanes;
}

/** Memory for pictures of one size. */
export function refinementOf({ width, height }: Extent): Refinement {
  const planes = planeNames.map((name) => [name, new Float32Array(width * height)]);
  const fixed = fixedNames.map((name) => [name, new Float64Array(width * height)]);
  return {
    ...{ width, height },
    left: new Float32Array(width * height + 1),
    up: new Float32Array(width * (height + 1)),
    planes: Object.fromEntries(planes) as RefinedPlanes,
    fixed: Object.fromEntries(fixed) as FixedPlanes,
  };
}

/** Improves `flow` in place. */
export function refineFlow(
  before: PyramidLevel,
  after: PyramidLevel,
  flow: Flow,
  memory: Refinement,
  rules: RefineRules,
): void {
  warp(before, after, flow, memory);
  derive(memory);
  fix(flow, memory);
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
  { u, v }: Flow,
  { width, height, planes }: Refinement,
): void {
  const { mean, change } = planes;
  const { data, stride } = before;
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      const moved = bilinear(after, x + u[i]!, y + v[i]!);
      const own = data[(y + BORDER) * stride + x + BORDER]!;
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

/** What each change would be where the flow is 0, so that the unknowns are u and v themselves; and the lengths that divide. */
function fix({ u: startU, v: startV }: Flow, { planes, fixed }: Refinement): void {
  const { change, ix, iy, ixx, ixy, iyy, ixt, iyt } = planes;
  const { t, xt, yt, n, nx, ny } = fixed;
  for (let i = 0; i < t.length; i++) {
    const x = ix[i]!;
    const y = iy[i]!;
    const xx = ixx[i]!;
    const xy = ixy[i]!;
    const yy = iyy[i]!;
    const u = startU[i]!;
    const v = startV[i]!;
    t[i] = change[i]! - x * u - y * v;
    xt[i] = ixt[i]! - xx * u - xy * v;
    yt[i] = iyt[i]! - xy * u - yy * v;
    n[i] = 1 / (x * x + y * y + FLAT2);
    nx[i] = 1 / (xx * xx + xy * xy + FLAT2);
    ny[i] = 1 / (xy * xy + yy * yy + FLAT2);
  }
}

/** The equations of every pixel without its neighbours: `a11 u + a12 v = b1`, `a12 u + a22 v = b2`. */
function weighData({ u: us, v: vs }: Flow, { planes, fixed }: Refinement, rules: RefineRules): void {
  const { ix, iy, ixx, ixy, iyy, a11, a12, a22, b1, b2 } = planes;
  const { t: ts, xt: xts, yt: yts, n: ns, nx: nxs, ny: nys } = fixed;
  const { grey, gradient } = rules;
  for (let i = 0; i < a11.length; i++) {
    const x = ix[i]!;
    const y = iy[i]!;
    const xx = ixx[i]!;
    const xy = ixy[i]!;
    const yy = iyy[i]!;
    const u = us[i]!;
    const v = vs[i]!;
    const t = ts[i]!;
    const xt = xts[i]!;
    const yt = yts[i]!;
    const n = ns[i]!;
    const nx = nxs[i]!;
    const ny = nys[i]!;
    const r = t + x * u + y * v;
    const rx = xt + xx * u + xy * v;
    const ry = yt + xy * u + yy * v;
    const g = (grey * n) / Math.sqrt(n * r * r + EPSILON2);
    const h = gradient / Math.sqrt(nx * rx * rx + ny * ry * ry + EPSILON2);
    const hx = h * nx;
    const hy = h * ny;
    a11[i] = g * x * x + hx * xx * xx + hy * xy * xy;
    a12[i] = g * x * y + hx * xx * xy + hy * xy * yy;
    a22[i] = g * y * y + hx * xy * xy + hy * yy * yy;
    b1[i] = -(g * x * t + hx * xx * xt + hy * xy * yt);
    b2[i] = -(g * y * t + hx * xy * xt + hy * yy * yt);
  }
}

/** Weights of the edges to the right and the lower neighbour: those that such a neighbour has to its left and above. */
function weighSmoothness({ u, v }: Flow, { width, height, left, up }: Refinement, smoothness: number): void {
  for (let y = 0, i = 0; y < height; y++) {
    const below = y + 1 < height ? width : 0;
    for (let x = 0; x < width; x++, i++) {
      const beside = x + 1 < width ? 1 : 0;
      const ux = u[i + beside]! - u[i]!;
      const vx = v[i + beside]! - v[i]!;
      const uy = u[i + below]! - u[i]!;
      const vy = v[i + below]! - v[i]!;
      const weight = smoothness / Math.sqrt(ux * ux + uy * uy + vx * vx + vy * vy + EPSILON2);
      left[i + 1] = beside ? weight : 0;
      up[i + width] = below ? weight : 0;
    }
  }
}

/** One divided by the diagonals, once for all sweeps of a round. */
function invert({ width, planes, left, up }: Refinement): void {
  const { a11, a22, inverse1, inverse2 } = planes;
  for (let i = 0; i < a11.length; i++) {
    const sum = left[i]! + up[i]! + left[i + 1]! + up[i + width]!;
    inverse1[i] = 1 / (a11[i]! + sum);
    inverse2[i] = 1 / (a22[i]! + sum);
  }
}

/**
 * One sweep: first the pixels of one colour of a chessboard, then the other, so that no pixel waits for the last one. An edge
 * without a neighbour weighs nothing, so that any number may be read in the neighbour's place.
 */
function relax({ u, v }: Flow, { width, height, planes, left, up }: Refinement): void {
  const { a12, b1, b2, inverse1, inverse2 } = planes;
  const last = width * height - 1;
  for (let colour = 0; colour < 2; colour++)
    for (let y = 0; y < height; y++) {
      const row = y * width;
      const above = y > 0 ? width : 0;
      const below = y + 1 < height ? width : 0;
      for (let i = row + ((y + colour) & 1); i < row + width; i += 2) {
        const before = i > 0 ? i - 1 : 0;
        const after = i < last ? i + 1 : last;
        const wl = left[i]!;
        const wt = up[i]!;
        const wr = left[i + 1]!;
        const wd = up[i + width]!;
        const su = wl * u[before]! + wt * u[i - above]! + wr * u[after]! + wd * u[i + below]!;
        const sv = wl * v[before]! + wt * v[i - above]! + wr * v[after]! + wd * v[i + below]!;
        const oldU = u[i]!;
        const oldV = v[i]!;
        const a = a12[i]!;
        const newU = oldU + RELAXATION * ((b1[i]! + su - a * oldV) * inverse1[i]! - oldU);
        u[i] = newU;
        v[i] = oldV + RELAXATION * ((b2[i]! + sv - a * newU) * inverse2[i]! - oldV);
      }
    }
}
