// Draws one moment of a Result over a picture: mask, boxes of the actors and true box. Used for overlay videos, film strips
// and thumbnails; the page does the same on its own canvas with the same strokes.
import type { SKRSContext2D } from '@napi-rs/canvas';
import { trueBoxAt, type TruthClip } from '../truth.js';
import type { Result } from '../result.js';
import type { Size } from '../video/index.js';
import { canvasOfPixels, FONT } from '../video/canvas.js';
import { ActorMarks, drawMarks } from '../page/actorMarks.js';
import { maskAt, momentAt, unpackMasks, type MaskStack } from '../page/moments.js';
import { maskPixels, refine, strokeTruth } from '../page/paint.js';

/** Paints the answer for one clip at any time. */
export class AnswerPainter {
  readonly #masks: MaskStack | null;
  readonly #times: number[];
  readonly #marks: ActorMarks;

  constructor(
    readonly result: Result,
    readonly truth?: TruthClip,
  ) {
    this.#masks = unpackMasks(result);
    this.#times = result.frames.map(({ timeSeconds }) => timeSeconds);
    this.#marks = new ActorMarks(result);
  }

  /**
   * Draws mask and boxes of the moment at `seconds` on an area of `size` whose corner is the brush's origin; the names of
   * actors too, unless the picture is too small for them.
   */
  paint(
    brush: SKRSContext2D,
    seconds: number,
    size: Size,
    {
      opacity = 0.7,
      unit = 2,
      hasNames = true,
    }: { opacity?: number; unit?: number; hasNames?: boolean } = {},
  ): void {
    if (this.#times.length === 0) return;
    const moment = momentAt(this.#times, seconds);
    const { width, height } = this.result.video;
    const scale: [number, number] = [size.width / width, size.height / height];
    if (this.#masks) {
      const fine = refine(maskAt(this.#masks, moment), this.#masks.height, this.#masks.width);
      brush.drawImage(canvasOfPixels(maskPixels(fine, opacity), fine), 0, 0, size.width, size.height);
    }
    const truth = this.truth ? trueBoxAt(this.truth, { timeSeconds: seconds }) : null;
    if (truth) strokeTruth(brush, truth, scale, unit);
    const font = hasNames ? `"${FONT}"` : null;
    drawMarks(brush, this.#marks.at(moment, seconds), { scale, unit, font, size });
  }
}
