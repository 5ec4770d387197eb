// Masks of a clip as they are drawn. Each sampled frame's is enlarged once, when it is first needed; enlarging is linear,
// so what lies between two of them is faded from the enlarged ones, into one map that is used again and again.
import type { MaskStack, Moment } from './moments.js';
import { fineSize, refine, type FineMask } from './paint.js';

/** All masks of one clip. */
export class FineMasks implements FineMask {
  readonly height: number;
  readonly width: number;
  /** Of the moment that was asked for last. */
  readonly values: Float32Array;
  readonly #stack: MaskStack;
  readonly #fine: (Float32Array | undefined)[] = [];

  constructor(stack: MaskStack) {
    this.#stack = stack;
    ({ height: this.height, width: this.width } = fineSize(stack.height, stack.width));
    this.values = new Float32Array(this.height * this.width);
  }

  /** The mask of a moment, in 0..1; the next call writes over it. */
  at({ before, after, share }: Moment): FineMask {
    const [first, second] = [this.#of(before), this.#of(after)];
    const { values } = this;
    for (let i = 0; i < values.length; i++) values[i] = first[i]! + (second[i]! - first[i]!) * share;
    return this;
  }

  #of(frame: number): Float32Array {
    const { bytes, height, width } = this.#stack;
    const cells = height * width;
    return (this.#fine[frame] ??= refine(
      Float32Array.from(bytes.subarray(frame * cells, (frame + 1) * cells), (byte) => byte / 255),
      height,
      width,
    ).values);
  }
}
