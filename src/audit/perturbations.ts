// How one clip is perturbed: which places are kept in each variant, and how the answers to all of them are read.
import type { Random } from '../random.js';
import {
  cellsKept,
  centrePrior,
  framesKept,
  middlePrior,
  ranking,
  scattered,
  shifted,
  STEPS,
  type ClipPlaces,
} from './orders.js';
import { mean } from '../metrics/mean.js';

/** Probability of the answered class while places go (deletion) or come (insertion): `STEPS + 1` points. */
export interface OrderCurves {
  deletion: number[];
  insertion: number[];
}

/** Curves by the name of their order: `map` is the model's own; of several draws the mean is kept. */
export type Orders = Record<string, OrderCurves>;

/** How far the answered class falls when the highlighted part goes, and when as much of something else does. */
export interface Removal {
  highlighted: number;
  others: number;
}

/** What the answers to all variants say. */
export interface OrderAnswers {
  frames: Orders;
  regions: Orders;
  frameRemoval: Removal;
  regionRemoval: Removal;
}

/** WHEN `[n]` and WHERE `[n,h,w]` of a clip, and what to compare them with. */
export interface PerturbationOptions {
  when: Float32Array;
  map: Float32Array;
  places: ClipPlaces;
  random: Random;
  /** The maps of another clip. */
  before?: { when: Float32Array; map: Float32Array };
}

/** Variants, and how their answers are read. */
export interface Perturbations {
  /** Places kept, `[n,h,w]` each. */
  keeps: Float32Array[];
  /** From the probability of the answered class in each variant, and on the whole clip. */
  read(answers: readonly number[], whole: number): OrderAnswers;
}

/** Draws of an order at random that are averaged, and shares that are taken away at once. */
const draws = 3;
const highlightedFrames = 0.25;
const highlightedCells = 0.1;

/** Shares between nothing and everything. */
const inner = Array.from({ length: STEPS - 1 }, (_, i) => (i + 1) / STEPS);

/** Places of an order's variants among all variants, several draws of it. */
interface VariedOrder {
  name: string;
  several: { deletion: number[]; insertion: number[] }[];
}

/** All variants of one clip. */
export function perturbations({ when, map, places, random, before }: PerturbationOptions): Perturbations {
  const keeps: Float32Array[] = [];
  const add = (keep: Float32Array): number => keeps.push(keep) - 1;
  const nothing = add(new Float32Array(map.length));
  const again = <T>(draw: () => T): T[] => Array.from({ length: draws }, draw);
  const frames = varyOrders(
    {
      map: [when],
      random: again(() => scattered(when.length, random)),
      middle: [middlePrior(when.length)],
      ...(before && { 'another clip': [before.when] }),
    },
    (scores, share, isInsertion) =>
      add(framesKept(scores, Math.round(share * scores.length), isInsertion, places)),
  );
  const regions = varyOrders(
    {
      map: [map],
      elsewhere: again(() => shifted(map, places, random)),
      random: [scattered(map.length, random)],
      centre: [centrePrior(places)],
      ...(before && { 'another clip': [before.map] }),
    },
    (scores, share, isInsertion) => add(cellsKept(scores, share, isInsertion, places)),
  );
  const count = Math.max(1, Math.round(highlightedFrames * when.length));
  const withoutFrames = (scores: Float32Array) => add(framesKept(scores, count, false, places));
  const withoutCells = (scores: Float32Array) => add(cellsKept(scores, highlightedCells, false, places));
  const topFrames = withoutFrames(when);
  const otherFrames = again(() => withoutFrames(othersOf(when, count, random)));
  const topCells = withoutCells(map);
  const otherCells = again(() => withoutCells(shifted(map, places, random)));
  return {
    keeps,
    read(answers, whole) {
      const fall = (variants: readonly number[]): number => whole - mean(variants.map((i) => answers[i]!));
      const ends = { whole, nothing: answers[nothing]! };
      return {
        frames: readOrders(frames, answers, ends),
        regions: readOrders(regions, answers, ends),
        frameRemoval: { highlighted: fall([topFrames]), others: fall(otherFrames) },
        regionRemoval: { highlighted: fall([topCells]), others: fall(otherCells) },
      };
    },
  };
}

function varyOrders(
  orders: Record<string, readonly Float32Array[]>,
  add: (scores: Float32Array, share: number, isInsertion: boolean) => number,
): VariedOrder[] {
  return Object.entries(orders).map(([name, several]) => ({
    name,
    several: several.map((scores) => ({
      deletion: inner.map((share) => add(scores, share, false)),
      insertion: inner.map((share) => add(scores, share, true)),
    })),
  }));
}

function readOrders(
  orders: readonly VariedOrder[],
  answers: readonly number[],
  { whole, nothing }: { whole: number; nothing: number },
): Orders {
  const points = (rows: readonly number[][]): number[] =>
    inner.map((_, i) => mean(rows.map((row) => answers[row[i]!]!)));
  return Object.fromEntries(
    orders.map(({ name, several }) => {
      const deletion = points(several.map((one) => one.deletion));
      const insertion = points(several.map((one) => one.insertion));
      return [name, { deletion: [whole, ...deletion, nothing], insertion: [nothing, ...insertion, whole] }];
    }),
  );
}

/** Scores whose best `count` frames are drawn among those that are not among the best `count` of `when`. */
function othersOf(when: Float32Array, count: number, random: Random): Float32Array {
  const order = ranking(when);
  const scores = new Float32Array(when.length).fill(-1);
  for (const t of order.subarray(count)) scores[t] = random.uniform();
  return scores;
}
