// The foreground direction: one vector of a scale's channels that tells people and things from their surroundings, learnt
// from the user's own clips without any label of place.
//
//   A = prod_s mm(smooth(|X^s|))     where all scales agree that there is something
//   D = mm(smooth(sum_c |x_i - x_i+-1|))    where something changes
//   q = A sqrt(D), over its frame's maximum; q > .4 is foreground, q < .1 background
//   w = mean of x over the foreground - mean of x over the background, unit length
//
// A difference of two means: it beats every trained head of it (docs/architecture.md#where-and-when).
import { agree, minMax, smooth } from '../../localize/maps.js';
import type { MapGrid } from '../../localize/index.js';
import type { Tensor } from '../../tensor.js';
import { changesOf, channelSum, rootsOf, scaleLength, type ScaleRange } from './scaleFeatures.js';

/** From this share of the largest interest of its frame on a place is foreground. */
export const foregroundFrom = 0.4;
const backgroundTo = 0.1;

/** Sums of the roots over foreground and background places of any number of clips. */
export class DirectionSums {
  readonly #scales: readonly ScaleRange[];
  readonly #finest: ScaleRange;
  readonly #sums: { foreground: Float64Array; background: Float64Array };
  readonly #counts = { foreground: 0, background: 0 };

  /** `scales` are all that the features are stacked from; the direction is of `finest`. */
  constructor(scales: readonly ScaleRange[], finest: ScaleRange) {
    this.#scales = scales;
    this.#finest = finest;
    const zeros = (): Float64Array => new Float64Array(finest.end - finest.start);
    this.#sums = { foreground: zeros(), background: zeros() };
  }

  /** Adds a clip's features `[n,C,h,w]`. */
  add(features: Tensor): void {
    const [frames, , height, width] = features.shape as [number, number, number, number];
    const grid = { frames, height, width };
    const x = rootsOf(features, this.#finest);
    const q = interestOf(features, { grid, scales: this.#scales, change: channelSum(changesOf(x)) });
    for (let i = 0; i < frames; i++) {
      for (let p = 0; p < x.cells; p++) {
        const value = q[i * x.cells + p]!;
        const side = value > foregroundFrom ? 'foreground' : value < backgroundTo ? 'background' : undefined;
        if (side === undefined) continue;
        this.#counts[side]++;
        const sums = this.#sums[side];
        const from = i * x.channels * x.cells + p;
        for (let c = 0; c < x.channels; c++) sums[c]! += x.values[from + c * x.cells]!;
      }
    }
  }

  /** Adds what `other`, on the same scales, was given. */
  join(other: DirectionSums): void {
    this.joinSides(other.sides);
  }

  /** Adds sums that were taken before. */
  joinSides(sides: SideSums): void {
    for (const side of ['foreground', 'background'] as const) {
      sides[side].sum.forEach((sum, c) => (this.#sums[side][c]! += sum));
      this.#counts[side] += sides[side].places;
    }
  }

  /** What was added so far. */
  get sides(): SideSums {
    const of = (side: 'foreground' | 'background') => ({ sum: this.#sums[side], places: this.#counts[side] });
    return { foreground: of('foreground'), background: of('background') };
  }

  /** The means of both sides, `[F]` each; undefined where nothing ever moved, so that there was no foreground. */
  get means(): Sides | undefined {
    const { foreground, background } = this.#counts;
    if (foreground === 0 || background === 0) return undefined;
    return {
      foreground: this.#sums.foreground.map((sum) => sum / foreground),
      background: this.#sums.background.map((sum) => sum / background),
    };
  }

  /** The direction of unit length, `[F]`; undefined where nothing ever moved. */
  get direction(): Float32Array | undefined {
    const { means } = this;
    return means && directionBetween(means);
  }
}

/** Sums of the roots over foreground and background places, `[F]` each, and how many places these are. */
export interface SideSums {
  foreground: { sum: Float64Array; places: number };
  background: { sum: Float64Array; places: number };
}

/** Means of the roots over foreground and background places, `[F]` each. */
export interface Sides {
  foreground: Float64Array;
  background: Float64Array;
}

/** From background to foreground, of unit length; undefined where they are the same. */
export function directionBetween({ foreground, background }: Sides): Float32Array | undefined {
  const difference = foreground.map((one, c) => one - background[c]!);
  const length = Math.hypot(...difference);
  return length > 0 ? Float32Array.from(difference, (one) => one / length) : undefined;
}

/** `q [n,h,w]`: where the scales agree and something changes, over each frame's maximum; 0 where nothing does. */
export function interestOf(
  features: Tensor,
  { grid, scales, change }: { grid: MapGrid; scales: readonly ScaleRange[]; change: Float32Array },
): Float32Array {
  const calm = (map: Float32Array): Float32Array => minMax(smooth(map, grid, 0, 1), grid);
  const lengths = scales.map((scale) => ({ values: calm(scaleLength(features, scale)), weight: 1 }));
  const agreed = agree(lengths, grid);
  const moved = calm(change);
  const q = agreed.map((a, at) => a * Math.sqrt(moved[at]!));
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
