// The motion of the camera: the affine flow of what lies outside the actor's box, and its removal.
//
//   u = a0 + a1 x + a2 y,  v = b0 + b1 x + b2 y,   x and y from -1/2 to 1/2 across the field
//
// Least squares, four times, each time with weights 1 / (1 + (e / 2 sigma)^2)^2 from the last residuals e (Geman and
// McClure's), so that other people who move count little. sigma is drawn from the median residual.
import type { Flow } from './field.js';
import { growBox, type FieldBox } from './fieldBox.js';
import { ofRank } from './rank.js';

/** Coefficients `[a0, a1, a2]` and `[b0, b1, b2]` of the camera's flow. */
export interface CameraFlow {
  readonly u: readonly [number, number, number];
  readonly v: readonly [number, number, number];
}

/** The share of pixels that is looked at: flow is smooth. */
const LOOKED_AT = 1 / 4;
const FITS = 4;
/** The share of the picture that must lie outside the box; otherwise the whole picture is fitted. */
const LEAST_SHARE = 0.05;
/** Half of a two-dimensional normal distribution lies within `sigma sqrt(2 ln 2)`. */
const MEDIAN2_OVER_SIGMA2 = 2 * Math.LN2;
/** In pixels of the field: residuals below it are all good. */
const LEAST_SIGMA = 1e-3;

interface Samples {
  count: number;
  x: Float64Array;
  y: Float64Array;
  u: Float64Array;
  v: Float64Array;
  weight: Float64Array;
}

/**
 * The camera's flow, fitted outside `box` grown by 1.3 (`box` in pixels of the field; null fits the whole picture, and
 * so does a box that leaves less than a twentieth of it).
 */
export function cameraFlow(flow: Flow, box: FieldBox | null): CameraFlow {
  const outside = samplesOf(flow, box && growBox(box));
  const all = flow.width * flow.height * LOOKED_AT;
  const samples = outside.count < LEAST_SHARE * all ? samplesOf(flow, null) : outside;
  let fit = solve(samples);
  for (let step = 1; step < FITS; step++) {
    reweigh(samples, fit);
    fit = solve(samples);
  }
  return fit;
}

/** Some pixels of a field: columns from `left` to before `right`, rows from `top` to before `bottom`. */
export interface FieldPixels {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Takes the camera's flow off `flow`, in place, at all or some of its pixels. */
export function removeCamera(flow: Flow, camera: CameraFlow, pixels: FieldPixels = wholeOf(flow)): Flow {
  const { width, height, u, v } = flow;
  const [u0, u1, u2] = camera.u;
  const [v0, v1, v2] = camera.v;
  for (let j = pixels.top; j < pixels.bottom; j++) {
    const y = (j + 0.5) / height - 0.5;
    for (let k = pixels.left, i = j * width + k; k < pixels.right; k++, i++) {
      const x = (k + 0.5) / width - 0.5;
      u[i]! -= u0 + u1 * x + u2 * y;
      v[i]! -= v0 + v1 * x + v2 * y;
    }
  }
  return flow;
}

function wholeOf({ width, height }: Flow): FieldPixels {
  return { left: 0, top: 0, right: width, bottom: height };
}

function samplesOf({ width, height, u, v }: Flow, box: FieldBox | null): Samples {
  const most = Math.ceil(width / 2 + 1) * Math.ceil(height / 2);
  const vector = (): Float64Array => new Float64Array(most);
  const out = { count: 0, x: vector(), y: vector(), u: vector(), v: vector(), weight: vector().fill(1) };
  for (let j = 1; j < height; j += 2)
    for (let k = 0; k < width; k++) {
      if (Math.min(k, width - 1 - k) % 2 === 0) continue; // the same places in a mirror
      if (box && k + 0.5 >= box.x0 && k + 0.5 < box.x1 && j + 0.5 >= box.y0 && j + 0.5 < box.y1) continue;
      out.x[out.count] = (k + 0.5) / width - 0.5;
      out.y[out.count] = (j + 0.5) / height - 0.5;
      out.u[out.count] = u[j * width + k]!;
      out.v[out.count] = v[j * width + k]!;
      out.count++;
    }
  return out;
}

/** Weighted least squares of both components by the normal equations; a trace of ridge keeps them solvable. */
function solve({ count, x, y, u, v, weight }: Samples): CameraFlow {
  let [n, sx, sy, sxx, sxy, syy] = [1e-9, 0, 0, 1e-9, 0, 1e-9];
  let [su, sxu, syu, sv, sxv, syv] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < count; i++) {
    const w = weight[i]!;
    const wx = w * x[i]!;
    const wy = w * y[i]!;
    n += w;
    sx += wx;
    sy += wy;
    sxx += wx * x[i]!;
    sxy += wx * y[i]!;
    syy += wy * y[i]!;
    su += w * u[i]!;
    sxu += wx * u[i]!;
    syu += wy * u[i]!;
    sv += w * v[i]!;
    sxv += wx * v[i]!;
    syv += wy * v[i]!;
  }
  // the inverse of the symmetric 3 x 3 matrix [[n, sx, sy], [sx, sxx, sxy], [sy, sxy, syy]] by cofactors
  const c00 = sxx * syy - sxy * sxy;
  const c01 = sxy * sy - sx * syy;
  const c02 = sx * sxy - sxx * sy;
  const c11 = n * syy - sy * sy;
  const c12 = sx * sy - n * sxy;
  const c22 = n * sxx - sx * sx;
  const determinant = n * c00 + sx * c01 + sy * c02;
  const times = (a: number, b: number, c: number): [number, number, number] => [
    (c00 * a + c01 * b + c02 * c) / determinant,
    (c01 * a + c11 * b + c12 * c) / determinant,
    (c02 * a + c12 * b + c22 * c) / determinant,
  ];
  return { u: times(su, sxu, syu), v: times(sv, sxv, syv) };
}

function reweigh({ count, x, y, u, v, weight }: Samples, fit: CameraFlow): void {
  const [a0, a1, a2] = fit.u;
  const [b0, b1, b2] = fit.v;
  const squares = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const du = u[i]! - a0 - a1 * x[i]! - a2 * y[i]!;
    const dv = v[i]! - b0 - b1 * x[i]! - b2 * y[i]!;
    squares[i] = du * du + dv * dv;
  }
  const middle = ofRank(squares.slice(), count >> 1);
  const sigma2 = Math.max(middle / MEDIAN2_OVER_SIGMA2, LEAST_SIGMA ** 2);
  for (let i = 0; i < count; i++) {
    const one = 1 + squares[i]! / (4 * sigma2);
    weight[i] = 1 / (one * one);
  }
}
