// Draws one moment of a Result over a picture: mask, box and true box. Used for overlay videos, film strips
// and thumbnails; the page does the same on its own canvas with the same strokes.
import type { SKRSContext2D } from '@napi-rs/canvas';
import { trueBoxAt, type TruthClip } from '../evaluate/index.js';
import type { Box, Result } from '../result.js';
import type { Size } from '../video/index.js';
import { canvasOfPixels } from '../video/canvas.js';
import { boxAt, isActing, maskAt, momentAt, unpackMasks, type MaskStack } from './page/moments.js';
import { maskPixels, refine, strokeBox } from './page/paint.js';

/** Paints the answer for one clip at any time. */
export class AnswerPainter {
  readonly #masks: MaskStack | null;
  readonly #times: number[];
  readonly #boxes: (Box | null)[];

  constructor(
    readonly result: Result,
    readonly truth?: TruthClip,
  ) {
    this.#masks = unpackMasks(result);
    this.#times = result.frames.map(({ timeSeconds }) => timeSeconds);
    this.#boxes = result.frames.map(({ box }) => box);
  }

  /** Draws mask and boxes of the moment at `seconds` on an area of `size` whose corner is the brush's origin. */
  paint(brush: SKRSContext2D, seconds: number, size: Size, { opacity = 0.7, unit = 2 } = {}): void {
    if (this.#times.length === 0) return;
    const moment = momentAt(this.#times, seconds);
    const { width, height } = this.result.video;
    const scale: [number, number] = [size.width / width, size.height / height];
    if (this.#masks) {
      const fine = refine(maskAt(this.#masks, moment), this.#masks.height, this.#masks.width);
      brush.drawImage(canvasOfPixels(maskPixels(fine, opacity), fine), 0, 0, size.width, size.height);
    }
    const truth = this.truth ? trueBoxAt(this.truth, { timeSeconds: seconds }) : null;
    if (truth) strokeBox(brush, truth, scale, 'truth', unit);
    const box = boxAt(this.#boxes, moment);
    if (box) strokeBox(brush, box, scale, 'predicted', unit, !isActing(this.result, seconds));
  }
}
