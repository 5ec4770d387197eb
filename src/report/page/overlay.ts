// The canvas over the video: mask, contour, box and truth of the moment that is shown.
import type { Box } from '../../result.js';
import { boxAt, isActing, maskAt, momentAt, nearestOf, unpackMasks, type MaskStack } from './moments.js';
import type { ColourMap } from './colours.js';
import type { ShownClip } from './pageData.js';
import { maskPixels, refine, strokeBox, strokeContour } from './paint.js';

/** What is drawn. */
export interface OverlayChoice {
  mask: boolean;
  contour: boolean;
  box: boolean;
  truth: boolean;
  opacity: number;
  colours: ColourMap;
}

/** The choice of a page that was just opened. */
export const firstChoice: OverlayChoice = {
  mask: true,
  contour: false,
  box: true,
  truth: true,
  opacity: 0.75,
  colours: 'cividis',
};

/** The overlay on one canvas; `draw` is cheap enough for every frame of a playing video. */
export class Overlay {
  choice: OverlayChoice = { ...firstChoice };
  /** A video whose picture is drawn below, where the canvas does not lie over one. */
  under: HTMLVideoElement | null = null;
  readonly #canvas: HTMLCanvasElement;
  readonly #small = document.createElement('canvas');
  readonly #watch = new ResizeObserver(() => this.draw(this.#seconds));
  #clip: ShownClip | null = null;
  #masks: MaskStack | null = null;
  #times: number[] = [];
  #boxes: (Box | null)[] = [];
  #seconds = 0;

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
    this.#watch.observe(canvas);
  }

  /** Lets the canvas go. */
  close(): void {
    this.#watch.disconnect();
    this.#clip = null;
  }

  /** Takes a clip; the next `draw` shows it. */
  load(clip: ShownClip): void {
    this.#clip = clip;
    this.#masks = unpackMasks(clip.result);
    this.#times = clip.result.frames.map(({ timeSeconds }) => timeSeconds);
    this.#boxes = clip.result.frames.map(({ box }) => box);
  }

  /** Draws the moment at `seconds`. */
  draw(seconds: number): void {
    this.#seconds = seconds;
    const clip = this.#clip;
    const brush = this.#canvas.getContext('2d');
    if (!clip || !brush) return;
    const ratio = window.devicePixelRatio || 1;
    const width = Math.round(this.#canvas.clientWidth * ratio);
    const height = Math.round(this.#canvas.clientHeight * ratio);
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
    brush.clearRect(0, 0, width, height);
    if (this.under && this.under.readyState >= 2) brush.drawImage(this.under, 0, 0, width, height);
    if (this.#times.length === 0 || width === 0) return;
    const moment = momentAt(this.#times, seconds);
    const unit = 2 * ratio;
    const scale: [number, number] = [width / clip.result.video.width, height / clip.result.video.height];
    if (this.#masks && (this.choice.mask || this.choice.contour)) {
      const fine = refine(maskAt(this.#masks, moment), this.#masks.height, this.#masks.width);
      if (this.choice.mask) this.#glow(brush, fine, width, height);
      if (this.choice.contour) strokeContour(brush, fine, width, height, unit);
    }
    const truth = this.choice.truth ? trueBox(clip, seconds) : null;
    if (truth) strokeBox(brush, truth, scale, 'truth', unit);
    const box = this.choice.box ? boxAt(this.#boxes, moment) : null;
    if (box) strokeBox(brush, box, scale, 'predicted', unit, !isActing(clip.result, seconds));
  }

  #glow(
    brush: CanvasRenderingContext2D,
    fine: ReturnType<typeof refine>,
    width: number,
    height: number,
  ): void {
    this.#small.width = fine.width;
    this.#small.height = fine.height;
    const pixels = maskPixels(fine, this.choice.opacity, this.choice.colours);
    this.#small.getContext('2d')!.putImageData(new ImageData(pixels, fine.width, fine.height), 0, 0);
    brush.imageSmoothingQuality = 'high';
    brush.drawImage(this.#small, 0, 0, width, height);
  }
}

function trueBox({ truth }: ShownClip, seconds: number): Box | null {
  if (!truth || truth.times.length === 0) return null;
  const moment = momentAt(truth.times, seconds);
  const nearest = truth.times[nearestOf(moment)]!;
  const spacing = (truth.times.at(-1)! - truth.times[0]!) / Math.max(1, truth.times.length - 1);
  return Math.abs(nearest - seconds) > 1.01 * spacing ? null : boxAt(truth.boxes, moment);
}
