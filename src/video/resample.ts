// One definition of "another size" for every decoder. A pixel is weighed by a triangle (bilinear)
// whose half-width is one source pixel, widened by the scale where the picture shrinks, so that
// nothing is skipped. Video goes through FFmpeg's `scale` filter (in the stored colour space, then
// to RGB by the rule of `colour.ts`); pictures go through `resample`, the same filter in RGB.
import type { Resize, Size } from './types.js';

/** A rectangle of whole pixels. */
export interface PixelWindow extends Size {
  x: number;
  y: number;
}

/**
 * The part of a picture that is kept: all of it, or the largest centred part that has the target's aspect as it is shown, at
 * even offsets. `pixelAspect` is the width of a source pixel over its height.
 */
export function keptWindow(source: Size, target: Size, resize: Resize, pixelAspect = 1): PixelWindow {
  if (resize === 'stretch') return { x: 0, y: 0, ...source };
  const aspect = target.width / target.height / pixelAspect;
  const width = Math.min(source.width, Math.max(1, Math.round(source.height * aspect)));
  const height = Math.min(source.height, Math.max(1, Math.round(source.width / aspect)));
  const even = (slack: number): number => 2 * Math.floor(slack / 4); // chroma is stored for pairs of pixels
  return { x: even(source.width - width), y: even(source.height - height), width, height };
}

/** Chroma for every target pixel, and of every RGB source pixel: else swscale shares it between two, 2 levels too dark. */
const SCALE_FLAGS = 'bilinear+accurate_rnd+full_chroma_int+full_chroma_inp';

/** The same in FFmpeg's filter language, from stored pixels to RGB; it holds for frames of any size. */
export function filterChain({ width, height }: Size, resize: Resize, pixelAspect = 1): string {
  const w = `min(iw\\,max(1\\,round(ih*${width}/${height}/${pixelAspect})))`;
  const h = `min(ih\\,max(1\\,round(iw*${height}/${width}*${pixelAspect})))`;
  const crop = `crop=${w}:${h}:2*floor((iw-ow)/4):2*floor((ih-oh)/4):exact=1,`;
  return `${resize === 'crop' ? crop : ''}scale=${width}:${height}:flags=${SCALE_FLAGS},format=rgb24`;
}

/** Resizes `window` of an RGB or RGBA picture to RGB; the fourth byte is ignored. */
export function resample(
  pixels: Uint8Array | Uint8ClampedArray,
  source: Size,
  target: Size,
  window: PixelWindow = { x: 0, y: 0, ...source },
): Uint8Array {
  const channels = pixels.length / (source.width * source.height);
  const columns = triangle(window.width, target.width);
  const rows = triangle(window.height, target.height);
  const middle = new Float32Array(window.height * target.width * 3);
  for (let y = 0; y < window.height; y++) {
    const start = ((window.y + y) * source.width + window.x) * channels;
    for (let x = 0; x < target.width; x++)
      weigh(pixels, start, channels, columns[x]!, middle, (y * target.width + x) * 3);
  }
  const out = new Uint8ClampedArray(target.width * target.height * 3); // rounds to nearest
  for (let y = 0; y < target.height; y++)
    for (let x = 0; x < target.width; x++)
      weigh(middle, x * 3, target.width * 3, rows[y]!, out, (y * target.width + x) * 3);
  return new Uint8Array(out.buffer);
}

/** The source pixels that one target pixel is a weighted mean of. */
export interface PixelTaps {
  first: number;
  weights: Float32Array;
}

/** The source pixels that each target pixel is a weighted mean of, along one axis. */
export function triangle(source: number, target: number): PixelTaps[] {
  const scale = source / target;
  const reach = Math.max(1, scale);
  return Array.from({ length: target }, (_, i) => {
    const centre = (i + 0.5) * scale - 0.5;
    const first = Math.max(0, Math.ceil(centre - reach));
    const last = Math.min(source - 1, Math.floor(centre + reach));
    const weights = Float32Array.from({ length: last - first + 1 }, (_, k) =>
      Math.max(0, 1 - Math.abs(first + k - centre) / reach),
    );
    const sum = weights.reduce((total, w) => total + w, 0);
    return { first, weights: sum > 0 ? weights.map((w) => w / sum) : Float32Array.of(1) };
  });
}

/** Writes the weighted mean of three channels, `stride` apart from `start`, to `out` at `to`. */
function weigh(
  from: ArrayLike<number>,
  start: number,
  stride: number,
  taps: PixelTaps,
  out: Float32Array | Uint8ClampedArray,
  to: number,
): void {
  let [r, g, b] = [0, 0, 0];
  for (let k = 0, at = start + taps.first * stride; k < taps.weights.length; k++, at += stride) {
    const w = taps.weights[k]!;
    r += w * from[at]!;
    g += w * from[at + 1]!;
    b += w * from[at + 2]!;
  }
  out[to] = r;
  out[to + 1] = g;
  out[to + 2] = b;
}
