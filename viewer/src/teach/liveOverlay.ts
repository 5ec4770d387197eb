// What lies over the camera's picture, or over a frame of a take: the mask of the frame, and the box of who does what in the
// colour that its action has on the whole page.
import { drawMarks, type ActorMark as Drawn } from '../../../src/page/actorMarks.js';
import { shownActors } from '../../../src/page/actors.js';
import { classColour, MARKS } from '../../../src/page/colours.js';
import { FineMasks } from '../../../src/page/fineMasks.js';
import { unpackMasks } from '../../../src/page/moments.js';
import { maskPixels } from '../../../src/page/paint.js';
import type { Box, Result } from '../../../src/result.js';
import { actions } from './lesson.js';

/** How it is drawn. */
export interface OverlayLook {
  /** The place of the frame; by default the last. */
  frame?: number;
  /** Is the picture below shown as in a mirror? Names are then written the right way round all the same. */
  isMirrored?: boolean;
}

const FONT = 'ui-sans-serif, system-ui, sans-serif';
const OPACITY = 0.45;

/** Draws on one canvas. */
export class LiveOverlay {
  readonly #canvas: HTMLCanvasElement;
  readonly #small = document.createElement('canvas');

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
  }

  /** Draws one frame of an answer. */
  draw(result: Result, { frame = result.frames.length - 1, isMirrored = false }: OverlayLook = {}): void {
    const brush = this.#start();
    const { width, height } = this.#canvas;
    if (!brush || width === 0) return;
    this.#drawMask(brush, result, { frame, isMirrored });
    const unit = 2 * (window.devicePixelRatio || 1);
    const scale: [number, number] = [width / result.video.width, height / result.video.height];
    const mirror = ([x0, y0, x1, y1]: Box): Box =>
      isMirrored ? [result.video.width - x1, y0, result.video.width - x0, y1] : [x0, y0, x1, y1];
    const marks = marksOf(result, frame).map((mark) => ({ ...mark, box: mirror(mark.box) }));
    drawMarks(brush, marks, { scale, unit, font: FONT, size: this.#canvas });
  }

  /** Takes everything away. */
  clear(): void {
    this.#start();
  }

  #start(): CanvasRenderingContext2D | null {
    const ratio = window.devicePixelRatio || 1;
    const { clientWidth, clientHeight } = this.#canvas;
    const [width, height] = [Math.round(clientWidth * ratio), Math.round(clientHeight * ratio)];
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
    const brush = this.#canvas.getContext('2d');
    brush?.clearRect(0, 0, width, height);
    return brush;
  }

  #drawMask(brush: CanvasRenderingContext2D, result: Result, look: Required<OverlayLook>): void {
    const stack = unpackMasks(result);
    if (!stack) return;
    const { frame, isMirrored } = look;
    const fine = new FineMasks(stack).at({ before: frame, after: frame, share: 0 });
    const pixels = new ImageData(fine.width, fine.height);
    maskPixels(fine, OPACITY, 'cividis', pixels.data);
    [this.#small.width, this.#small.height] = [fine.width, fine.height];
    this.#small.getContext('2d')!.putImageData(pixels, 0, 0);
    const { width, height } = this.#canvas;
    brush.save();
    if (isMirrored) brush.setTransform(-1, 0, 0, 1, width, 0);
    brush.imageSmoothingQuality = 'high';
    brush.drawImage(this.#small, 0, 0, width, height);
    brush.restore();
  }
}

/** Boxes of a frame: of the actors that are told, else the one that knows no class. */
export function marksOf(result: Result, frame: number): Drawn[] {
  const marks = shownActors(result).flatMap(({ label, boxes }): Drawn[] => {
    const box = boxes[frame];
    return box ? [{ box, name: label, colour: classColour(placeOf(label)), isResting: false }] : [];
  });
  if (marks.length > 0) return marks.slice(0, 1); // takes show one doing at a time
  const box = result.frames[frame]?.box;
  return box ? [{ box, name: null, colour: MARKS.free, isResting: false }] : [];
}

/** The place of an action among all, which gives its colour. */
export function placeOf(label: string): number {
  return Math.max(
    0,
    actions.peek().findIndex(({ name }) => name === label),
  );
}
