// Drawing in Node: canvases of RGB bytes, and a font of our own (without one, text is silently not drawn). Loaded by name, not by index.ts, so that decoding does not load it.
import { createRequire } from 'node:module';
import type * as Drawing from '@napi-rs/canvas';
import type { Canvas, SKRSContext2D } from '@napi-rs/canvas';
import { installed } from '../installed.js';
import type { Size } from './types.js';

/** The family that {@link newCanvas} can write in. */
export const FONT = 'wherewhen sans';

const drawing = () => installed<typeof Drawing>('@napi-rs/canvas', 'draws pictures');

let hasFont = false;

/** An empty canvas; text may be written in {@link FONT}. */
export function newCanvas({ width, height }: Size): { canvas: Canvas; brush: SKRSContext2D } {
  const { createCanvas, GlobalFonts } = drawing();
  if (!hasFont) {
    const require = createRequire(import.meta.url);
    for (const name of ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf']) {
      GlobalFonts.registerFromPath(require.resolve(`dejavu-fonts-ttf/ttf/${name}`), FONT);
    }
    hasFont = true;
  }
  const canvas = createCanvas(width, height);
  return { canvas, brush: canvas.getContext('2d') };
}

/** A canvas that shows RGB bytes, 3 a pixel. */
export function canvasOf(rgb: Uint8Array, size: Size): Canvas {
  const pixels = new Uint8ClampedArray(size.width * size.height * 4);
  for (let from = 0, to = 0; to < pixels.length; from += 3, to += 4) {
    pixels[to] = rgb[from]!;
    pixels[to + 1] = rgb[from + 1]!;
    pixels[to + 2] = rgb[from + 2]!;
    pixels[to + 3] = 255;
  }
  return canvasOfPixels(pixels, size);
}

/** A canvas that shows RGBA bytes, 4 a pixel. */
export function canvasOfPixels(pixels: Uint8ClampedArray, size: Size): Canvas {
  const { canvas, brush } = newCanvas(size);
  const { ImageData } = drawing();
  brush.putImageData(new ImageData(pixels, size.width, size.height), 0, 0);
  return canvas;
}
