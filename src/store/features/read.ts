// Stored features as numbers for a batch: frames picked and places gathered and scales laid on the finest while they are
// read, so that what a step does not see costs nothing.
import { mixingOf, type Mixing } from '../../backbone/stackScales.js';
import type { ChannelRange } from '../../backbone/index.js';
import { placesOnFinest } from '../../backbone/geometry/alignment.js';
import type { SafetensorsFile } from '../../model/index.js';
import type { Random } from '../../random.js';
import { float32, sizeOf, type Tensor } from '../../tensor.js';
import { layoutOf, storedScales, type StoredScale } from './scales.js';

/** Which places a training step sees. */
export interface PlacesOptions {
  /** Share of the places of each frame. */
  share: number;
  /** The same places in every frame of a clip, as a network that looks along time at one place needs it. */
  areSame: boolean;
}

/** Places that a share of `height x width` means: at least one. */
export function placesSeen(share: number, { height, width }: { height: number; width: number }): number {
  return Math.max(1, Math.round(share * height * width));
}

/** What is read of a stored clip. */
export interface PickOptions {
  path: string;
  frames: readonly number[];
  /** Of the stacked channels those that are read; by default all. */
  channels?: ChannelRange;
  places?: PlacesOptions;
  random?: Random;
  room?: (shape: readonly number[]) => Float32Array;
}

/**
 * Features float32 `[n,C,h,w]` at `frames` of a stored clip, its scales laid on the finest; with places `[n,C,1,S]`. They are
 * written into what `room` gives for their shape. Throws `format`.
 */
export function pickFeatures(
  file: SafetensorsFile,
  { path, frames, channels, places, random, room = (shape) => new Float32Array(sizeOf(shape)) }: PickOptions,
): { shape: readonly number[]; data: Float32Array } {
  const scales = storedScales(file, path);
  const [height, width] = [most(scales, 'height'), most(scales, 'width')];
  const { start, end } = channels ?? { start: 0, end: scales.reduce((sum, one) => sum + one.channels, 0) };
  const chosen = places && random && drawPlaces(places, { height, width, frames: frames.length, random });
  const grid = chosen ? [1, chosen[0]!.length] : [height, width];
  const shape = [frames.length, end - start, ...grid];
  const data = room(shape);
  const cells = grid[0]! * grid[1]!;
  let first = 0;
  for (const [i, mixing] of mixings(file, path, scales).entries()) {
    const scale = scales[i]!;
    const from = Math.max(start, first);
    const to = Math.min(end, first + scale.channels);
    frames.forEach((frame, place) => {
      const at = (place * (end - start) + from - start) * cells;
      const own = { start: from - first, end: to - first };
      readFrame(scale, { frame, channels: own, out: data, at, mixing, chosen: chosen?.[place] });
    });
    first += scale.channels;
  }
  return { shape, data };
}

/** All features of a stored clip, float32 `[n,C,h,w]`. Throws `format`. */
export function allFeatures(file: SafetensorsFile, path: string): Tensor {
  const frames = Array.from({ length: framesStored(file, path) }, (_, i) => i);
  const { data, shape } = pickFeatures(file, { path, frames });
  return float32(data, shape);
}

/**
 * The mean of each channel over all places of `frames` (by default all), `[C]`: that of `allFeatures`, but for the order of
 * additions, without laying the coarser scales on the finest: each of their cells counts as often as it is mixed there. Throws
 * `format`.
 */
export function pooledStored(
  file: SafetensorsFile,
  path: string,
  frames?: readonly [from: number, to: number],
): Float64Array {
  const scales = storedScales(file, path);
  const mixed = mixings(file, path, scales);
  return Float64Array.from(scales.flatMap((scale, i) => pooledScale(scale, mixed[i], frames)));
}

function pooledScale(
  scale: StoredScale,
  mixing: Mixing | undefined,
  [from, to]: readonly [from: number, to: number] = [0, scale.frames],
): number[] {
  const { channels, height, width } = scale;
  const shares = cellShares(height * width, mixing);
  const own = new Float32Array(height * width);
  const sums = new Array<number>(channels).fill(0);
  for (let frame = from; frame < to; frame++) {
    for (let channel = 0; channel < channels; channel++) {
      scale.read(frame, channel, own, 0);
      let sum = 0;
      for (let cell = 0; cell < own.length; cell++) sum += own[cell]! * shares[cell]!;
      sums[channel]! += sum;
    }
  }
  return sums.map((sum) => sum / (to - from));
}

/** How much of the finest grid each cell of a scale makes up; together 1. */
function cellShares(cells: number, mixing: Mixing | undefined): Float64Array {
  if (!mixing) return new Float64Array(cells).fill(1 / cells);
  const { places, shares } = mixing;
  const out = new Float64Array(cells);
  places.forEach((cell, i) => (out[cell]! += (4 * shares[i]!) / places.length));
  return out;
}

/** The number of frames that are stored of a clip. Throws `format`. */
export function framesStored(file: SafetensorsFile, path: string): number {
  return storedScales(file, path)[0]!.frames;
}

/** The same places for all frames, or others for each, in their order in the file: reading forwards is several times faster. */
function drawPlaces(
  { share, areSame }: PlacesOptions,
  { height, width, frames, random }: { height: number; width: number; frames: number; random: Random },
): Int32Array[] {
  const seen = placesSeen(share, { height, width });
  const all = Array.from({ length: height * width }, (_, place) => place);
  const draw = (): Int32Array => Int32Array.from(random.shuffle(all).slice(0, seen)).sort();
  if (areSame) return new Array<Int32Array>(frames).fill(draw());
  return Array.from({ length: frames }, draw);
}

/** For each scale how it is mixed onto the finest grid; undefined for those that lie on it as they are. */
function mixings(
  file: SafetensorsFile,
  path: string,
  scales: readonly StoredScale[],
): (Mixing | undefined)[] {
  if (scales.length === 1) return [undefined];
  const { alignment, geometry } = layoutOf(file, path);
  const read = placesOnFinest(scales, alignment === 'centres' ? geometry : undefined);
  return scales.map(({ height, width }, i) => read[i] && mixingOf(height, width, read[i]));
}

interface FrameReading {
  frame: number;
  /** Of the scale; none where the end is not beyond the start. */
  channels: ChannelRange;
  out: Float32Array;
  at: number;
  mixing: Mixing | undefined;
  chosen: Int32Array | undefined;
}

/** Channels of a frame. */
function readFrame(
  scale: StoredScale,
  { frame, channels: { start, end }, out, at, mixing, chosen }: FrameReading,
): void {
  const { height, width } = scale;
  const own = mixing && new Float32Array(height * width);
  const count = chosen?.length ?? (mixing ? mixing.places.length / 4 : height * width);
  for (let c = start; c < end; c++, at += count) {
    if (!own) scale.read(frame, c, out, at, chosen);
    else {
      scale.read(frame, c, own, 0);
      mix(own, mixing, out, at, chosen);
    }
  }
}

/** A grid at the places of the finer one, all or those that are chosen. */
function mix(
  from: Float32Array,
  { places, shares }: Mixing,
  out: Float32Array,
  at: number,
  chosen?: Int32Array,
): void {
  const count = chosen?.length ?? places.length / 4;
  for (let i = 0; i < count; i++) {
    const p = 4 * (chosen ? chosen[i]! : i);
    out[at + i] =
      from[places[p]!]! * shares[p]! +
      from[places[p + 1]!]! * shares[p + 1]! +
      from[places[p + 2]!]! * shares[p + 2]! +
      from[places[p + 3]!]! * shares[p + 3]!;
  }
}

function most(scales: readonly StoredScale[], side: 'height' | 'width'): number {
  return Math.max(...scales.map((one) => one[side]));
}
