// In which order frames or cells are taken away, and which places are kept at each step. Pure: no model here.
import type { Random } from '../random.js';

/** Frames and cells of a clip. */
export interface ClipPlaces {
  frames: number;
  height: number;
  width: number;
}

/** Steps from the whole clip to nothing; the curve has one point more. */
export const STEPS = 8;

/** Indices by falling value; equal values keep their order. */
export function ranking(values: ArrayLike<number>): Int32Array {
  const order = Int32Array.from({ length: values.length }, (_, i) => i);
  return order.sort((a, b) => values[b]! - values[a]! || a - b);
}

/** The place of each index in a ranking: 0 for the first. */
export function rankOf(order: Int32Array): Int32Array {
  const rank = new Int32Array(order.length);
  order.forEach((index, place) => (rank[index] = place));
  return rank;
}

/** A map `[n,h,w]` moved round by the same random way on every frame: the same shapes, at another place. */
export function shifted(
  map: ArrayLike<number>,
  { frames, height, width }: ClipPlaces,
  random: Random,
): Float32Array {
  const away = (length: number): number => (length < 2 ? 0 : random.integer(Math.ceil(length / 4), length));
  const [dy, dx] = [away(height), away(width)];
  const out = new Float32Array(map.length);
  for (let t = 0; t < frames; t++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const to = (t * height + ((y + dy) % height)) * width + ((x + dx) % width);
        out[to] = map[(t * height + y) * width + x]!;
      }
    }
  }
  return out;
}

/** Highest in the middle of the picture: the prior that photographers give for nothing. */
export function centrePrior({ frames, height, width }: ClipPlaces): Float32Array {
  return Float32Array.from({ length: frames * height * width }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width) % height];
    return -Math.hypot((x + 0.5) / width - 0.5, (y + 0.5) / height - 0.5);
  });
}

/** Highest in the middle of the clip. */
export function middlePrior(frames: number): Float32Array {
  return Float32Array.from({ length: frames }, (_, t) => -Math.abs(t + 0.5 - frames / 2));
}

/** `values` one number at random each. */
export function scattered(length: number, random: Random): Float32Array {
  return Float32Array.from({ length }, () => random.uniform());
}

/** `[n,h,w]`, 1 where a place is kept, for each frame score: the best `count` frames away, or only these kept. */
export function framesKept(
  scores: ArrayLike<number>,
  count: number,
  isInsertion: boolean,
  places: ClipPlaces,
): Float32Array {
  const rank = rankOf(ranking(scores));
  const cells = places.height * places.width;
  const keep = new Float32Array(places.frames * cells);
  for (let t = 0; t < places.frames; t++) {
    if (rank[t]! < count === isInsertion) keep.fill(1, t * cells, (t + 1) * cells);
  }
  return keep;
}

/** The same for cells: on every frame the best `share` of its cells away, or only these kept. */
export function cellsKept(
  map: Float32Array,
  share: number,
  isInsertion: boolean,
  places: ClipPlaces,
): Float32Array {
  const cells = places.height * places.width;
  const count = Math.round(share * cells);
  const keep = new Float32Array(map.length);
  for (let t = 0; t < places.frames; t++) {
    const rank = rankOf(ranking(map.subarray(t * cells, (t + 1) * cells)));
    for (let p = 0; p < cells; p++) keep[t * cells + p] = rank[p]! < count === isInsertion ? 1 : 0;
  }
  return keep;
}

/** Area under a curve over equal steps from 0 to 1 (trapezoids). */
export function area(curve: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 1; i < curve.length; i++) sum += (curve[i]! + curve[i - 1]!) / 2;
  return sum / (curve.length - 1);
}

/** Spearman's rank correlation, ties by mean rank; 0 where one side is constant. */
export function rankCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [x, y] = [meanRanks(a), meanRanks(b)];
  const middle = (a.length - 1) / 2;
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const [dx, dy] = [x[i]! - middle, y[i]! - middle];
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : 0;
}

function meanRanks(values: ArrayLike<number>): Float64Array {
  const order = ranking(values);
  const ranks = new Float64Array(values.length);
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let i = from; i < to; i++) ranks[order[i]!] = (from + to - 1) / 2;
    from = to;
  }
  return ranks;
}
