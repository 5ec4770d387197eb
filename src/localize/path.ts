// Several classes in one clip, one after another: the shortest description of what the frames say.
//
//   path = argmax over one class a frame of  sum_t log p_t(k_t) - price * (changes of class)
//   p_t = softmax_k s_tk,  price = log(n (K - 1)): what it costs to say where a change lies and to which class
//
// Where every class is told by itself, nothing is a class too, and the common part of all answers falls out:
//
//   path = argmax over one class or none a frame of  sum_t s_t(k_t) - price * (changes),  s of none = 0
//   s_tk = log(p / (1 - p)),  price = log(n K)
//
// A model that knows what nothing looks like (`l_t`, its log odds against all classes) has that state under the softmax too:
//
//   log p_t(k) = log softmax_k s_tk + log sigmoid(-l_t),  log p_t(none) = log sigmoid(l_t),  price = log(n K)
//
// Minimum description length (Rissanen 1978), solved exactly by dynamic programming (Viterbi). It has no constant: the
// price comes from the number of frames and classes.

import type { WhenOptions } from './options.js';
import { softplus, sigmoid } from '../probability.js';

/** A window of sampled frames [from, to) in which class `classIndex` happens; `score` is a probability. */
export interface FrameSegment {
  classIndex: number;
  from: number;
  to: number;
  score: number;
}

/** What the curves mean, and the log odds `[n]` of nothing, where they are known. */
export interface PathOptions {
  probability?: WhenOptions['probability'];
  nothing?: ArrayLike<number>;
}

/** The runs of the best path through curves `[n,K]`, in order; `score` is the mean of `p` inside the run. */
export function pathSegments(
  curves: ArrayLike<number>,
  classes: number,
  { probability = 'softmax', nothing }: PathOptions = {},
): FrameSegment[] {
  const isApart = probability === 'sigmoid';
  const hasNone = isApart || nothing !== undefined;
  const log = isApart
    ? withNone(curves, classes)
    : nothing
      ? withNothing(logSoftmax(curves, classes), classes, nothing)
      : logSoftmax(curves, classes);
  const states = hasNone ? classes + 1 : classes;
  const frames = log.length / states;
  const path = bestPath(log, states, states > 1 ? Math.log(frames * (states - 1)) : 0);
  const runs: FrameSegment[] = [];
  for (let t = 0; t < frames; t++) {
    const classIndex = path[t]!;
    const last = runs.at(-1);
    if (last?.classIndex === classIndex) last.to = t + 1;
    else runs.push({ classIndex, from: t, to: t + 1, score: 0 });
  }
  const told = runs.filter(({ classIndex }) => classIndex < classes);
  const answer = isApart ? sigmoid : Math.exp;
  for (const run of told) run.score = meanAnswer(log, states, run, answer);
  return told;
}

/** The curves with one more, of nothing, that is 0 throughout: `[n,K+1]`. */
function withNone(curves: ArrayLike<number>, classes: number): Float64Array {
  const frames = curves.length / classes;
  const out = new Float64Array(frames * (classes + 1));
  for (let t = 0; t < frames; t++)
    for (let k = 0; k < classes; k++) out[t * (classes + 1) + k] = curves[t * classes + k]!;
  return out;
}

/** Log probabilities of the classes, less likely by what nothing takes, and of nothing: `[n,K+1]`. */
function withNothing(log: Float64Array, classes: number, nothing: ArrayLike<number>): Float64Array {
  const frames = log.length / classes;
  const out = new Float64Array(frames * (classes + 1));
  for (let t = 0; t < frames; t++) {
    const from = t * (classes + 1);
    for (let k = 0; k < classes; k++) out[from + k] = log[t * classes + k]! - softplus(nothing[t]!);
    out[from + classes] = -softplus(-nothing[t]!);
  }
  return out;
}

/** `log softmax_k s_tk`, `[n,K]`. */
function logSoftmax(curves: ArrayLike<number>, classes: number): Float64Array {
  const out = Float64Array.from(curves);
  for (let from = 0; from < out.length; from += classes) {
    const frame = out.subarray(from, from + classes);
    const top = frame.reduce((a, b) => Math.max(a, b), -Infinity);
    const total = frame.reduce((sum, value) => sum + Math.exp(value - top), 0);
    frame.forEach((value, k) => (frame[k] = value - top - Math.log(total)));
  }
  return out;
}

function bestPath(log: Float64Array, classes: number, price: number): Int32Array {
  const frames = log.length / classes;
  const before = new Int32Array(log.length); // the class of the frame before, on the best path to each class
  let totals = log.slice(0, classes);
  for (let t = 1; t < frames; t++) {
    const best = indexOfLargest(totals);
    totals = totals.map((total, k) => {
      const isChange = totals[best]! - price > total;
      before[t * classes + k] = isChange ? best : k;
      return (isChange ? totals[best]! - price : total) + log[t * classes + k]!;
    });
  }
  const path = new Int32Array(frames);
  path[frames - 1] = indexOfLargest(totals);
  for (let t = frames - 1; t > 0; t--) path[t - 1] = before[t * classes + path[t]!]!;
  return path;
}

function indexOfLargest(values: Float64Array): number {
  return values.reduce((best, value, k) => (value > values[best]! ? k : best), 0);
}

function meanAnswer(
  values: Float64Array,
  states: number,
  { classIndex, from, to }: FrameSegment,
  answer: (value: number) => number,
): number {
  let sum = 0;
  for (let t = from; t < to; t++) sum += answer(values[t * states + classIndex]!);
  return sum / (to - from);
}
