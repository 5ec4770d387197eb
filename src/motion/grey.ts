// From a colour picture to the small grey one that flow is computed on.
import { shapeError } from '../errors.js';
import type { Extent } from './pyramid.js';

/** Size of the grey pictures: flow and rows were measured at it. */
export const GREY_SIZE: Extent = { width: 160, height: 120 };

/** Shares of red, green and blue in the luma of ITU-R BT.601. */
const LUMA = [0.299, 0.587, 0.114] as const;

/**
 * Grey picture `[target.height, target.width]` of an RGB or RGBA picture (rows from the top; the fourth byte is ignored),
 * stretched to the target: each pixel is the mean of the area that it covers, so nothing is skipped.
 * Throws a WhereWhenError (`shape`) where the bytes are not those of a picture of this size.
 */
export function greyPicture(
  pixels: Uint8Array | Uint8ClampedArray,
  size: Extent,
  target: Extent = GREY_SIZE,
): Uint8Array {
  const channels = pixels.length / (size.width * size.height);
  if (channels !== 3 && channels !== 4)
    throw shapeError(
      'greyPicture',
      `3 or 4 bytes a pixel of ${size.width} x ${size.height}`,
      `${pixels.length} bytes`,
    );
  if (size.width === target.width && size.height === target.height) return lumaOf(pixels, channels);
  const narrow = averageColumns(pixels, size, channels, target.width);
  return averageRows(narrow, size.height, target);
}

/** Grey pixels of the same size; the quick way of frames that a decoder has made small. */
function lumaOf(pixels: ArrayLike<number>, channels: number): Uint8Array {
  const out = new Uint8Array(pixels.length / channels);
  for (let i = 0, p = 0; i < out.length; i++, p += channels)
    out[i] = LUMA[0] * pixels[p]! + LUMA[1] * pixels[p + 1]! + LUMA[2] * pixels[p + 2]! + 0.5;
  return out;
}

/** Luma with its rows averaged to `width` pixels, `[height, width]`. */
function averageColumns(
  pixels: ArrayLike<number>,
  size: Extent,
  channels: number,
  width: number,
): Float32Array {
  const parts = coverage(size.width, width);
  const out = new Float32Array(size.height * width);
  for (let y = 0, at = 0; y < size.height; y++)
    for (let x = 0; x < width; x++, at++) {
      const { first, weights } = parts[x]!;
      let sum = 0;
      for (let k = 0, p = (y * size.width + first) * channels; k < weights.length; k++, p += channels)
        sum += weights[k]! * (LUMA[0] * pixels[p]! + LUMA[1] * pixels[p + 1]! + LUMA[2] * pixels[p + 2]!);
      out[at] = sum;
    }
  return out;
}

function averageRows(narrow: Float32Array, height: number, target: Extent): Uint8Array {
  const out = new Uint8Array(target.width * target.height);
  coverage(height, target.height).forEach(({ first, weights }, y) => {
    for (let x = 0; x < target.width; x++) {
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += weights[k]! * narrow[(first + k) * target.width + x]!;
      out[y * target.width + x] = Math.min(255, Math.round(sum));
    }
  });
  return out;
}

interface GreyPart {
  first: number;
  /** Shares of the pixels from `first` on; they sum to 1. */
  weights: number[];
}

/** Which of `from` pixels each of `to` equal parts of the same side covers, and how much of each. */
function coverage(from: number, to: number): GreyPart[] {
  return Array.from({ length: to }, (_, i) => {
    const [start, end] = [(i * from) / to, ((i + 1) * from) / to];
    const first = Math.floor(start);
    const last = Math.min(from, Math.ceil(end - 1e-9));
    const length = end - start;
    const weights = Array.from(
      { length: last - first },
      (_, k) => (Math.min(end, first + k + 1) - Math.max(start, first + k)) / length,
    );
    return { first, weights };
  });
}
