// Small RGB out of planes of luma and chroma, as the browser's decoder hands them out: each plane is resized by the rule of
// `resample`, and only what is left becomes RGB. FFmpeg's filter does the same, so that page and command line see alike; a
// canvas takes shorter coefficients, up to 4 levels off.
import { lumaShares, type Matrix } from './colour.js';
import { triangle, type PixelTaps, type PixelWindow } from './resample.js';
import type { Size } from './types.js';

/** One component of a picture: `data[offset + y * stride + x * step]`, all in numbers, not bytes. */
export interface Plane extends Size {
  data: Uint8Array | Uint16Array;
  offset: number;
  stride: number;
  /** 2 where blue and red differences stand in turn. */
  step: number;
}

/** A picture in luma and chroma; chroma planes may be smaller, their pixels centred on those that they stand for. */
export interface Planes {
  luma: Plane;
  blue: Plane;
  red: Plane;
  /** Bits a number. */
  bits: number;
  isFullRange: boolean;
  matrix: Matrix;
}

/** The part `window` of a picture, in pixels of its luma, as RGB of the target size. */
export function planesToRgb(planes: Planes, target: Size, window: PixelWindow): Uint8Array {
  const { luma, blue, red } = planes;
  const [y, u, v] = [luma, blue, red].map((plane) => resized(plane, luma, target, window));
  return toRgb([y!, u!, v!], planes);
}

/** The window of one plane at the target size, in the plane's own numbers. */
function resized(plane: Plane, luma: Size, target: Size, window: PixelWindow): Float32Array {
  const [across, down] = [plane.width / luma.width, plane.height / luma.height];
  const width = Math.max(1, Math.round(window.width * across));
  const height = Math.max(1, Math.round(window.height * down));
  const [left, top] = [Math.floor(window.x * across), Math.floor(window.y * down)];
  const columns = triangle(Math.min(width, plane.width - left), target.width);
  const rows = triangle(Math.min(height, plane.height - top), target.height);
  const last = rows.at(-1)!;
  const middle = new Float32Array((last.first + last.weights.length) * target.width);
  for (let y = 0; y * target.width < middle.length; y++) {
    const start = plane.offset + (top + y) * plane.stride + left * plane.step;
    for (let x = 0; x < target.width; x++)
      middle[y * target.width + x] = weighed(plane.data, start, plane.step, columns[x]!);
  }
  const out = new Float32Array(target.width * target.height);
  for (let y = 0; y < target.height; y++)
    for (let x = 0; x < target.width; x++)
      out[y * target.width + x] = weighed(middle, x, target.width, rows[y]!);
  return out;
}

function weighed(
  from: ArrayLike<number>,
  start: number,
  step: number,
  { first, weights }: PixelTaps,
): number {
  let sum = 0;
  for (let k = 0, at = start + first * step; k < weights.length; k++, at += step)
    sum += weights[k]! * from[at]!;
  return sum;
}

/** `R = Y + 2 (1 - k_r) V`, `B = Y + 2 (1 - k_b) U`, and green such that `Y = k_r R + k_g G + k_b B`. */
function toRgb(
  [y, u, v]: [Float32Array, Float32Array, Float32Array],
  { bits, isFullRange, matrix }: Planes,
): Uint8Array {
  const { red, blue } = lumaShares[matrix];
  const unit = 2 ** (bits - 8);
  const full = (2 ** bits - 1) / 255; // a limited range is cut off at whole levels of 8 bits, a full one fills all bits
  const scale = 255 / (isFullRange ? 255 * full : 219 * unit);
  const chroma = 255 / (isFullRange ? 255 * full : 224 * unit);
  const black = isFullRange ? 0 : 16 * unit;
  const out = new Uint8ClampedArray(3 * y.length); // rounds to nearest
  for (let i = 0; i < y.length; i++) {
    const grey = (y[i]! - black) * scale;
    const r = grey + 2 * (1 - red) * chroma * (v[i]! - 128 * unit);
    const b = grey + 2 * (1 - blue) * chroma * (u[i]! - 128 * unit);
    out[3 * i] = r;
    out[3 * i + 1] = (grey - red * r - blue * b) / (1 - red - blue);
    out[3 * i + 2] = b;
  }
  return new Uint8Array(out.buffer);
}
