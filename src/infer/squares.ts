// Squares of a clip's pictures, as the backbone takes them: what a second look looks at.
import { cropTo, type Rectangle } from '../video/crop.js';
import type { Crop, FrameSpan } from '../localize/looks.js';
import { sizeOf, type Tensor } from '../tensor.js';
import type { Size } from '../video/types.js';
import type { BesideFrame } from './besideCamera.js';

/** The pictures of a clip that a second look cuts from: `data` uint8 `[n,height,width,3]`. */
export interface Pictures extends Size {
  data: Uint8Array;
  /** The part of the source picture that they show, in its pixels. */
  covers: Rectangle;
  /** The frames beside each of them, for models that look at what moves against the camera. */
  beside?: () => Promise<BesideFrame[]>;
}

/** The pictures of some of the frames. */
export function picturesIn(pictures: Pictures, [from, to]: FrameSpan): Pictures {
  const one = pictures.width * pictures.height * 3;
  return { ...pictures, data: pictures.data.subarray(from * one, to * one) };
}

/** The squares of all frames at the size that the backbone takes, uint8 `[n,H,W,3]`; `offset` is where boxes count from. */
export function cutSquares(
  pictures: Pictures,
  crops: readonly Crop[],
  size: Size,
  offset: { x: number; y: number },
): Tensor {
  const { data, width, height, covers } = pictures;
  const [sx, sy] = [width / covers.width, height / covers.height];
  const shape = [crops.length, size.height, size.width, 3];
  const out = new Uint8Array(sizeOf(shape));
  const one = width * height * 3;
  crops.forEach(({ x, y, side }, t) => {
    const from = {
      x: (x + offset.x - covers.x) * sx,
      y: (y + offset.y - covers.y) * sy,
      width: side * sx,
      height: side * sy,
    };
    const square = cropTo(data.subarray(t * one, (t + 1) * one), { width, height }, from, size);
    out.set(square, (t * out.length) / crops.length);
  });
  return { dtype: 'uint8', shape, data: out };
}
