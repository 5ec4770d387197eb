// How a video is turned for display. Containers store a 3 x 3 matrix (QuickTime's display matrix,
// 16.16 fixed point) beside the stream; decoders do not apply it, so we do, on the small pictures.
import type { Size } from './types.js';

/** Mirrored left-right first (where set), then turned clockwise by a multiple of 90 degrees. */
export interface Orientation {
  rotation: 0 | 90 | 180 | 270;
  isMirrored: boolean;
}

/** As the pictures are stored. */
export const upright: Orientation = { rotation: 0, isMirrored: false };

/**
 * Reads the first two columns `[a, b, c, d]` of a display matrix, which sends a stored point
 * `(x, y)` to `(a x + c y, b x + d y)`, y downwards. Angles between right angles go to the nearest.
 */
export function orientationOf(a: number, b: number, c: number, d: number): Orientation {
  if (a * d - b * c === 0) return upright;
  const isMirrored = a * d - b * c < 0;
  const turn = Math.atan2(isMirrored ? -b : b, isMirrored ? -a : a); // undo the mirror, x -> -x
  const quarters = ((Math.round(turn / (Math.PI / 2)) % 4) + 4) % 4;
  return { rotation: (quarters * 90) as Orientation['rotation'], isMirrored };
}

/** Reads a display matrix as nine little-endian 32-bit words (side data of the stream). */
export function orientationOfBytes(bytes: Uint8Array | null | undefined): Orientation {
  if (!bytes || bytes.byteLength < 36) return upright;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = (i: number): number => view.getInt32(4 * i, true);
  return orientationOf(at(0), at(1), at(3), at(4));
}

/** The size of a picture before or after it is turned. */
export function turnedSize({ width, height }: Size, { rotation }: Orientation): Size {
  return rotation % 180 === 0 ? { width, height } : { width: height, height: width };
}

/** Turns RGB pixels of the stored `size`; an upright picture is returned as it is. */
export function turn(pixels: Uint8Array, size: Size, orientation: Orientation): Uint8Array {
  if (orientation.rotation === 0 && !orientation.isMirrored) return pixels;
  const { width, height } = size;
  const target = turnedSize(size, orientation);
  const out = new Uint8Array(pixels.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const mirrored = orientation.isMirrored ? width - 1 - x : x;
      const [tx, ty] = place(mirrored, y, size, orientation.rotation);
      const from = (y * width + x) * 3;
      const to = (ty * target.width + tx) * 3;
      out[to] = pixels[from]!;
      out[to + 1] = pixels[from + 1]!;
      out[to + 2] = pixels[from + 2]!;
    }
  return out;
}

/** Where the pixel at `(x, y)` lands when the picture is turned clockwise. */
function place(x: number, y: number, { width, height }: Size, rotation: number): [number, number] {
  if (rotation === 90) return [height - 1 - y, x];
  if (rotation === 180) return [width - 1 - x, height - 1 - y];
  if (rotation === 270) return [y, width - 1 - x];
  return [x, y];
}
