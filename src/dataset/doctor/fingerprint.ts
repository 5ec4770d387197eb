// What a clip looks like over time, small enough to compare: a perceptual hash (difference hash, Krawetz 2013: is each
// cell brighter than the next?) tells scenes apart; the movement in front of a scene tells two takes before one
// background apart, which no hash of single frames can.
import type { Clip } from '../../video/index.js';

/** Moments of a clip that are looked at. */
export const MOMENTS = 64;
/** The sizes that pictures are decoded at: coarse for every clip, fine for those that may be copies. */
export const COARSE = { width: 36, height: 24 } as const;
export const FINE = { width: 72, height: 48 } as const;

/** The hash's grid; 64 bits compare each cell with the one to its right. */
const COLUMNS = 9;
const ROWS = 8;
const HASHED_MOMENTS = 16;

/** A clip as grey pictures of one size over time. */
export interface MovingPicture {
  /** Seconds of each distinct frame. */
  times: Float64Array;
  /** Mean picture of the clip, grey levels 0..255. */
  scene: Float32Array;
  /** What each frame differs from the scene, `[frames, pixels]`. */
  movement: Float32Array;
  /** Root of the mean square of `movement`, in grey levels. */
  amount: number;
}

/** The grey pictures of a clip; a frame that stands several times is taken once. */
export function movingPicture({
  frames,
  times,
  indices,
}: Pick<Clip, 'frames' | 'times' | 'indices'>): MovingPicture {
  const kept = indices.map((_, i) => i).filter((i) => i === 0 || indices[i] !== indices[i - 1]);
  const pixels = frames.length / 3 / indices.length;
  const movement = new Float32Array(kept.length * pixels);
  const scene = new Float32Array(pixels);
  kept.forEach((source, moment) => {
    for (let p = 0; p < pixels; p++) {
      const at = 3 * (source * pixels + p);
      const grey = 0.299 * frames[at]! + 0.587 * frames[at + 1]! + 0.114 * frames[at + 2]!;
      movement[moment * pixels + p] = grey;
      scene[p]! += grey / kept.length;
    }
  });
  let squares = 0;
  for (let i = 0; i < movement.length; i++) squares += (movement[i]! -= scene[i % pixels]!) ** 2;
  const amount = Math.sqrt(squares / movement.length);
  return { times: Float64Array.from(kept, (i) => times[i]!), scene, movement, amount };
}

/** A picture of the size `COARSE` as 9 x 8 cells: little enough to keep for every clip of a large set. */
export function cellsOf(picture: MovingPicture): MovingPicture {
  const { times } = picture;
  const scene = meanCells(picture.scene);
  const movement = meanCells(picture.movement);
  const squares = movement.reduce((sum, value) => sum + value ** 2, 0);
  return { times, scene, movement, amount: Math.sqrt(squares / movement.length) };
}

function meanCells(pixels: Float32Array): Float32Array {
  const { width, height } = COARSE;
  const [cellWidth, cellHeight] = [width / COLUMNS, height / ROWS];
  const cells = new Float32Array((pixels.length / (width * height)) * COLUMNS * ROWS);
  pixels.forEach((value, p) => {
    const row = Math.floor(p / width / cellHeight); // counts on from picture to picture
    cells[row * COLUMNS + Math.floor((p % width) / cellWidth)]! += value / (cellWidth * cellHeight);
  });
  return cells;
}

/** The perceptual hash of a picture of cells: two words for each of 16 moments spread over the clip. */
export function hashOf({ times, scene, movement }: MovingPicture): Uint32Array {
  const hash = new Uint32Array(2 * HASHED_MOMENTS);
  for (let h = 0; h < HASHED_MOMENTS; h++) {
    const moment = Math.round((h * (times.length - 1)) / (HASHED_MOMENTS - 1));
    const grey = (cell: number): number => scene[cell]! + movement[moment * scene.length + cell]!;
    for (let bit = 0; bit < 64; bit++) {
      const cell = Math.floor(bit / 8) * COLUMNS + (bit % 8);
      if (grey(cell) > grey(cell + 1)) hash[2 * h + (bit >> 5)]! |= 1 << (bit & 31);
    }
  }
  return hash;
}

/** Bits of two hashes that differ, of 64 a moment on the mean; 32 for clips that have nothing in common. */
export function hashDistance(a: Uint32Array, b: Uint32Array): number {
  let bits = 0;
  for (let i = 0; i < a.length; i++) bits += bitsOf(a[i]! ^ b[i]!);
  return (2 * bits) / a.length;
}

/** Correlation of two scenes (-1..1), which no change of brightness or contrast lowers. */
export function sceneLikeness({ scene: a }: MovingPicture, { scene: b }: MovingPicture): number {
  const [meanA, meanB] = [sum(a) / a.length, sum(b) / b.length];
  let [ab, aa, bb] = [0, 0, 0];
  for (let p = 0; p < a.length; p++) {
    const [x, y] = [a[p]! - meanA, b[p]! - meanB];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}

/**
 * Correlation of two movements (-1..1), the best over delays of up to `reach` seconds, since a copy may begin earlier
 * or later. Frames are paired by time, so that a copy of another frame rate fits.
 */
export function movementLikeness(a: MovingPicture, b: MovingPicture, reach = 0.5, step = 0.04): number {
  let best = correlation(a, b, 0);
  for (let delay = step; delay <= reach; delay += step)
    best = Math.max(best, correlation(a, b, delay), correlation(a, b, -delay));
  return best;
}

function correlation(a: MovingPicture, b: MovingPicture, delay: number): number {
  const pixels = a.scene.length;
  let [ab, aa, bb, j] = [0, 0, 0, 0];
  for (let i = 0; i < a.times.length; i++) {
    const time = a.times[i]! + delay;
    if (time < b.times[0]! - 0.02 || time > b.times.at(-1)! + 0.02) continue;
    while (j + 1 < b.times.length && Math.abs(b.times[j + 1]! - time) <= Math.abs(b.times[j]! - time)) j++;
    const [atA, atB] = [i * pixels, j * pixels];
    for (let p = 0; p < pixels; p++) {
      const x = a.movement[atA + p]!;
      const y = b.movement[atB + p]!;
      ab += x * y;
      aa += x * x;
      bb += y * y;
    }
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}

function sum(values: Float32Array): number {
  return values.reduce((total, value) => total + value, 0);
}

function bitsOf(word: number): number {
  let v = word - ((word >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
