// What changes beside a sampled frame when the camera's motion is taken off: whoever moves against what surrounds them.
//
//   P = mean over both neighbours J of |J(p + camera) - I(p)|, 0 where J shows nothing; on pictures of half of GREY_SIZE
import { shapeError } from '../errors.js';
import { alignable, alignCamera } from './alignCamera.js';
import { GREY_SIZE } from './grey.js';
import { bilinear, BORDER, emptyPyramid, fillPyramid, type Extent, type PyramidLevel } from './pyramid.js';

/** Size of the maps of {@link CameraChange}. */
export const CHANGE_SIZE: Extent = { width: GREY_SIZE.width >> 1, height: GREY_SIZE.height >> 1 };

/** Part of a map in shares of the picture: `x` and `y` of its upper left corner, and its sides; it may reach beyond. */
export interface Part {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Compares frames with their neighbours; keeps its memory. */
export class CameraChange {
  readonly #here = emptyPyramid(GREY_SIZE);
  readonly #beside = emptyPyramid(GREY_SIZE);

  /**
   * The map `P`, `[CHANGE_SIZE.height, CHANGE_SIZE.width]` in grey levels, of a grey picture of {@link GREY_SIZE} and those
   * of the frames before and after it, of which there may be none (then `P` is 0). Throws a WhereWhenError (`shape`) for
   * pictures of another size.
   */
  of(picture: Uint8Array, neighbours: readonly Uint8Array[]): Float32Array {
    for (const one of [picture, ...neighbours]) checkSize(one);
    const out = new Float32Array(CHANGE_SIZE.width * CHANGE_SIZE.height);
    fillPyramid(this.#here, picture);
    const samples = alignable(this.#here);
    for (const neighbour of neighbours) {
      fillPyramid(this.#beside, neighbour);
      const { u, v } = alignCamera(samples, this.#beside);
      const half = [u, v].map((numbers) => numbers.map((one) => one / 2)) as [number[], number[]];
      addDifference(out, this.#here[1]!, this.#beside[1]!, half, 1 / neighbours.length);
    }
    return out;
  }
}

/** Adds a share of `|J(p + camera) - I(p)|`; `camera` is `u` and `v` in pixels of these levels. */
function addDifference(
  out: Float32Array,
  here: PyramidLevel,
  beside: PyramidLevel,
  [u, v]: readonly [readonly number[], readonly number[]],
  share: number,
): void {
  const { width, height, stride, data } = here;
  for (let y = 0, i = 0; y < height; y++) {
    const sy = (y + 0.5) / height - 0.5;
    for (let x = 0; x < width; x++, i++) {
      const sx = (x + 0.5) / width - 0.5;
      const toX = x + u[0]! + u[1]! * sx + u[2]! * sy;
      const toY = y + v[0]! + v[1]! * sx + v[2]! * sy;
      if (toX < 0 || toX > width - 1 || toY < 0 || toY > height - 1) continue;
      const level = data[(y + BORDER) * stride + x + BORDER]!;
      out[i]! += share * Math.abs(bilinear(beside, toX, toY) - level);
    }
  }
}

/** The mean of a map over the pixels that each part touches; of a part beyond the picture those of its nearest edge. */
export function partMeans(map: Float32Array, parts: readonly Part[]): Float32Array {
  const { width, height } = CHANGE_SIZE;
  return Float32Array.from(parts, (part) => {
    const [left, right] = touched(part.x, part.width, width);
    const [top, bottom] = touched(part.y, part.height, height);
    let sum = 0;
    for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) sum += map[y * width + x]!;
    return sum / ((right - left) * (bottom - top));
  });
}

function touched(start: number, length: number, pixels: number): [number, number] {
  const low = Math.min(pixels - 1, Math.max(0, Math.floor(start * pixels)));
  const high = Math.min(pixels, Math.ceil((start + length) * pixels));
  return [low, Math.max(low + 1, high)];
}

function checkSize({ length }: Uint8Array): void {
  const { width, height } = GREY_SIZE;
  if (length === width * height) return;
  const expected = `grey pictures of ${width} x ${height}, one byte a pixel`;
  throw shapeError('cameraChange', expected, `${length} bytes`);
}
