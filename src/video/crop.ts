// A rectangle of a picture at another size, at any place: fractions of pixels count, and beyond the picture the pixels of its
// edge go on. The filter is that of `resample` (a triangle of one source pixel, wider where the picture shrinks).
import type { Size } from './types.js';

/** A rectangle in pixels, fractions allowed; it may reach beyond the picture. */
export interface Rectangle extends Size {
  x: number;
  y: number;
}

/**
 * For every target pixel the source pixels that it is a weighted mean of: `count` of them, clamped into the picture, which is as many
 * as any has with a weight.
 */
interface CropTaps {
  count: number;
  places: Int32Array;
  weights: Float32Array;
}

/** The rectangle of an RGB picture `[H,W,3]` at `target` size, `[h,w,3]`. */
export function cropTo(pixels: Uint8Array, source: Size, from: Rectangle, target: Size): Uint8Array {
  const columns = tapsOf(from.x, from.width, target.width, source.width);
  const rows = tapsOf(from.y, from.height, target.height, source.height);
  const [first, last] = [
    rows.places.reduce((a, b) => Math.min(a, b)),
    rows.places.reduce((a, b) => Math.max(a, b)),
  ];
  const length = target.width * 3;
  const middle = new Float32Array((last - first + 1) * length);
  for (let y = first; y <= last; y++) {
    weighRow(pixels, y * source.width * 3, columns, middle, (y - first) * length);
  }
  const out = new Uint8ClampedArray(target.height * length); // rounds to nearest
  const line = new Float32Array(length);
  for (let y = 0; y < target.height; y++) {
    line.fill(0);
    for (let k = y * rows.count; k < (y + 1) * rows.count; k++) {
      const weight = rows.weights[k]!;
      if (weight === 0) continue;
      const at = (rows.places[k]! - first) * length;
      for (let i = 0; i < length; i++) line[i]! += weight * middle[at + i]!;
    }
    out.set(line, y * length);
  }
  return new Uint8Array(out.buffer);
}

/** One row of the source, `start` its first byte, along `columns`. */
function weighRow(
  pixels: Uint8Array,
  start: number,
  { count, places, weights }: CropTaps,
  out: Float32Array,
  to: number,
): void {
  for (let k = 0, at = to; k < places.length; at += 3) {
    let [r, g, b] = [0, 0, 0];
    for (const end = k + count; k < end; k++) {
      const weight = weights[k]!;
      const from = start + places[k]! * 3;
      r += weight * pixels[from]!;
      g += weight * pixels[from + 1]!;
      b += weight * pixels[from + 2]!;
    }
    out[at] = r;
    out[at + 1] = g;
    out[at + 2] = b;
  }
}

function tapsOf(start: number, length: number, target: number, source: number): CropTaps {
  const scale = length / target;
  const reach = Math.max(1, scale);
  const count = Math.floor(2 * reach) + 1;
  const places = new Int32Array(target * count);
  const weights = new Float32Array(target * count);
  for (let i = 0; i < target; i++) {
    const centre = start + (i + 0.5) * scale - 0.5;
    const first = Math.ceil(centre - reach);
    let sum = 0;
    for (let k = 0; k < count; k++) {
      const weight = Math.max(0, 1 - Math.abs(first + k - centre) / reach);
      places[i * count + k] = Math.min(source - 1, Math.max(0, first + k));
      weights[i * count + k] = weight;
      sum += weight;
    }
    for (let k = 0; k < count; k++) weights[i * count + k]! /= sum;
  }
  return trimmed({ count, places, weights });
}

/** Without the weights of 0 that all end in. */
function trimmed({ count, places, weights }: CropTaps): CropTaps {
  const last = weights.reduce((most, weight, at) => (weight > 0 ? Math.max(most, at % count) : most), 0);
  if (last + 1 === count) return { count, places, weights };
  const isKept = (_: number, at: number): boolean => at % count <= last;
  return { count: last + 1, places: places.filter(isKept), weights: weights.filter(isKept) };
}
