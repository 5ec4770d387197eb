// Logistic regression over several classes, fitted by L-BFGS (Liu and Nocedal 1989): convex, so that the answer depends
// on the data alone. The loss is scikit-learn's: |W|^2 / 2 + C * sum of cross-entropies, the bias left free. A row of several
// classes has even shares of them under the softmax; with the sigmoid every class is a regression of its own.
import { softplus, sigmoid } from '../../probability.js';
import { dot, outOfSpan, rowSpan } from './rowSpan.js';

/** The fitted layer: `weight [K,C]`, row by row, and `bias [K]`. */
export interface FittedLayer {
  weight: Float64Array;
  bias: Float64Array;
}

const memory = 10;

/** How {@link fitLogisticRegression} fits. */
export interface RegressionOptions {
  classes: number;
  strength: number;
  /** `sigmoid`: every class by itself. */
  probabilities?: 'softmax' | 'sigmoid';
  tolerance?: number;
  maximumSteps?: number;
}

/** Fits rows of features to labels 0 .. K-1, one or several a row. */
export function fitLogisticRegression(
  rows: readonly Float64Array[],
  labels: readonly (number | readonly number[])[],
  options: RegressionOptions,
): FittedLayer {
  if (rows.length >= rows[0]!.length) return fitRows(rows, labels, options);
  const span = rowSpan(rows);
  const { weight, bias } = fitRows(span.coordinates, labels, options);
  return { weight: outOfSpan(weight, options.classes, span), bias };
}

function fitRows(
  rows: readonly Float64Array[],
  labels: readonly (number | readonly number[])[],
  options: RegressionOptions,
): FittedLayer {
  const { classes: K, strength, tolerance = 1e-6 * Math.max(1, strength), maximumSteps = 500 } = options;
  const C = rows.at(-1)!.length; // numbers that a row before it lacks are 0
  const shares = labels.map((label) => sharesOf(label, options));
  const loss = (x: Float64Array): DescentPoint => lossAt(x, rows, shares, options);
  let here = loss(new Float64Array(K * (C + 1)));
  const steps: { s: Float64Array; y: Float64Array; sy: number }[] = [];
  for (let i = 0; i < maximumSteps && largest(here.slope) > tolerance; i++) {
    const way = direction(here.slope, steps);
    const next = search(here, way, loss);
    if (!next) break; // no lower point is left in this arithmetic
    const s = sumOf(next.x, here.x, -1);
    const y = sumOf(next.slope, here.slope, -1);
    const sy = dot(s, y);
    if (sy > 0) steps.push({ s, y, sy });
    if (steps.length > memory) steps.shift();
    here = next;
  }
  return { weight: here.x.slice(0, K * C), bias: here.x.slice(K * C) };
}

interface DescentPoint {
  x: Float64Array;
  value: number;
  slope: Float64Array;
}

/** What a row should be answered with, `[K]`: with the softmax its classes share it, with the sigmoid each is certain. */
function sharesOf(
  label: number | readonly number[],
  { classes, probabilities }: RegressionOptions,
): Float64Array {
  const own = typeof label === 'number' ? [label] : label;
  const share = probabilities === 'sigmoid' ? 1 : 1 / own.length;
  return Float64Array.from({ length: classes }, (_, k) => (own.includes(k) ? share : 0));
}

/** Loss and slope at `x`, weights first and biases behind them. */
function lossAt(
  x: Float64Array,
  rows: readonly Float64Array[],
  shares: readonly Float64Array[],
  { classes: K, strength, probabilities }: RegressionOptions,
): DescentPoint {
  const C = rows.at(-1)!.length;
  const slope = new Float64Array(x.length);
  let value = 0;
  for (let j = 0; j < K * C; j++) {
    value += 0.5 * x[j]! * x[j]!;
    slope[j] = x[j]!;
  }
  const logits = new Float64Array(K);
  for (const [i, row] of rows.entries()) {
    for (let k = 0; k < K; k++) {
      let sum = x[K * C + k]!;
      for (let c = 0; c < row.length; c++) sum += x[k * C + c]! * row[c]!;
      logits[k] = sum;
    }
    const { lost, answer } = (probabilities === 'sigmoid' ? apart : together)(logits, shares[i]!);
    value += strength * lost;
    for (let k = 0; k < K; k++) {
      const error = strength * (answer[k]! - shares[i]![k]!);
      slope[K * C + k]! += error;
      for (let c = 0; c < row.length; c++) slope[k * C + c]! += error * row[c]!;
    }
  }
  return { x, value, slope };
}

/** Cross-entropy and answer of the softmax. */
function together(logits: Float64Array, shares: Float64Array): { lost: number; answer: Float64Array } {
  const top = logits.reduce((a, b) => Math.max(a, b));
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit - top), 0);
  return {
    lost: top + Math.log(total) - dot(logits, shares),
    answer: logits.map((logit) => Math.exp(logit - top) / total),
  };
}

/** Cross-entropy, summed over the classes, and answers of the sigmoid. */
function apart(logits: Float64Array, truth: Float64Array): { lost: number; answer: Float64Array } {
  return {
    lost: logits.map(softplus).reduce((sum, one) => sum + one, 0) - dot(logits, truth),
    answer: logits.map(sigmoid),
  };
}

/** The two-loop recursion: minus the inverse Hessian, as the last steps show it, times the slope. */
function direction(
  slope: Float64Array,
  steps: readonly { s: Float64Array; y: Float64Array; sy: number }[],
): Float64Array {
  const way = slope.map((one) => -one);
  const shares = steps.toReversed().map(({ s, y, sy }) => {
    const share = dot(s, way) / sy;
    addTo(way, y, -share);
    return share;
  });
  const last = steps.at(-1);
  const scale = last ? last.sy / dot(last.y, last.y) : 1 / Math.max(1, Math.sqrt(dot(slope, slope)));
  for (let j = 0; j < way.length; j++) way[j]! *= scale;
  steps.forEach(({ s, y, sy }, i) => {
    const back = shares[steps.length - 1 - i]! - dot(y, way) / sy;
    addTo(way, s, back);
  });
  return way;
}

/** Halves the step until the loss falls by a share of what the slope promises. */
function search(
  here: DescentPoint,
  way: Float64Array,
  loss: (x: Float64Array) => DescentPoint,
): DescentPoint | undefined {
  const promise = dot(here.slope, way);
  for (let size = 1; size > 1e-10; size /= 2) {
    const next = loss(sumOf(here.x, way, size));
    if (next.value <= here.value + 1e-4 * size * promise) return next;
  }
  return undefined;
}

/** `a + factor * b`, in memory of its own. */
function sumOf(a: Float64Array, b: Float64Array, factor: number): Float64Array {
  const sum = a.slice();
  addTo(sum, b, factor);
  return sum;
}

function addTo(a: Float64Array, b: Float64Array, factor: number): void {
  for (let i = 0; i < a.length; i++) a[i]! += factor * b[i]!;
}

function largest(values: Float64Array): number {
  return values.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
}
