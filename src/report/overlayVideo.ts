// The answer as an MP4: every frame of the clip with mask and actors, the classes above, and below it a strip of
// when-weights and segments with a playhead.
import type { SKRSContext2D } from '@napi-rs/canvas';
import type { TruthClip } from '../truth.js';
import { windowSeconds } from '../localize/segments.js';
import type { Result, Segment } from '../result.js';
import { encodeVideo, openVideo, type Size, type VideoSource } from '../video/index.js';
import { AnswerPainter } from './answerPainter.js';
import { canvasOf, FONT, newCanvas } from '../video/canvas.js';
import { constantRate } from './constantRate.js';
import { classPlaces, shownActors, shownSegments } from '../page/actors.js';
import { cividisCss, classColour, MARKS } from '../page/colours.js';
import { percent, words } from '../page/sentences.js';

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
interface FrameLayout {
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
  layout: FrameLayout,
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

/** "diving 93 %" in the upper left corner, a line a class that is told; in the class's colour while it lasts. */
function writeAnswer(brush: SKRSContext2D, result: Result, seconds: number, unit: number): void {
  brush.font = `bold ${Math.round(15 * unit)}px "${FONT}"`;
  brush.textBaseline = 'middle';
  told(result).forEach(({ label, colour, probability, segments }, i) => {
    const isNow = segments.some((s) => seconds >= s.startSeconds && seconds <= s.endSeconds);
    const text = `${words(label)}  ${percent(probability)}`;
    const top = (8 + 30 * i) * unit;
    brush.fillStyle = isNow ? colour : MARKS.shadow;
    brush.beginPath();
    brush.roundRect(8 * unit, top, brush.measureText(text).width + 16 * unit, 26 * unit, 6 * unit);
    brush.fill();
    brush.fillStyle = isNow ? MARKS.ink : '#ffffff';
    brush.fillText(text, 16 * unit, top + 13.5 * unit);
  });
}

/** A class that is told, with its segments. */
interface Told {
  label: string;
  colour: string;
  probability: number;
  segments: Segment[];
}

/** More classes than this have no room on the picture. */
const MOST = 4;

/** The classes that are told, those of actors first; the best one where none is. */
function told(result: Result): Told[] {
  const segments = shownSegments(result);
  const labels = [...shownActors(result), ...segments].map(({ label }) => label);
  const named =
    labels.length > 0 ? [...new Set(labels)] : result.classes.slice(0, 1).map(({ label }) => label);
  const places = classPlaces(result);
  return named.slice(0, MOST).map((label) => ({
    label,
    colour: classColour(places.get(label)!),
    probability: result.classes.find((one) => one.label === label)?.probability ?? 0,
    segments: segments.filter((segment) => segment.label === label),
  }));
}

/** Bars of the weights over lines of the segments, hatched where nothing was looked at; drawn once, the playhead moves over it. */
function stripPicture(result: Result, truth: TruthClip | undefined, { picture, strip, unit }: FrameLayout) {
  const { canvas, brush } = newCanvas({ width: picture.width, height: strip });
  brush.fillStyle = '#0b1017';
  brush.fillRect(0, 0, picture.width, strip);
  const x = (seconds: number): number => Math.min(1, seconds / lengthOf(result)) * picture.width;
  const times = result.frames.map(({ timeSeconds }) => timeSeconds);
  const top = Math.max(...result.frames.map(({ weight }) => weight), 1e-9);
  const lanes = told(result);
  const floor = strip - (7 + 5 * Math.max(1, lanes.length)) * unit;
  result.frames.forEach(({ weight }, i) => {
    const [start, end] = windowSeconds(times, i, i + 1, lengthOf(result));
    const height = Math.max(1, (floor - 4 * unit) * (weight / top));
    brush.fillStyle = cividisCss(weight / top);
    brush.fillRect(x(start), floor - height, Math.max(1, x(end) - x(start) - 1), height);
  });
  for (const { startSeconds, endSeconds } of result.unseen ?? [])
    hatch(brush, [x(startSeconds), x(endSeconds)], { height: floor, unit });
  const line = (from: number, to: number, y: number, colour: string): void => {
    brush.fillStyle = colour;
    brush.fillRect(x(from), y, Math.max(2, x(to) - x(from)), 3.5 * unit);
  };
  lanes.forEach(({ segments, colour }, i) => {
    for (const s of segments) line(s.startSeconds, s.endSeconds, floor + (2 + 5 * i) * unit, colour);
  });
  if (truth) line(truth.startSeconds, truth.endSeconds, strip - 5 * unit, MARKS.truth);
  return canvas;
}

/** Slanted lines from `from` to `to`, from the top down to `height`. */
function hatch(
  brush: SKRSContext2D,
  [from, to]: [number, number],
  { height, unit }: { height: number; unit: number },
): void {
  brush.save();
  brush.beginPath();
  brush.rect(from, 0, to - from, height);
  brush.clip();
  brush.strokeStyle = '#8a94a3';
  brush.lineWidth = unit;
  brush.beginPath();
  for (let at = from - height; at < to; at += 6 * unit) {
    brush.moveTo(at, height);
    brush.lineTo(at + height, 0);
  }
  brush.stroke();
  brush.restore();
}

function drawHead(brush: SKRSContext2D, x: number, { picture, strip, unit }: FrameLayout): void {
  brush.fillStyle = '#ffffff';
  brush.fillRect(Math.min(picture.width - 2 * unit, x), picture.height, 2 * unit, strip);
}

function lengthOf({ video }: Result): number {
  return Math.max(video.durationSeconds, 1e-3);
}
