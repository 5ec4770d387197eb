// What lies over the video: mask, contour, boxes of the actors and truth of the moment that is shown. The mask has a canvas of its own, as
// fine as the mask and no finer, which the browser scales with the picture; lines are drawn at the size of the screen.
import type { Box } from '../result.js';
import { ActorMarks, drawMarks } from './actorMarks.js';
import { boxAt, momentAt, nearestOf, unpackMasks, type Moment } from './moments.js';
import type { ColourMap } from './colours.js';
import type { ShownClip } from './pageData.js';
import { FineMasks } from './fineMasks.js';
import { maskPixels, strokeContour, strokeTruth } from './paint.js';

/** The page's own letters. */
const FONT = 'ui-sans-serif, system-ui, sans-serif';

/** What is drawn. */
export interface OverlayChoice {
  mask: boolean;
  contour: boolean;
  box: boolean;
  truth: boolean;
  opacity: number;
  colours: ColourMap;
  /** The one class whose boxes are drawn; null: all that are told. */
  only: string | null;
}

/** The choice of a page that was just opened. */
export const firstChoice: OverlayChoice = {
  mask: true,
  contour: false,
  box: true,
  truth: true,
  opacity: 0.75,
  colours: 'cividis',
  only: null,
};

/** The overlay; `draw` is cheap enough for every frame of a playing video: nothing is laid out and no picture allocated. */
export class Overlay {
  choice: OverlayChoice = { ...firstChoice };
  /** A video whose picture is drawn below, where the canvas does not lie over one. */
  under: HTMLVideoElement | null = null;
  readonly #canvas: HTMLCanvasElement;
  readonly #small: HTMLCanvasElement;
  readonly #isMaskApart: boolean;
  readonly #watch = new ResizeObserver(([entry]) => this.#resize(entry!.contentRect));
  #clip: ShownClip | null = null;
  #masks: FineMasks | null = null;
  #pixels: ImageData | null = null;
  #hasLines = false;
  #times: number[] = [];
  #marks: ActorMarks | null = null;
  #seconds = 0;

  /** `mask` lies below `canvas` and is stretched over the picture; without it the mask is drawn on `canvas` too. */
  constructor(canvas: HTMLCanvasElement, mask: HTMLCanvasElement | null = null) {
    this.#canvas = canvas;
    this.#small = mask ?? document.createElement('canvas');
    this.#isMaskApart = mask !== null;
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
    const masks = unpackMasks(clip.result);
    this.#masks = masks && new FineMasks(masks);
    this.#pixels = this.#masks && new ImageData(this.#masks.width, this.#masks.height);
    this.#small.width = this.#masks?.width ?? 0; // clears it too
    this.#small.height = this.#masks?.height ?? 0;
    this.#times = clip.result.frames.map(({ timeSeconds }) => timeSeconds);
    this.#marks = new ActorMarks(clip.result, clip.order);
  }

  /** Draws the moment at `seconds`. */
  draw(seconds: number): void {
    this.#seconds = seconds;
    const clip = this.#clip;
    const brush = this.#canvas.getContext('2d');
    const { width, height } = this.#canvas;
    if (!clip || !brush) return;
    if (this.#hasLines) brush.clearRect(0, 0, width, height);
    this.#hasLines = this.under !== null;
    if (this.under && this.under.readyState >= 2) brush.drawImage(this.under, 0, 0, width, height);
    if (this.#times.length === 0 || width === 0) return;
    const moment = momentAt(this.#times, seconds);
    this.#drawMask(brush, moment);
    const unit = 2 * (window.devicePixelRatio || 1);
    const scale: [number, number] = [width / clip.result.video.width, height / clip.result.video.height];
    const truth = this.choice.truth ? trueBox(clip, seconds) : null;
    if (truth) strokeTruth(brush, truth, scale, unit);
    const marks = (this.choice.box && this.#marks?.at(moment, seconds, this.choice.only)) || [];
    drawMarks(brush, marks, { scale, unit, font: FONT, size: this.#canvas });
    this.#hasLines ||= truth !== null || marks.length > 0 || this.choice.contour;
  }

  #drawMask(brush: CanvasRenderingContext2D, moment: Moment): void {
    const { mask, contour, opacity, colours } = this.choice;
    if (this.#isMaskApart && this.#small.hidden === mask) this.#small.hidden = !mask;
    if (!this.#masks || !this.#pixels || !(mask || contour)) return;
    const fine = this.#masks.at(moment);
    const { width, height } = this.#canvas;
    if (mask) {
      maskPixels(fine, opacity, colours, this.#pixels.data);
      this.#small.getContext('2d')!.putImageData(this.#pixels, 0, 0);
      if (!this.#isMaskApart) {
        brush.imageSmoothingQuality = 'high';
        brush.drawImage(this.#small, 0, 0, width, height);
      }
    }
    if (contour) strokeContour(brush, fine, width, height, 2 * (window.devicePixelRatio || 1));
  }

  /** Sizes are read here and not on every frame, which would lay the page out anew. */
  #resize({ width, height }: { width: number; height: number }): void {
    const ratio = window.devicePixelRatio || 1;
    this.#canvas.width = Math.round(width * ratio);
    this.#canvas.height = Math.round(height * ratio);
    this.draw(this.#seconds);
  }
}

function trueBox({ truth }: ShownClip, seconds: number): Box | null {
  if (!truth || truth.times.length === 0) return null;
  const moment = momentAt(truth.times, seconds);
  const nearest = truth.times[nearestOf(moment)]!;
  const spacing = (truth.times.at(-1)! - truth.times[0]!) / Math.max(1, truth.times.length - 1);
  return Math.abs(nearest - seconds) > 1.01 * spacing ? null : boxAt(truth.boxes, moment);
}
