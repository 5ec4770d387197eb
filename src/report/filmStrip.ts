// A film strip: small pictures of a clip side by side in one JPEG, with the answer drawn in or without.
import type { Canvas } from '@napi-rs/canvas';
import { canvasOf, newCanvas } from '../video/canvas.js';
import type { Frame, Size, VideoSource } from '../video/index.js';
import type { AnswerPainter } from './answerPainter.js';

/** Height of a film strip's pictures in pixels: twice what the page shows, for fine displays. */
const FILM_HEIGHT = 96;

/** How a strip of pictures of this shape is laid out; `aspect` is of the whole strip. */
function layoutOf(picture: Size): { columns: number; aspect: number; size: Size } {
  const aspect = picture.width / picture.height;
  const columns = 2 * Math.min(10, Math.max(2, Math.round(8 / aspect))) + 1; // odd: its middle is the middle of a picture
  const size = { width: Math.max(1, Math.round(FILM_HEIGHT * aspect)), height: FILM_HEIGHT };
  return { columns, aspect: (size.width * columns) / FILM_HEIGHT, size };
}

/** The plain strip of an open video: one pass over its frames. Throws the signal's reason where it is given up. */
export async function filmStrip(source: VideoSource, signal?: AbortSignal): Promise<Buffer> {
  const { info, times } = source;
  const { columns, size } = layoutOf(info);
  const strip = new FilmStrip(info, info.durationSeconds);
  const wanted = new Set<number>();
  for (let column = 0; column < columns; column++) {
    const middle = ((column + 0.5) / columns) * info.durationSeconds;
    const index = times.findIndex((time) => time >= middle - 1e-6);
    wanted.add(index < 0 ? info.frames - 1 : index);
  }
  const indices = [...wanted].sort((a, b) => a - b);
  for await (const frame of source.frames({ size, indices, signal })) strip.see(frame, frame.timeSeconds);
  return strip.picture();
}

/** Columns and shape of the strip that {@link filmStrip} makes of such a video. */
export function filmLayout(picture: Size): { columns: number; aspect: number } {
  const { columns, aspect } = layoutOf(picture);
  return { columns, aspect };
}

/** Pictures side by side, each the first frame at or after the middle of its part of the clip. */
export class FilmStrip {
  readonly columns: number;
  readonly aspect: number;
  readonly #size: Size;
  readonly #canvas: ReturnType<typeof newCanvas>;
  #filled = 0;

  constructor(
    picture: Size,
    readonly duration: number,
    readonly painter?: AnswerPainter,
  ) {
    const { columns, aspect, size } = layoutOf(picture);
    this.columns = columns;
    this.aspect = aspect;
    this.#size = size;
    this.#canvas = newCanvas({ width: this.#size.width * this.columns, height: FILM_HEIGHT });
  }

  see(frame: Frame, seconds: number): void {
    while (
      this.#filled < this.columns &&
      seconds >= ((this.#filled + 0.5) / this.columns) * this.duration - 1e-6
    ) {
      this.#add(frame, seconds);
    }
    this.#last = frame;
  }

  #last: Frame | null = null;

  #add(frame: Frame, seconds: number): void {
    const { brush } = this.#canvas;
    brush.save();
    brush.translate(this.#filled * this.#size.width, 0);
    brush.drawImage(canvasOf(frame.data, frame), 0, 0, this.#size.width, this.#size.height);
    this.painter?.paint(brush, seconds, this.#size, { opacity: 0.65, unit: 2, hasNames: false });
    brush.restore();
    this.#filled++;
  }

  /** A clip shorter than its strip repeats its last frame. */
  picture(): Buffer {
    while (this.#last && this.#filled < this.columns) this.#add(this.#last, this.duration);
    return jpegOf(this.#canvas.canvas);
  }
}

/** A canvas as a JPEG. */
export function jpegOf(canvas: Canvas): Buffer {
  return canvas.toBuffer('image/jpeg', 82);
}
