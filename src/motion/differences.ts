// Derivatives of a plane of numbers along its rows and columns.
import type { Extent } from './pyramid.js';

/**
 * Half the difference of the two neighbours in a row, times `factor`; at an edge the pixel itself stands for the
 * neighbour that is missing.
 */
export function differenceX(
  from: Float32Array,
  { width, height }: Extent,
  factor = 1,
  to: Float32Array = new Float32Array(from.length),
): Float32Array {
  const half = factor / 2;
  for (let row = 0; row < width * height; row += width) {
    const last = row + width - 1;
    for (let i = row; i <= last; i++)
      to[i] = (from[Math.min(last, i + 1)]! - from[Math.max(row, i - 1)]!) * half;
  }
  return to;
}

/** The same in a column. */
export function differenceY(
  from: Float32Array,
  { width, height }: Extent,
  factor = 1,
  to: Float32Array = new Float32Array(from.length),
): Float32Array {
  const half = factor / 2;
  for (let y = 0; y < height; y++) {
    const above = Math.max(0, y - 1) * width;
    const below = Math.min(height - 1, y + 1) * width;
    const row = y * width;
    for (let x = 0; x < width; x++) to[row + x] = (from[below + x]! - from[above + x]!) * half;
  }
  return to;
}
