// The answer as an MP4: every frame of the clip with mask and box, the class above, and below it a strip of
// when-weights and segments with a playhead.
import type { SKRSContext2D } from '@napi-rs/canvas';
import type { TruthClip } from '../evaluate/index.js';
import { windowSeconds } from '../localize/index.js';
import type { Result } from '../result.js';
import { encodeVideo, openVideo, type Size, type VideoSource } from '../video/index.js';
import { AnswerPainter } from './answerPainter.js';
import { canvasOf, FONT, newCanvas } from '../video/canvas.js';
import { constantRate } from './constantRate.js';
import { cividisCss, MARKS } from './page/colours.js';
import { percent, words } from './sentences.js';

/** What an overlay video shows. Sizes in pixels. */
export interface OverlayOptions {
  /** The clip that `result` is about; opened and closed here. */
  clip: string;
  result: Result;
  /** Drawn dashed beside the model's. */
  truth?: TruthClip;
  /** The picture is scaled so that its longer side lies between these. Defaults 480 and 1280. */
  smallest?: number;
  largest?: number;
  /** How much of the picture the strongest mask covers, 0..1. */
  opacity?: number;
  signal?: AbortSignal;
}

/** Places of one frame of the video. */
interface Layout {
  picture: Size;
  strip: number;
  unit: number;
}

/**
 * Writes the overlay of one clip at the source's frame rate, all of its frames, masks faded between sampled frames.
 * Throws what opening the clip throws, and `output` where `path` cannot be written.
 */
export async function overlayVideo(path: string, options: OverlayOptions): Promise<void> {
  const { smallest = 480, largest = 1280 } = options;
  const source = await openVideo(options.clip, { signal: options.signal });
  try {
    const picture = scaledSize(source.info, smallest, largest);
    const unit = Math.max(picture.width, picture.height) / 480;
    const strip = 2 * Math.round(24 * unit);
    const size = { width: picture.width, height: picture.height + strip };
    const frames = overlayFrames(source, { picture, strip, unit }, options);
    await encodeVideo(path, { ...size, frameRate: source.info.frameRate, frames });
  } finally {
    await source.close();
  }
}

/** The source's shape with even sides, its longer side between `smallest` and `largest`. */
export function scaledSize({ width, height }: Size, smallest: number, largest: number): Size {
  const longer = Math.max(width, height);
  const scale = Math.min(largest, Math.max(smallest, longer)) / longer;
  const even = (side: number): number => Math.max(2, 2 * Math.round((side * scale) / 2));
  return { width: even(width), height: even(height) };
}

async function* overlayFrames(
  source: VideoSource,
  layout: Layout,
  { result, truth, opacity = 0.7, signal }: OverlayOptions,
): AsyncGenerator<Uint8Array> {
  const painter = new AnswerPainter(result, truth);
  const { picture, strip, unit } = layout;
  const size = { width: picture.width, height: picture.height + strip };
  const { brush } = newCanvas(size);
  const still = stripPicture(result, truth, layout);
  const rate = { ...source.info };
  for await (const { frame, tick } of constantRate(source.frames({ size: picture, signal }), rate)) {
    const seconds = tick / rate.frameRate;
    brush.drawImage(canvasOf(frame.data, picture), 0, 0);
    painter.paint(brush, seconds, picture, { opacity, unit: 1.6 * unit });
    writeAnswer(brush, result, seconds, unit);
    brush.drawImage(still, 0, picture.height);
    drawHead(brush, (seconds / lengthOf(result)) * size.width, layout);
    yield new Uint8Array(brush.getImageData(0, 0, size.width, size.height).data);
  }
}

/** "diving 93 %" in the upper left corner, bright while a segment lasts. */
function writeAnswer(
  brush: SKRSContext2D,
  { classes, segments }: Result,
  seconds: number,
  unit: number,
): void {
  const [best] = classes;
  if (!best) return;
  const now = segments.find((s) => seconds >= s.startSeconds && seconds <= s.endSeconds);
  const text = `${words(now?.label ?? best.label)}  ${percent(best.probability)}`;
  brush.font = `bold ${Math.round(15 * unit)}px "${FONT}"`;
  const width = brush.measureText(text).width + 16 * unit;
  brush.fillStyle = now ? MARKS.predicted : MARKS.shadow;
  brush.beginPath();
  brush.roundRect(8 * unit, 8 * unit, width, 26 * unit, 6 * unit);
  brush.fill();
  brush.fillStyle = now ? '#14190a' : '#ffffff';
  brush.textBaseline = 'middle';
  brush.fillText(text, 16 * unit, 21.5 * unit);
}

/** Bars of the weights over lines of the segments; drawn once, the playhead moves over it. */
function stripPicture(result: Result, truth: TruthClip | undefined, { picture, strip, unit }: Layout) {
  const { canvas, brush } = newCanvas({ width: picture.width, height: strip });
  brush.fillStyle = '#0b1017';
  brush.fillRect(0, 0, picture.width, strip);
  const x = (seconds: number): number => Math.min(1, seconds / lengthOf(result)) * picture.width;
  const times = result.frames.map(({ timeSeconds }) => timeSeconds);
  const top = Math.max(...result.frames.map(({ weight }) => weight), 1e-9);
  const floor = strip - 12 * unit;
  result.frames.forEach(({ weight }, i) => {
    const [start, end] = windowSeconds(times, i, i + 1, lengthOf(result));
    const height = Math.max(1, (floor - 4 * unit) * (weight / top));
    brush.fillStyle = cividisCss(weight / top);
    brush.fillRect(x(start), floor - height, Math.max(1, x(end) - x(start) - 1), height);
  });
  const line = (from: number, to: number, y: number, colour: string): void => {
    brush.fillStyle = colour;
    brush.fillRect(x(from), y, Math.max(2, x(to) - x(from)), 3.5 * unit);
  };
  for (const s of result.segments) line(s.startSeconds, s.endSeconds, floor + 2 * unit, MARKS.predicted);
  if (truth) line(truth.startSeconds, truth.endSeconds, floor + 7 * unit, MARKS.truth);
  return canvas;
}

function drawHead(brush: SKRSContext2D, x: number, { picture, strip, unit }: Layout): void {
  brush.fillStyle = '#ffffff';
  brush.fillRect(Math.min(picture.width - 2 * unit, x), picture.height, 2 * unit, strip);
}

function lengthOf({ video }: Result): number {
  return Math.max(video.durationSeconds, 1e-3);
}
