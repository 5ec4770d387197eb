// Drawing on pictures: a frame, a mask over it, a box, words, and a strip of weights over time.
// The canvas draws no letter without a font and says nothing, so one comes with the package.
import type { Canvas, SKRSContext2D } from '@napi-rs/canvas';
import { createRequire } from 'node:module';
import { palette, viridis } from './colourMap.js';
import type { Size } from './types.js';

/** A rectangle on the picture, in pixels. */
export interface Rect extends Size {
  x: number;
  y: number;
}

/** A canvas with its context; made by `createPicture`, so that the font is there. */
export interface Picture extends Size {
  canvas: Canvas;
  context: SKRSContext2D;
  /** An empty canvas of another size, for pictures that are drawn scaled. */
  sheet: (width: number, height: number) => Canvas;
}

const family = 'DejaVu Sans';
let hasFont = false;

/** An empty (transparent) picture. */
export async function createPicture(width: number, height: number): Promise<Picture> {
  const { createCanvas, GlobalFonts } = await import('@napi-rs/canvas');
  if (!hasFont) {
    const { resolve } = createRequire(import.meta.url);
    GlobalFonts.registerFromPath(resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'), family);
    GlobalFonts.registerFromPath(resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf'), family);
    hasFont = true;
  }
  const canvas = createCanvas(width, height);
  return { canvas, context: canvas.getContext('2d'), sheet: createCanvas, width, height };
}

/** The pixels as RGBA, for `encodeVideo` and for tests. */
export function pixelsOf({ context, width, height }: Picture): Uint8Array {
  const { data } = context.getImageData(0, 0, width, height);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** The picture as a PNG file's bytes. */
export function pngOf({ canvas }: Picture): Uint8Array {
  return canvas.toBuffer('image/png');
}

/** Draws RGB pixels of `size` into `rect`, by default the whole picture, smoothly scaled. */
export function drawFrame(picture: Picture, rgb: Uint8Array, size: Size, rect: Rect = whole(picture)): void {
  const paint = (i: number, out: Uint8ClampedArray): void => {
    out.set(rgb.subarray(3 * i, 3 * i + 3), 4 * i);
    out[4 * i + 3] = 255;
  };
  drawCells(picture, size, paint, rect);
}

/**
 * Lays a mask (`[height, width]` in 0..1) over the picture: viridis, and the more opaque the
 * higher the value, so that what was not looked at stays visible as it was.
 */
export function drawMask(
  picture: Picture,
  mask: ArrayLike<number>,
  size: Size,
  { rect = whole(picture), opacity = 0.65 }: { rect?: Rect; opacity?: number } = {},
): void {
  const paint = (i: number, out: Uint8ClampedArray): void => {
    const value = Math.max(0, Math.min(1, mask[i]! || 0));
    out.set(viridis(value), 4 * i);
    out[4 * i + 3] = 255 * opacity * value;
  };
  drawCells(picture, size, paint, rect);
}

/** Draws a box `[x0, y0, x1, y1]` (outer edges) in `colour` on a dark rim, so that it shows on any ground. */
export function drawBox(
  { context }: Picture,
  [x0, y0, x1, y1]: readonly [number, number, number, number],
  { colour = palette[0]!, lineWidth = 3, isDashed = false }: BoxStyle = {},
): void {
  context.save();
  for (const [style, width] of [
    ['rgba(0, 0, 0, 0.7)', lineWidth + 2],
    [colour, lineWidth],
  ] as const) {
    context.strokeStyle = style;
    context.lineWidth = width;
    context.setLineDash(isDashed ? [3 * lineWidth, 2 * lineWidth] : []);
    context.strokeRect(x0, y0, x1 - x0, y1 - y0);
  }
  context.restore();
}

/** How a box is drawn. */
export interface BoxStyle {
  colour?: string;
  lineWidth?: number;
  isDashed?: boolean;
}

/** How words are drawn: `size` is the height of the letters' em in pixels. */
export interface LabelStyle {
  size?: number;
  colour?: string;
  ground?: string;
  isBold?: boolean;
}

/** Writes words on a dark ground with its top left corner at `(x, y)`, kept inside the picture; returns what it covers. */
export function drawLabel(
  { context, width, height }: Picture,
  words: string,
  x: number,
  y: number,
  { size = 14, colour = '#ffffff', ground = 'rgba(0, 0, 0, 0.72)', isBold = false }: LabelStyle = {},
): Rect {
  const margin = Math.round(size / 3);
  context.save();
  context.font = `${isBold ? 'bold ' : ''}${size}px "${family}"`;
  context.textBaseline = 'middle';
  const text = shortened(context, words, width - 2 * margin);
  const rect = {
    width: Math.ceil(context.measureText(text).width) + 2 * margin,
    height: size + margin,
    x,
    y,
  };
  rect.x = Math.max(0, Math.min(x, width - rect.width));
  rect.y = Math.max(0, Math.min(y, height - rect.height));
  context.fillStyle = ground;
  context.fillRect(rect.x, rect.y, rect.width, rect.height);
  context.fillStyle = colour;
  context.fillText(text, rect.x + margin, rect.y + rect.height / 2);
  context.restore();
  return rect;
}

/** How a strip of weights is drawn. */
export interface StripOptions {
  /** The bar to mark: the frame that is shown. */
  current?: number;
  /** Stretches to underline, in bars, `end` excluded. */
  segments?: readonly { start: number; end: number; colour?: string }[];
}

/** Draws one bar a frame, as high as its share of the highest weight, in viridis; the current one has a white rim. */
export function drawWeightStrip(
  { context }: Picture,
  weights: ArrayLike<number>,
  rect: Rect,
  { current, segments = [] }: StripOptions = {},
): void {
  const highest = Math.max(1e-12, ...Array.from(weights));
  const bar = rect.width / weights.length;
  context.save();
  context.fillStyle = 'rgba(0, 0, 0, 0.72)';
  context.fillRect(rect.x, rect.y, rect.width, rect.height);
  for (let i = 0; i < weights.length; i++) {
    const value = Math.max(0, weights[i]! / highest || 0);
    const height = Math.max(1, value * (rect.height - 6));
    context.fillStyle = `rgb(${viridis(0.15 + 0.85 * value).join(' ')})`;
    context.fillRect(rect.x + i * bar, rect.y + rect.height - 3 - height, Math.max(1, bar - 1), height);
  }
  for (const { start, end, colour = palette[0]! } of segments) {
    context.fillStyle = colour;
    context.fillRect(rect.x + start * bar, rect.y + rect.height - 3, (end - start) * bar, 3);
  }
  if (current !== undefined) {
    context.strokeStyle = '#ffffff';
    context.lineWidth = 2;
    context.strokeRect(rect.x + current * bar, rect.y + 1, Math.max(2, bar - 1), rect.height - 2);
  }
  context.restore();
}

/** Paints one cell at a time on a sheet of the cells' own size, then draws it smoothly into `rect`. */
function drawCells(
  { context, sheet }: Picture,
  { width, height }: Size,
  paint: (index: number, rgba: Uint8ClampedArray) => void,
  rect: Rect,
): void {
  const cells = sheet(width, height);
  const inner = cells.getContext('2d');
  const image = inner.createImageData(width, height);
  for (let i = 0; i < width * height; i++) paint(i, image.data);
  inner.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = 'medium'; // bilinear; 'high' is cubic and overshoots at a mask's edge
  context.drawImage(cells, rect.x, rect.y, rect.width, rect.height);
}

/** The words, cut with an ellipsis where they are wider than `most`. */
function shortened(context: SKRSContext2D, words: string, most: number): string {
  if (context.measureText(words).width <= most) return words;
  let length = words.length;
  while (length > 0 && context.measureText(`${words.slice(0, length)}…`).width > most) length--;
  return `${words.slice(0, length)}…`;
}

function whole({ width, height }: Size): Rect {
  return { x: 0, y: 0, width, height };
}
