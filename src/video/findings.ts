// From what a decoder counted to what is said of a video: times, rate, and warnings in words.
// Both decoders of video files end here, so that they agree.
import { inputError, WhereWhenError } from '../errors.js';
import { rateOf } from './frameRate.js';
import { turnedSize, type Orientation } from './orientation.js';
import type { Size, Survey } from './types.js';

/** What a container says of its video stream, before anything is decoded. */
export interface Declared extends Size {
  /** Samples of the stream, empty and hidden ones among them; 0 where the container counts none. */
  frames: number;
  frameRate: number;
  /** Time 0 of the presentation, on the clock of the stream: see {@link startOf}. */
  startSeconds: number;
  codec: string;
  container: string;
  orientation: Orientation;
  /** Its curve of light by FFmpeg's name, where it says one. */
  transfer?: string;
  /** Width of a stored pixel over its height; 1 where nothing is told. */
  pixelAspect: number;
}

/** A GIF's delays up to the first of these, in seconds, are shown as the second by browsers. FFmpeg's versions differ. */
const [hastyDelay, shownDelay] = [0.011, 0.1];

/**
 * Gives every frame a time: its own time stamp, or its place divided by the rate where the stream has none (AVI with B-frames).
 * Of a GIF the delays count.
 */
export class Clock {
  readonly times: number[] = [];
  readonly #step: number;
  readonly #start: number;
  readonly #isGif: boolean;
  #hasStamps = true;
  #lastStamp = NaN;

  constructor(declared: Declared) {
    this.#isGif = declared.codec === 'gif';
    this.#step = 1 / (declared.frameRate > 0 ? declared.frameRate : 25);
    this.#start = declared.startSeconds;
  }

  /** The next frame's time in seconds; `stamp` is in seconds too, or NaN where there is none. */
  next(stamp: number): number {
    const last = this.times.at(-1);
    if (last === undefined) this.#hasStamps = Number.isFinite(stamp);
    const own = this.#isGif ? this.#afterDelay(stamp) : stamp - this.#start;
    const time = last === undefined ? Math.max(0, own || 0) : own > last ? own : last + this.#step;
    this.times.push(this.#hasStamps ? time : this.times.length * this.#step);
    return this.times.at(-1)!;
  }

  #afterDelay(stamp: number): number {
    const delay = stamp - this.#lastStamp;
    this.#lastStamp = stamp;
    return (this.times.at(-1) ?? 0) + (delay <= hastyDelay ? shownDelay : delay);
  }
}

/**
 * Where the presentation begins on a stream's clock. Players count from 0, so that a film may start after its sound or late;
 * a clock that began before is moved there. The clocks of broadcast streams begin anywhere: there it is the first sound or picture.
 */
export function startOf(
  container: string,
  { video, file }: { video: number | undefined; file: number | undefined },
): number {
  if (/^mpeg(ts)?$/.test(container)) return file ?? video ?? 0;
  return Math.min(0, video ?? 0);
}

/** One sample of the stream as the container holds it. */
export interface StreamSample {
  bytes: number;
  /** Kept for the decoder alone: an edit list or a cut hides it. */
  isHidden: boolean;
  /** Its place in time, in ticks of the stream; NaN where there is none. */
  tick: number;
}

/** What is read of the samples of a stream. */
export class SampleCount {
  /** Samples that hold a picture to show. */
  shown = 0;
  #read = 0;
  #lastTick = NaN;

  add({ bytes, isHidden, tick }: StreamSample): void {
    this.#read++;
    if (bytes > 0 && !isHidden) this.shown++;
    if (!(tick <= this.#lastTick)) this.#lastTick = tick;
  }

  /** Samples up to the last one that was read. An AVI's ticks count its samples, of which readers pass empty ones over. */
  readOf({ container }: Pick<Declared, 'container'>): number {
    return container === 'avi' && this.#lastTick >= 0 ? this.#lastTick + 1 : this.#read;
  }
}

/** What was counted while decoding. */
export interface DecodeCounts {
  times: readonly number[];
  samples: SampleCount;
  damagedFrames: number;
  otherSizedFrames: number;
}

/** The survey of a decoded file; a file without a single decodable frame is an error. */
export function conclude(path: string, declared: Declared, counted: DecodeCounts): Survey {
  const times = Float64Array.from(counted.times);
  if (times.length === 0) throw noFrames(path, declared);
  const { frameRate, isVariableRate } = rateOf(times, declared.frameRate);
  const missingFrames = missingOf(declared, counted);
  const info = {
    path,
    ...shownSize(declared),
    frames: times.length,
    durationSeconds: times.at(-1)! + 1 / frameRate,
    frameRate,
    isVariableRate,
    rotation: declared.orientation.rotation,
    codec: declared.codec,
    container: declared.container,
    ...aspectOf(declared),
  };
  const warnings = [
    counted.damagedFrames && `${plural(counted.damagedFrames, 'frame')} damaged, filled in by the decoder`,
    missingWarning(missingFrames, declared.frames),
    hdrWarning(declared.transfer),
    counted.otherSizedFrames &&
      `${plural(counted.otherSizedFrames, 'frame')} of another size, resized to the first one's`,
  ].filter((warning): warning is string => typeof warning === 'string');
  return { info, times, damagedFrames: counted.damagedFrames, missingFrames, warnings };
}

/**
 * Frames that a reader should have shown and did not: samples behind the end of what could be read, and those that did not
 * decode. Empty samples, which show the last picture again, and hidden ones are none.
 */
function missingOf(declared: Declared, { samples, times }: DecodeCounts): number {
  if (declared.frames === 0) return 0; // a container that counts nothing may hold two samples a frame
  const cutOff = Math.max(0, declared.frames - samples.readOf(declared));
  return cutOff + Math.max(0, samples.shown - times.length);
}

/** The size of a picture as it is shown: turned, and where its pixels are no squares, stretched along the one side, as browsers do. */
export function shownSize({
  width,
  height,
  pixelAspect: aspect,
  orientation,
}: Pick<Declared, 'width' | 'height' | 'pixelAspect' | 'orientation'>): Size {
  const shown = {
    width: Math.round(width * Math.max(1, aspect)),
    height: Math.round(height / Math.min(1, aspect)),
  };
  return turnedSize(shown, orientation);
}

/** A pixel's width over its height as a container says it: 1 for squares, and where it says nothing. */
export function pixelAspectOf(given: number): number {
  return given > 0 && Math.abs(given - 1) >= 1e-3 ? given : 1;
}

/** The shape of a stored pixel after the picture was turned, where it is no square. */
function aspectOf({ pixelAspect, orientation }: Declared): { pixelAspect?: number } {
  if (pixelAspect === 1) return {};
  return { pixelAspect: orientation.rotation % 180 === 0 ? pixelAspect : 1 / pixelAspect };
}

function noFrames(path: string, declared: Declared): WhereWhenError {
  return inputError(
    path,
    'a video with at least one frame that decodes',
    declared.frames > 0 ? `0 of ${declared.frames} declared frames` : '0 frames',
    'the file is damaged or was cut off; convert it again from its source',
  );
}

/** What is said of frames that a file names and does not give; undefined where there are none. */
export function missingWarning(missing: number, declared: number): string | undefined {
  return missing > 0 ? `${missing} of ${plural(declared, 'declared frame')} missing` : undefined;
}

/** Curves of high dynamic range by FFmpeg's and by the browsers' names. */
const highRange: Readonly<Record<string, string>> = {
  ...{ smpte2084: 'PQ', pq: 'PQ' },
  ...{ 'arib-std-b67': 'HLG', hlg: 'HLG' },
};

/** What is said of colours that players tone down and that no reader here does; undefined for others. */
export function hdrWarning(transfer: string | null | undefined): string | undefined {
  const name = highRange[transfer ?? ''];
  return name && `colours of high dynamic range (${name}), read as stored: paler than players show them`;
}

/** `1 frame`, `2 frames`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
