// The affine motion of the camera between two grey pictures, found on the pictures themselves, from coarse to fine: where no
// field of flow is asked for it costs a part of one.
//
//   u = a0 + a1 x + a2 y,  v = b0 + b1 x + b2 y      x and y from -1/2 to 1/2 across the picture
//   r = J(p + (u, v)) - I(p);  each step solves the weighted least squares of r + grad I . (du, dv)
//   weights 1 / (1 + r^2 / (2 sigma)^2)^2, sigma from the median of r^2, so that who moves counts little (as camera.ts)
import type { CameraFlow } from './camera.js';
import { bilinear, BORDER, type PyramidLevel } from './pyramid.js';

/** Steps at each size, and about as many samples across: a camera has six numbers. */
const STEPS = 4;
const ACROSS = 40;
/** Every so many residuals go into their median. */
const SORTED = 3;
/** The median of the square of a normal variable over its variance. */
const MEDIAN_OVER_VARIANCE = 0.455;
/** Grey levels: residuals below it are all good. */
const LEAST_SIGMA = 1;
const NUMBERS = 6;

/** Places of a picture at which it is compared, with its gradient there in terms of the six numbers. */
interface Samples {
  level: PyramidLevel;
  x: Float64Array;
  y: Float64Array;
  /** `[samples, 6]`. */
  gradient: Float64Array;
}

/** What is compared of the sizes of a picture, so that several others can be aligned with it. The finest size is left out. */
export function alignable(levels: readonly PyramidLevel[]): readonly Samples[] {
  return levels.slice(1).map(samplesOf);
}

/**
 * How the camera moves from the picture of `here` to that of `beside`, whose sizes are all given: what lies at a place of the
 * one lies `(u, v)` further in the other, in pixels of the finest size.
 */
export function alignCamera(here: readonly Samples[], beside: readonly PyramidLevel[]): CameraFlow {
  let numbers = new Float64Array(NUMBERS);
  for (let i = here.length - 1; i >= 0; i--) {
    for (let step = 0; step < STEPS; step++) improve(numbers, here[i]!, beside[i + 1]!);
    numbers = numbers.map((one) => 2 * one); // in pixels of the next size
  }
  const [a0, a1, a2, b0, b1, b2] = numbers as unknown as [number, number, number, number, number, number];
  return { u: [a0, a1, a2], v: [b0, b1, b2] };
}

function samplesOf(level: PyramidLevel): Samples {
  const { width, height, stride, data } = level;
  const every = Math.max(1, Math.round(width / ACROSS));
  const first = every >> 1;
  const [x, y, gradient]: [number[], number[], number[]] = [[], [], []];
  for (let row = first; row < height; row += every)
    for (let column = first; column < width; column += every) {
      const at = (row + BORDER) * stride + column + BORDER;
      const across = (data[at + 1]! - data[at - 1]!) / 2;
      const down = (data[at + stride]! - data[at - stride]!) / 2;
      const [sx, sy] = [(column + 0.5) / width - 0.5, (row + 0.5) / height - 0.5];
      x.push(column);
      y.push(row);
      gradient.push(across, across * sx, across * sy, down, down * sx, down * sy);
    }
  return { level, x: Float64Array.from(x), y: Float64Array.from(y), gradient: Float64Array.from(gradient) };
}

/** One step of Gauss and Newton, in place. */
function improve(numbers: Float64Array, { level, x, y, gradient }: Samples, beside: PyramidLevel): void {
  const { width, height, stride, data } = level;
  const [a0, a1, a2, b0, b1, b2] = numbers as unknown as [number, number, number, number, number, number];
  const residuals = new Float64Array(x.length);
  const isInside = new Uint8Array(x.length);
  for (let i = 0; i < x.length; i++) {
    const [sx, sy] = [(x[i]! + 0.5) / width - 0.5, (y[i]! + 0.5) / height - 0.5];
    const toX = x[i]! + a0 + a1 * sx + a2 * sy;
    const toY = y[i]! + b0 + b1 * sx + b2 * sy;
    isInside[i] = Number(toX >= 0 && toX <= width - 1 && toY >= 0 && toY <= height - 1);
    residuals[i] = bilinear(beside, toX, toY) - data[(y[i]! + BORDER) * stride + x[i]! + BORDER]!;
  }
  const squares = residuals.filter((_, i) => i % SORTED === 0).map((r) => r * r);
  const middle = squares.sort()[squares.length >> 1]!;
  const sigma2 = Math.max(middle / MEDIAN_OVER_VARIANCE, LEAST_SIGMA ** 2);
  const weights = residuals.map((r, i) => isInside[i]! / (1 + (r * r) / (4 * sigma2)) ** 2);
  const change = leastSquares(gradient, residuals, weights);
  for (let k = 0; k < NUMBERS; k++) numbers[k]! -= change[k]!;
}

/** The numbers `d` for which `sum_i w_i (r_i - g_i . d)^2` is least; a trace of ridge keeps flat pictures solvable. */
function leastSquares(gradient: Float64Array, residuals: Float64Array, weights: Float64Array): Float64Array {
  const matrix = new Float64Array(NUMBERS * NUMBERS);
  const right = new Float64Array(NUMBERS);
  for (let i = 0; i < residuals.length; i++) {
    if (weights[i] === 0) continue;
    for (let j = 0, at = i * NUMBERS; j < NUMBERS; j++) {
      const g = weights[i]! * gradient[at + j]!;
      right[j]! += g * residuals[i]!;
      for (let k = 0; k <= j; k++) matrix[j * NUMBERS + k]! += g * gradient[at + k]!;
    }
  }
  let trace = 0;
  for (let j = 0; j < NUMBERS; j++) trace += matrix[j * NUMBERS + j]!;
  for (let j = 0; j < NUMBERS; j++) matrix[j * NUMBERS + j]! += 1e-6 * trace + 1e-9;
  return solve(matrix, right);
}

/** `matrix d = right` of a symmetric matrix whose lower half is given, by Cholesky; both are overwritten. */
function solve(matrix: Float64Array, right: Float64Array): Float64Array {
  const n = right.length;
  for (let j = 0; j < n; j++)
    for (let i = j; i < n; i++) {
      let sum = matrix[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= matrix[i * n + k]! * matrix[j * n + k]!;
      matrix[i * n + j] = i === j ? Math.sqrt(sum) : sum / matrix[j * n + j]!;
    }
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) right[i]! -= matrix[i * n + k]! * right[k]!;
    right[i]! /= matrix[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) right[i]! -= matrix[k * n + i]! * right[k]!;
    right[i]! /= matrix[i * n + i]!;
  }
  return right;
}
