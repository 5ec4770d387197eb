// The frames that an extractor takes, checked at its door.
import { inputError } from '../errors.js';
import { sizeOf, type Tensor } from '../tensor.js';
import type { FrameSize } from './backbone.js';

/** The number of frames in `[B,H,W,3]`; throws `input` unless they are bytes of this size. */
export function requireFrames({ dtype, shape, data }: Tensor, { width, height }: FrameSize): number {
  const [count = 0, ...rest] = shape;
  const isWhole = dtype === 'uint8' && shape.length === 4 && count > 0 && data.length === sizeOf(shape);
  if (isWhole && `${rest}` === `${[height, width, 3]}`) return count;
  throw inputError(
    'frames',
    `uint8 [B, ${height}, ${width}, 3]`,
    `${dtype} [${shape.join(', ')}] of ${data.length} numbers`,
  );
}

/** Frames `start` to `end` of `[B,H,W,3]`, not copied; with fewer than `batch` of them the rest is black. */
export function framesFrom(frames: Tensor, start: number, end: number, batch: number): Tensor {
  const [, ...rest] = frames.shape;
  const one = sizeOf(rest);
  const bytes = (frames.data as Uint8Array).subarray(start * one, end * one);
  if (end - start === batch) return { dtype: 'uint8', shape: [batch, ...rest], data: bytes };
  const data = new Uint8Array(batch * one);
  data.set(bytes);
  return { dtype: 'uint8', shape: [batch, ...rest], data };
}
