// All pictures of one clip that a report embeds, from one pass over its frames: an H.264 copy that every browser
// plays, a film strip and a thumbnail, both with the answer drawn in.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Result } from '../result.js';
import { encodeVideo, openVideo, type Frame, type Size, type VideoSource } from '../video/index.js';
import { AnswerPainter } from './answerPainter.js';
import { FilmStrip, jpegOf } from './filmStrip.js';
import { canvasOf, newCanvas } from '../video/canvas.js';
import { constantRate } from './constantRate.js';
import { scaledSize } from './overlayVideo.js';

/** Limits of what is embedded: pixels of the longer side, and the seconds after which the copy ends. */
export interface CopyLimits {
  longerSide: number;
  longestSeconds: number;
}

/** The embedded pictures of a clip. Strings are data URIs. */
export interface ClipPictures {
  video: { bytes: Uint8Array; frameRate: number; frames: number };
  film: { source: string; columns: number; aspect: number };
  poster: string;
  /** The copy was cut at `longestSeconds`. */
  isCut: boolean;
}

/** Reads the clip once and makes its pictures. Throws what opening or encoding throws. */
export async function clipPictures(path: string, result: Result, limits: CopyLimits): Promise<ClipPictures> {
  const source = await openVideo(path);
  try {
    const size = scaledSize(source.info, 2, limits.longerSide);
    const painter = new AnswerPainter(result);
    const film = new FilmStrip(size, Math.min(source.info.durationSeconds, limits.longestSeconds), painter);
    const poster = new Poster(size, painter);
    const video = await copy(source, size, limits, (frame, seconds) => {
      film.see(frame, seconds);
      poster.see(frame, seconds);
    });
    return {
      video,
      film: { source: dataUri(film.picture()), columns: film.columns, aspect: film.aspect },
      poster: poster.picture(),
      isCut: source.info.durationSeconds > limits.longestSeconds,
    };
  } finally {
    await source.close();
  }
}

async function copy(
  source: VideoSource,
  size: Size,
  { longestSeconds }: CopyLimits,
  see: (frame: Frame, seconds: number) => void,
): Promise<ClipPictures['video']> {
  const folder = await mkdtemp(join(tmpdir(), 'wherewhen-'));
  const { durationSeconds } = source.info;
  const frameRate = Math.min(60, source.info.frameRate);
  let frames = 0;
  async function* pictures(): AsyncGenerator<Uint8Array> {
    for await (const { frame, tick } of constantRate(source.frames({ size }), {
      frameRate,
      durationSeconds,
    })) {
      if (tick > 0 && tick / frameRate >= longestSeconds) return;
      see(frame, tick / frameRate);
      frames++;
      yield frame.data;
    }
  }
  try {
    const file = join(folder, 'clip.mp4');
    await encodeVideo(file, { ...size, frameRate, quality: 24, frames: pictures() });
    return { bytes: await readFile(file), frameRate, frames };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The frame with the largest when-weight, with the answer. */
class Poster {
  readonly #seconds: number;
  readonly #canvas: ReturnType<typeof newCanvas>;
  readonly #size: Size;
  #isDone = false;

  constructor(
    picture: Size,
    readonly painter: AnswerPainter,
  ) {
    const { frames } = painter.result;
    const best = frames.reduce<(typeof frames)[0] | undefined>(
      (a, b) => (a && a.weight >= b.weight ? a : b),
      undefined,
    );
    this.#seconds = best?.timeSeconds ?? 0;
    this.#size = scaledSize(picture, 160, 160);
    this.#canvas = newCanvas(this.#size);
  }

  see(frame: Frame, seconds: number): void {
    if (this.#isDone) return;
    const { brush } = this.#canvas;
    this.#isDone = seconds >= this.#seconds - 1e-6;
    if (seconds > 0 && !this.#isDone) return; // the first frame stands in until the best one comes
    brush.drawImage(canvasOf(frame.data, frame), 0, 0, this.#size.width, this.#size.height);
    this.painter.paint(brush, seconds, this.#size, { opacity: 0.65, unit: 2.5, hasNames: false });
  }

  picture(): string {
    return dataUri(jpegOf(this.#canvas.canvas));
  }
}

function dataUri(jpeg: Buffer): string {
  return `data:image/jpeg;base64,${jpeg.toString('base64')}`;
}
