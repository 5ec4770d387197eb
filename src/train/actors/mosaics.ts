// Mosaics: pictures of several clips at once, so that a class is learnt beside others and beside things that do nothing. They
// are put together from the user's own clips, for training only.
//
//   pair   two clips of different classes, side by side or above each other
//   four   2 x 2, two clips that act and two in which nothing does
//
// Nothing acts in one frame of a clip that sways by a random walk, with noise; or in the median of a clip's frames.
import type { Random } from '../../random.js';
import type { Size } from '../../video/types.js';
import { cropTo } from '../../video/crop.js';

/** What a cell of a mosaic shows: a clip as it is, or nothing happening in it. */
export interface MosaicPart {
  /** Place of the clip in the list that mosaics are planned from. */
  clip: number;
  state: 'acts' | 'sways' | 'median';
  /** In shares of the picture. */
  x: number;
  y: number;
  width: number;
  height: number;
}

/** One picture of several clips. */
export interface Mosaic {
  parts: MosaicPart[];
  /** Of the random walk and the noise. */
  seed: number;
}

/** What planning reads of a clip: its classes. */
export interface MosaicClip {
  classIndices: readonly number[];
}

const halves = [
  { x: 0, y: 0, width: 0.5, height: 1 },
  { x: 0.5, y: 0, width: 0.5, height: 1 },
];
const stacked = [
  { x: 0, y: 0, width: 1, height: 0.5 },
  { x: 0, y: 0.5, width: 1, height: 0.5 },
];
const quarters = [
  { x: 0, y: 0, width: 0.5, height: 0.5 },
  { x: 0.5, y: 0, width: 0.5, height: 0.5 },
  { x: 0, y: 0.5, width: 0.5, height: 0.5 },
  { x: 0.5, y: 0.5, width: 0.5, height: 0.5 },
];

/**
 * About `share` mosaics a clip, half of them pairs and half of them fours; every clip acts about equally often. Clips that
 * follow each other in a mosaic's list lie near each other, so that few must be in memory. None of fewer than two classes.
 */
export function planMosaics(clips: readonly MosaicClip[], share: number, random: Random): Mosaic[] {
  const classes = new Set(clips.flatMap(({ classIndices }) => classIndices));
  if (classes.size < 2 || clips.length < 2) return [];
  const wanted = Math.round(share * clips.length);
  const mosaics: Mosaic[] = [];
  while (mosaics.length < wanted) {
    const order = random.shuffle(clips.map((_, i) => i));
    const before = mosaics.length;
    for (let at = 0; at < order.length && mosaics.length < wanted; at += 2) {
      const first = order[at]!;
      const second = partnerOf(first, order, at + 1, clips);
      if (second === undefined) continue;
      const others = [order[(at + 2) % order.length]!, order[(at + 3) % order.length]!];
      mosaics.push(
        mosaics.length % 2 === 0 ? pairOf([first, second], random) : fourOf([first, second], others, random),
      );
    }
    if (mosaics.length === before) break; // clips that share their classes have no partner
  }
  return mosaics;
}

/** The nearest clip in the order, from `at` on and around, that has none of the first one's classes. */
function partnerOf(
  first: number,
  order: readonly number[],
  at: number,
  clips: readonly MosaicClip[],
): number | undefined {
  const own = clips[first]!.classIndices;
  for (let step = 0; step < order.length; step++) {
    const other = order[(at + step) % order.length]!;
    if (other !== first && clips[other]!.classIndices.every((k) => !own.includes(k))) return other;
  }
  return undefined;
}

function pairOf(acting: readonly number[], random: Random): Mosaic {
  const places = random.uniform() < 0.75 ? halves : stacked;
  const parts = acting.map((clip, i): MosaicPart => ({ clip, state: 'acts', ...places[i]! }));
  return { parts, seed: random.integer(0, 2 ** 31) };
}

function fourOf(acting: readonly number[], still: readonly number[], random: Random): Mosaic {
  const places = random.shuffle([...quarters]);
  const parts = [
    ...acting.map((clip) => ({ clip, state: 'acts' as const })),
    ...still.map((clip, i) => ({ clip, state: i === 0 ? ('sways' as const) : ('median' as const) })),
  ];
  return {
    parts: parts.map((part, i) => ({ ...part, ...places[i]! })),
    seed: random.integer(0, 2 ** 31),
  };
}

/** Frames of one clip, uint8 `[n,H,W,3]`. */
export type ClipFrames = Uint8Array;

/** How a mosaic is drawn: `size` is its own, `source` that of its clips, by default the same. */
interface ComposeOptions {
  frames: number;
  size: Size;
  source?: Size;
  random: Random;
}

/** The mosaic's frames `[n,H,W,3]`. */
export function composeMosaic(
  { parts }: Mosaic,
  framesOf: (clip: number) => ClipFrames,
  { frames: n, size, source = size, random }: ComposeOptions,
): Uint8Array {
  const out = new Uint8Array(n * size.height * size.width * 3);
  for (const part of parts) {
    const [x0, x1] = edges(part.x, part.width, size.width);
    const [y0, y1] = edges(part.y, part.height, size.height);
    const target = { width: x1 - x0, height: y1 - y0 };
    const shown = partFrames(framesOf(part.clip), part.state, { n, source, target, random });
    shown.forEach((small, i) => {
      for (let y = 0; y < target.height; y++) {
        const row = small.subarray(y * target.width * 3, (y + 1) * target.width * 3);
        out.set(row, ((i * size.height + y0 + y) * size.width + x0) * 3);
      }
    });
  }
  return out;
}

function edges(start: number, length: number, pixels: number): [number, number] {
  return [Math.round(start * pixels), Math.round((start + length) * pixels)];
}

/** Levels of noise on what stands still, about what a compressed film of something still shows. */
const noise = 3;

/** The frames of one part, each `[h,w,3]` of `target` size. */
function partFrames(
  frames: ClipFrames,
  state: MosaicPart['state'],
  { n, source, target, random }: { n: number; source: Size; target: Size; random: Random },
): Uint8Array[] {
  const one = source.width * source.height * 3;
  const at = (i: number, shift = { x: 0, y: 0 }): Uint8Array =>
    cropTo(frames.subarray(i * one, (i + 1) * one), source, { ...shift, ...source }, target);
  const places = Array.from({ length: n }, (_, i) => i);
  if (state === 'acts') return places.map((i) => at(i));
  if (state === 'median') {
    const median = medianFrame(places.map((i) => at(i)));
    return places.map(() => noisy(median, random));
  }
  const chosen = random.integer(0, n);
  let walk = { x: 0, y: 0 };
  return places.map(() => {
    walk = swayed(walk, source, random);
    return noisy(at(chosen, walk), random);
  });
}

/** The next step of a random walk, of at most a hundredth of the picture. */
export function swayed({ x, y }: Shift, { width, height }: Size, random: Random): Shift {
  return { x: x + random.uniform(-1, 1) * 0.01 * width, y: y + random.uniform(-1, 1) * 0.01 * height };
}

interface Shift {
  x: number;
  y: number;
}

/** The lower median of each byte over the frames. */
function medianFrame(frames: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(frames[0]!.length);
  const column = new Uint8Array(frames.length);
  for (let at = 0; at < out.length; at++) {
    for (let i = 0; i < column.length; i++) column[i] = frames[i]![at]!;
    out[at] = column.sort()[(column.length - 1) >> 1]!;
  }
  return out;
}

/** Even noise on every byte, of as many levels as what stands still has. */
export function noisy(pixels: Uint8Array, random: Random): Uint8Array {
  const out = new Uint8ClampedArray(pixels.length);
  // One draw serves eight bytes: noise need not be more random than that.
  for (let at = 0; at < pixels.length; at += 8) {
    let bits = random.uint32();
    for (let k = at; k < Math.min(pixels.length, at + 8); k++) {
      out[k] = pixels[k]! + ((bits & 15) / 7.5 - 1) * noise;
      bits >>>= 4;
    }
  }
  return new Uint8Array(out.buffer);
}
