// Marks as labels of who acts. Under `here` is foreground, and everywhere else in that frame background, the more so where the
// label-free rule took it for the actor; under `notHere` is background, and of what is left that rule says what is foreground.
//
//   f = (1 - s) f_free + s f_marked,  b likewise,  s = 1/2 where that side was marked
import { foregroundFrom, interestOf, type Sides } from '../train/actors/direction.js';
import { changeSum, rootsOf, unitVectors, type ScaleRange } from '../train/actors/scaleFeatures.js';
import type { Frozen } from '../train/data/frozen.js';
import type { Tensor } from '../tensor.js';
import { placesOfCells, type CellPlaces } from './places.js';
import { nearest } from './takeStore.js';
import type { TeachMark, TeachTake } from './take.js';

/** What marked places count beside those that the label-free rule found. */
const markedShare = 0.5;

/** What a place beside `here` weighs; where the rule took it for the actor it weighs up to 1 more. */
const leastWeight = 0.01;

type PlaceMark = Extract<TeachMark, { kind: 'here' | 'notHere' }>;

/** What sums of marked places are taken with. */
export interface MarkOptions {
  /** All scales that features are stacked from, and the one that is looked at. */
  scales: readonly ScaleRange[];
  finest: ScaleRange;
  frozen: Pick<Frozen, 'scales' | 'size' | 'resize'>;
}

/** How much each cell of a frame counts on each side. */
interface Weights {
  foreground: number[];
  background: number[];
}

/** Weighted sums of the roots' unit vectors over the places that were marked. */
export class MarkedSums {
  readonly #options: MarkOptions;
  readonly #sums: Sides;
  readonly #weights = { foreground: 0, background: 0 };

  constructor(options: MarkOptions) {
    this.#options = options;
    const { start, end } = options.finest;
    this.#sums = { foreground: new Float64Array(end - start), background: new Float64Array(end - start) };
  }

  /** Adds the marked places of a take's features `[n,C,h,w]`. */
  add(features: Tensor, { marks = [], times, picture }: TeachTake): void {
    const placed = marks.filter((mark): mark is PlaceMark => mark.kind !== 'moment');
    if (placed.length === 0) return;
    const { scales, finest, frozen } = this.#options;
    const [frames, , height, width] = features.shape as [number, number, number, number];
    const x = rootsOf(features, finest);
    const change = changeSum(x);
    const q = interestOf(features, { grid: { frames, height, width }, scales, change });
    const u = unitVectors(x);
    const places = placesOfCells({ height, width }, picture, frozen);
    for (const mark of placed) {
      const frame = nearest(times, mark.timeSeconds);
      const believed = q.subarray(frame * x.cells, (frame + 1) * x.cells);
      const weights = weightsOf(mark.kind, cellsUnder(mark, places), believed);
      const size = x.channels * x.cells;
      const values = u.values.subarray(frame * size, (frame + 1) * size);
      this.#take('foreground', weights.foreground, values);
      this.#take('background', weights.background, values);
    }
  }

  #take(side: keyof Sides, weights: readonly number[], values: Float32Array): void {
    const sums = this.#sums[side];
    const cells = weights.length;
    weights.forEach((weight, p) => {
      if (weight === 0) return;
      this.#weights[side] += weight;
      for (let c = 0; c < sums.length; c++) sums[c]! += weight * values[c * cells + p]!;
    });
  }

  /** The means of both sides with what was marked; undefined where one has neither. */
  joined(free: Sides | undefined): Sides | undefined {
    const foreground = this.#side('foreground', free);
    const background = this.#side('background', free);
    return foreground && background && { foreground, background };
  }

  #side(side: keyof Sides, free: Sides | undefined): Float64Array | undefined {
    const weight = this.#weights[side];
    const own = weight > 0 ? this.#sums[side].map((sum) => sum / weight) : undefined;
    const other = free?.[side];
    if (!own || !other) return own ?? other;
    return other.map((one, c) => (1 - markedShare) * one + markedShare * own[c]!);
  }
}

function weightsOf(kind: PlaceMark['kind'], under: readonly boolean[], believed: ArrayLike<number>): Weights {
  const inside = under.map(Number);
  if (kind === 'here') {
    const background = under.map((isIn, p) => (isIn ? 0 : leastWeight + believed[p]!));
    return { foreground: inside, background };
  }
  const top = under.reduce((most, isIn, p) => (isIn ? most : Math.max(most, believed[p]!)), 0);
  const foreground = under.map((isIn, p) => Number(!isIn && believed[p]! > foregroundFrom * top));
  return { foreground, background: inside };
}

/** Whether each cell lies under a mark: its middle in the box; of a click the nearest cell and those around it. */
function cellsUnder(mark: PlaceMark, { xs, ys }: CellPlaces): boolean[] {
  const [x0, y0, x1, y1] = 'box' in mark ? mark.box : [...mark.point, ...mark.point];
  const [column, row] = [nearest(xs, (x0 + x1) / 2), nearest(ys, (y0 + y1) / 2)];
  const reach = 'box' in mark ? 0 : 1; // a box between the middles of cells is its nearest cell
  const isNear = (i: number, j: number): boolean =>
    Math.abs(i - column) <= reach && Math.abs(j - row) <= reach;
  return ys.flatMap((y, j) => xs.map((x, i) => isNear(i, j) || (x >= x0 && x < x1 && y >= y0 && y < y1)));
}
