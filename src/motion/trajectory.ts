// How an actor's box moves, in its own size: 41 numbers that know nothing of the picture inside.
//
// The boxes are read at 16 even steps from the first time to the last, between known boxes on straight lines. At a step
// (x, y) is the centre and s the root of the area. Lengths are in S, the mean of s over the clip; changes are a second.
import type { Box } from '../result.js';
import { boxesAt, type TimedBoxes } from './fieldBox.js';
import type { Extent } from './pyramid.js';

/** How many numbers: those of {@link TRAJECTORY_NAMES}. */
export const TRAJECTORY_NUMBERS = 41;
const STEPS = 16;

/** The numbers in their order. `1`, `2`, `3` are thirds of the clip, or orders of the cosine transform of a path. */
export const TRAJECTORY_NAMES = [
  // means and deviations over the steps of the velocity of the centre, in S a second, and of its length
  ...['velocityX', 'velocityY', 'speed', 'velocityXDeviation', 'velocityYDeviation', 'speedDeviation'],
  // of the change of log s, with the mean of its absolute value, and of log(height / width)
  ...['growth', 'growthDeviation', 'absoluteGrowth', 'stretch', 'stretchDeviation'],
  // of log s against the root of the picture's area, and of log(height / width)
  ...['size', 'sizeDeviation', 'aspect', 'aspectDeviation'],
  // mean centre from the middle of the picture and mean lower edge, as shares of its sides
  ...['placeX', 'placeY', 'lowerEdge'],
  ...['velocityX1', 'velocityX2', 'velocityX3', 'velocityY1', 'velocityY2', 'velocityY3'],
  ...['speed1', 'speed2', 'speed3', 'growth1', 'growth2', 'growth3'],
  // 2/n sum of path cos(pi k (i + 1/2) / n), of x / S, y / S and log s
  ...['pathX1', 'pathX2', 'pathX3', 'pathY1', 'pathY2', 'pathY3', 'pathSize1', 'pathSize2', 'pathSize3'],
  // from the first step to the last in S, and that over the length of the path (1: straight, 0: back or still)
  ...['distance', 'straightness'],
] as const;
type Name = (typeof TRAJECTORY_NAMES)[number];

const SIDEWAYS = /^(?:velocityX[123]?|placeX|pathX[123])$/;
/** Velocities have heavy tails, so what is a second becomes `sign(x) sqrt|x|`. */
const IS_RATE = /^(?:velocity|speed|growth|absoluteGrowth|stretch)/;

/**
 * The 41 numbers of the boxes of one actor, in pixels of a picture of size `picture`. Frames without a box are bridged;
 * without any box all numbers are 0, and with one box or times that do not advance all changes are 0.
 * Throws a WhereWhenError (`shape`, `input`) where the boxes cannot be used.
 */
export function trajectory(boxes: TimedBoxes, picture: Extent): Float32Array {
  const known = evenBoxes(boxes);
  if (!known) return new Float32Array(TRAJECTORY_NUMBERS);
  const numbers = numbersOf(known, picture, secondsAStep(boxes.times));
  return Float32Array.from(TRAJECTORY_NAMES, (name) => {
    const x = numbers[name];
    return IS_RATE.test(name) ? Math.sign(x) * Math.sqrt(Math.abs(x)) : x;
  });
}

/** The trajectory of the same boxes seen in a mirror: sideways velocity, place and path change their sign. */
export function mirrorTrajectory(numbers: Float32Array): Float32Array {
  return numbers.map((x, i) => (SIDEWAYS.test(TRAJECTORY_NAMES[i]!) ? -x : x));
}

function evenBoxes({ boxes, times }: TimedBoxes): Box[] | undefined {
  const first = times[0] ?? 0;
  const steps = Array.from({ length: STEPS }, (_, i) => first + i * secondsAStep(times));
  const read = boxesAt({ boxes, times }, steps);
  return read.every((box) => box !== null) ? read : undefined;
}

/** 0 where the clip has no duration. */
function secondsAStep(times: ArrayLike<number>): number {
  const [first, last] = [times[0] ?? 0, times[times.length - 1] ?? 0];
  return Math.max(0, last - first) / (STEPS - 1);
}

function numbersOf(boxes: readonly Box[], { width, height }: Extent, seconds: number): Record<Name, number> {
  const roots = boxes.map(([x0, y0, x1, y1]) => Math.sqrt((x1 - x0) * (y1 - y0)));
  const unit = mean(roots);
  const x = boxes.map(([x0, , x1]) => (x0 + x1) / 2 / unit);
  const y = boxes.map(([, y0, , y1]) => (y0 + y1) / 2 / unit);
  const size = roots.map((s) => Math.log(s / Math.sqrt(width * height)));
  const aspect = boxes.map(([x0, y0, x1, y1]) => Math.log((y1 - y0) / (x1 - x0)));
  const [vx, vy] = [changes(x, seconds), changes(y, seconds)];
  const speed = vx.map((value, i) => Math.hypot(value, vy[i]!));
  const [growth, stretch] = [changes(size, seconds), changes(aspect, seconds)];
  const path = sum(speed) * seconds;
  const distance = Math.hypot(x.at(-1)! - x[0]!, y.at(-1)! - y[0]!);
  return {
    ...{ velocityX: mean(vx), velocityY: mean(vy), speed: mean(speed) },
    ...{
      velocityXDeviation: deviation(vx),
      velocityYDeviation: deviation(vy),
      speedDeviation: deviation(speed),
    },
    ...{
      growth: mean(growth),
      growthDeviation: deviation(growth),
      absoluteGrowth: mean(growth.map(Math.abs)),
    },
    ...{ stretch: mean(stretch), stretchDeviation: deviation(stretch) },
    ...{
      size: mean(size),
      sizeDeviation: deviation(size),
      aspect: mean(aspect),
      aspectDeviation: deviation(aspect),
    },
    ...{ placeX: (mean(x) * unit) / width - 0.5, placeY: (mean(y) * unit) / height - 0.5 },
    lowerEdge: mean(boxes.map((box) => box[3])) / height,
    ...numbered('velocityX', thirds(vx)),
    ...numbered('velocityY', thirds(vy)),
    ...numbered('speed', thirds(speed)),
    ...numbered('growth', thirds(growth)),
    ...numbered('pathX', cosines(x)),
    ...numbered('pathY', cosines(y)),
    ...numbered('pathSize', cosines(size)),
    distance,
    straightness: path > 0 ? Math.min(1, distance / path) : 0,
  };
}

/** `{ name1, name2, name3 }`. */
function numbered<N extends string>(name: N, [one, two, three]: Three): Record<`${N}${1 | 2 | 3}`, number> {
  const entries = { [`${name}1`]: one, [`${name}2`]: two, [`${name}3`]: three };
  return entries as Record<`${N}${1 | 2 | 3}`, number>;
}

function changes(path: readonly number[], seconds: number): number[] {
  return path.slice(1).map((value, i) => (seconds > 0 ? (value - path[i]!) / seconds : 0));
}

type Three = readonly [number, number, number];

function thirds(values: readonly number[]): Three {
  const third = values.length / 3;
  const of = (i: number): number => mean(values.slice(i * third, (i + 1) * third));
  return [of(0), of(1), of(2)];
}

/** Orders 1 to 3; order 0 is the mean. */
function cosines(path: readonly number[]): Three {
  const n = path.length;
  const wave = (k: number): number =>
    (2 / n) * sum(path.map((value, i) => value * Math.cos((Math.PI * k * (i + 0.5)) / n)));
  return [wave(1), wave(2), wave(3)];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}

function deviation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}
