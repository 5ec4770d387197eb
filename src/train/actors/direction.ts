// The foreground direction: one vector of a scale's channels that tells people and things from their surroundings, learnt
// from the user's own clips without any label of place.
//
//   A = prod_s mm(smooth(|X^s|))            where all scales agree that there is something
//   D = mm(smooth(sum_c |x_i - x_i+-1|))    where features change
//   P = max(mm(smooth(p)), .02)             where pictures move against the camera (motion/cameraChange.ts); 1 where not known
//   q = sqrt(A) D^2 sqrt(P), over its frame's maximum; q > .4 is foreground, q < .1 background
//   u = x / |x|
//   w = mean over frames of (mean of u over its foreground - mean of u over its background), unit length
//
// Both sides of a difference are of one frame, so that what scenes look like cancels, and every frame counts once, however
// large its foreground is. A difference of means beats every trained head of it (docs/architecture.md#where-and-when).
import { agree, minMax, smooth } from '../../localize/maps.js';
import type { MapGrid } from '../../localize/index.js';
import type { Tensor } from '../../tensor.js';
import {
  changeSum,
  rootsOf,
  scaleLength,
  unitVectors,
  type ScaleFeatures,
  type ScaleRange,
} from './scaleFeatures.js';

/** From this share of the largest interest of its frame on a place is foreground. */
export const foregroundFrom = 0.4;
const backgroundTo = 0.1;

/** Least value of what moves against the camera: where nothing does, features that change still count. */
const leastMotion = 0.02;

/** Sums over the frames of any number of clips of what their foreground and their background look like. */
export class DirectionSums {
  readonly #scales: readonly ScaleRange[];
  readonly #finest: ScaleRange;
  readonly #sums: Sides;
  #frames = 0;

  /** `scales` are all that the features are stacked from; the direction is of `finest`. */
  constructor(scales: readonly ScaleRange[], finest: ScaleRange) {
    this.#scales = scales;
    this.#finest = finest;
    const zeros = (): Float64Array => new Float64Array(finest.end - finest.start);
    this.#sums = { foreground: zeros(), background: zeros() };
  }

  /** Adds a clip's features `[n,C,h,w]`; `motion` `[n,h,w]` is what moves against the camera, where it is known. */
  add(features: Tensor, motion?: ArrayLike<number>): void {
    const [frames, , height, width] = features.shape as [number, number, number, number];
    const x = rootsOf(features, this.#finest);
    const maps = { change: changeSum(x), motion };
    const q = interestOf(features, { grid: { frames, height, width }, scales: this.#scales, ...maps });
    const u = unitVectors(x);
    for (let i = 0; i < frames; i++) {
      const own = Array.from(q.subarray(i * x.cells, (i + 1) * x.cells));
      const foreground = placesWhere(own, (value) => value > foregroundFrom);
      const background = placesWhere(own, (value) => value < backgroundTo);
      if (foreground.length === 0 || background.length === 0) continue;
      this.#frames++;
      addMean(this.#sums.foreground, u, i, foreground);
      addMean(this.#sums.background, u, i, background);
    }
  }

  /** Adds what `other`, on the same scales, was given. */
  join(other: DirectionSums): void {
    this.joinSides(other.sides);
  }

  /** Adds sums that were taken before. */
  joinSides({ foreground, background, frames }: SideSums): void {
    foreground.forEach((sum, c) => (this.#sums.foreground[c]! += sum));
    background.forEach((sum, c) => (this.#sums.background[c]! += sum));
    this.#frames += frames;
  }

  /** What was added so far. */
  get sides(): SideSums {
    return { ...this.#sums, frames: this.#frames };
  }

  /** The means of both sides, `[F]` each; undefined where nothing ever moved, so that there was no foreground. */
  get means(): Sides | undefined {
    if (this.#frames === 0) return undefined;
    return {
      foreground: this.#sums.foreground.map((sum) => sum / this.#frames),
      background: this.#sums.background.map((sum) => sum / this.#frames),
    };
  }

  /** The direction of unit length, `[F]`; undefined where nothing ever moved. */
  get direction(): Float32Array | undefined {
    const { means } = this;
    return means && directionBetween(means);
  }
}

/** What foreground and background look like, `[F]` each, in unit vectors of the roots. */
export interface Sides {
  foreground: Float64Array;
  background: Float64Array;
}

/** Their sums over so many frames that have both. */
export interface SideSums extends Sides {
  frames: number;
}

function placesWhere(values: readonly number[], holds: (value: number) => boolean): number[] {
  return values.flatMap((value, p) => (holds(value) ? [p] : []));
}

/** Adds the mean over some places of frame `i`. */
function addMean(sum: Float64Array, u: ScaleFeatures, i: number, places: readonly number[]): void {
  for (let c = 0; c < u.channels; c++) {
    const from = (i * u.channels + c) * u.cells;
    let own = 0;
    for (const p of places) own += u.values[from + p]!;
    sum[c]! += own / places.length;
  }
}

/** From background to foreground, of unit length; undefined where they are the same. */
export function directionBetween({ foreground, background }: Sides): Float32Array | undefined {
  const difference = foreground.map((one, c) => one - background[c]!);
  const length = Math.hypot(...difference);
  return length > 0 ? Float32Array.from(difference, (one) => one / length) : undefined;
}

/** What interest is taken from: maps `[n,h,w]` of what changes and, where it is known, of what moves against the camera. */
export interface InterestOptions {
  grid: MapGrid;
  scales: readonly ScaleRange[];
  change: Float32Array;
  motion?: ArrayLike<number>;
}

/** `q [n,h,w]`: where the scales agree and something changes and moves, over each frame's maximum; 0.25 where nothing does. */
export function interestOf(
  features: Tensor,
  { grid, scales, change, motion }: InterestOptions,
): Float32Array {
  const calm = (map: ArrayLike<number>): Float32Array => minMax(smooth(map, grid, 0, 1), grid);
  const lengths = scales.map((scale) => ({ values: calm(scaleLength(features, scale)), weight: 1 }));
  const agreed = agree(lengths, grid);
  const changed = calm(change);
  const moved = motion && calm(motion);
  const q = agreed.map((a, at) => {
    const known = moved ? Math.sqrt(Math.max(leastMotion, moved[at]!)) : 1;
    return Math.sqrt(a) * changed[at]! ** 2 * known;
  });
  const cells = grid.height * grid.width;
  for (let from = 0; from < q.length; from += cells) {
    const frame = q.subarray(from, from + cells);
    const top = frame.reduce((a, b) => Math.max(a, b), 0);
    // Where nothing moves a frame says nothing of either side.
    for (let p = 0; p < cells; p++)
      frame[p] = top > 0 ? frame[p]! / top : 0.5 * (foregroundFrom + backgroundTo);
  }
  return q;
}
