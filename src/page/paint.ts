// Paints an answer over a picture. The same strokes serve the page's canvas and the one of the overlay video.
import { enlarge } from '../localize/maps.js';
import type { Box } from '../result.js';
import { colourTable, coverOf, MARKS, type ColourMap } from './colours.js';
import { contour } from './contour.js';

/** What both canvases can do, and all that is used of them. */
export type Brush = Pick<
  CanvasRenderingContext2D,
  | 'beginPath'
  | 'moveTo'
  | 'lineTo'
  | 'stroke'
  | 'strokeRect'
  | 'setLineDash'
  | 'save'
  | 'restore'
  | 'lineWidth'
  | 'lineJoin'
  | 'lineCap'
  | 'globalAlpha'
> & { strokeStyle: unknown };

/** What each of 256 values covers, in 0..255: a power a pixel would be the dearest part of a frame. */
const COVERS = Float32Array.from({ length: 256 }, (_, i) => 255 * coverOf(i / 255));

/** How strongly a box is drawn while no segment lasts: it still says where the model looks, not that it acts. */
const RESTING = 0.4;

/** A mask as it is drawn: finer than the grid, so that the canvas' own smoothing shows no cells. */
export interface FineMask {
  height: number;
  width: number;
  values: Float32Array;
}

/** The size that brings the longer side of a mask to about 100. */
export function fineSize(height: number, width: number): { height: number; width: number } {
  const factor = Math.max(1, Math.round(100 / Math.max(height, width)));
  return { height: height * factor, width: width * factor };
}

/** Enlarges a mask bilinearly to its fine size. */
export function refine(mask: ArrayLike<number>, height: number, width: number): FineMask {
  const fine = fineSize(height, width);
  return { ...fine, values: enlarge(mask, height, width, fine.height, fine.width) };
}

/** The mask as red, green, blue and cover, `[height, width, 4]` in 0..255; written into `pixels` where they are given. */
export function maskPixels(
  { values }: FineMask,
  opacity: number,
  colours: ColourMap = 'cividis',
  pixels: Uint8ClampedArray<ArrayBuffer> = new Uint8ClampedArray(values.length * 4),
): Uint8ClampedArray<ArrayBuffer> {
  const table = colourTable(colours);
  for (let i = 0; i < values.length; i++) {
    const at = Math.round(255 * Math.min(1, Math.max(0, values[i]!)));
    pixels[i * 4] = table[3 * at]!;
    pixels[i * 4 + 1] = table[3 * at + 1]!;
    pixels[i * 4 + 2] = table[3 * at + 2]!;
    pixels[i * 4 + 3] = opacity * COVERS[at]!;
  }
  return pixels;
}

/** The line where the mask crosses half of its range, on a canvas of `width` by `height`. */
export function strokeContour(
  brush: Brush,
  mask: FineMask,
  width: number,
  height: number,
  unit: number,
): void {
  const level = 0.5;
  const toX = width / mask.width;
  const toY = height / mask.height;
  brush.save();
  brush.lineCap = 'round';
  brush.beginPath();
  for (const [x0, y0, x1, y1] of contour(mask.values, mask.height, mask.width, level)) {
    brush.moveTo(x0 * toX, y0 * toY);
    brush.lineTo(x1 * toX, y1 * toY);
  }
  twice(brush, MARKS.predicted, unit, () => brush.stroke());
  brush.restore();
}

/** How a box is drawn: what the model says solid, what is true dashed, what knows no class thin and finely dashed. */
export interface BoxStyle {
  kind: 'predicted' | 'truth' | 'free';
  colour: string;
  unit: number;
  isResting?: boolean;
}

/** A box in units of the canvas, dark below and bright above so that it shows on any picture; faint while it rests. */
export function strokeBox(
  brush: Brush,
  [x0, y0, x1, y1]: Box,
  { kind, colour, unit, isResting = false }: BoxStyle,
): void {
  brush.save();
  brush.lineJoin = 'round';
  if (isResting) brush.globalAlpha = kind === 'free' ? 0.7 : RESTING; // thinner lines vanish sooner
  brush.setLineDash({ predicted: [], truth: [4 * unit, 3 * unit], free: [2 * unit, 2 * unit] }[kind]);
  twice(brush, colour, kind === 'free' ? 0.7 * unit : unit, () => {
    brush.strokeRect(x0, y0, x1 - x0, y1 - y0);
  });
  brush.restore();
}

/** Draws a true box, in pixels of the picture. */
export function strokeTruth(brush: Brush, box: Box, [sx, sy]: [number, number], unit: number): void {
  const scaled: Box = [box[0] * sx, box[1] * sy, box[2] * sx, box[3] * sy];
  strokeBox(brush, scaled, { kind: 'truth', colour: MARKS.truth, unit });
}

function twice(brush: Brush, colour: string, unit: number, draw: () => void): void {
  brush.strokeStyle = MARKS.shadow;
  brush.lineWidth = 2.2 * unit;
  draw();
  brush.strokeStyle = colour;
  brush.lineWidth = unit;
  draw();
}
