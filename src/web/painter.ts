// Pixels of what is drawn, on one canvas as long as the size stays.
import type { Size } from '../video/types.js';

/** A canvas that nobody sees. */
export class Painter {
  #canvas = new OffscreenCanvas(1, 1);
  #context = contextOf(this.#canvas);

  /** RGBA of a picture of this size. */
  pixels(
    { width, height }: Size,
    draw: (context: OffscreenCanvasRenderingContext2D) => void,
  ): Uint8ClampedArray {
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      this.#canvas = new OffscreenCanvas(width, height);
      this.#context = contextOf(this.#canvas);
    }
    draw(this.#context);
    return this.#context.getImageData(0, 0, width, height).data;
  }
}

function contextOf(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D {
  return canvas.getContext('2d', { willReadFrequently: true })!;
}
