// Segments in seconds from curves over frames.
import type { Segment } from '../result.js';
import { curveOf, windowAnswer } from './curves.js';
import { smoothAxis } from './maps.js';
import { pathSegments, type FrameSegment } from './path.js';
import { indexOfMax } from './tubes.js';
import {
  bestWindow,
  bestWindows,
  runsAbove,
  windowContrast,
  type CurveWindow,
  type WindowRules,
} from './windows.js';
import type { WhenOptions } from './options.js';

/** What segments are found from. `curves` are the evidence `[n,K]`; `q` the curves that are searched, `[n,K]`. */
export interface SegmentInput {
  frames: number;
  classes: number;
  weights: ArrayLike<number>;
  probabilities: ArrayLike<number>;
  curves?: ArrayLike<number>;
  q?: ArrayLike<number>;
  /** Log odds `[n]` of nothing against all classes, of models that know it. */
  nothing?: ArrayLike<number>;
}

/**
 * Segments of one clip, best first, by the rules of `options`. Without evidence the rules read the when-weights
 * and every segment is of the clip's best class. The score of a segment is the probability of its class by the
 * evidence of its frames alone, or, from weights, the class's probability times the weight inside.
 */
export function findSegments(input: SegmentInput, options: WhenOptions): FrameSegment[] {
  if (input.frames === 0) return [];
  if (options.rule === 'threshold') return thresholdSegments(input, options);
  if (options.rule === 'path' && input.curves) {
    const { probability } = options;
    const path = pathSegments(input.curves, input.classes, { probability, nothing: input.nothing });
    const found = path.sort((a, b) => b.score - a.score);
    return found.slice(0, options.maximumSegments);
  }
  const fromWeights = options.curve === 'weights' || input.q === undefined;
  const found = classesToSearch(input, options, fromWeights).flatMap((k) =>
    windowsOf(input, k, options, fromWeights).map((window) => ({ k, window })),
  );
  found.sort((a, b) => b.window.value - a.window.value);
  const best = found[0]?.window.value ?? 0;
  // Shares of a frame are compared; of classes that are told one by one, none is weak because another is strong.
  const isCompared = options.probability === 'softmax';
  const strong = found.filter(
    ({ window }, i) => !isCompared || i === 0 || window.value >= options.minimumScore * best,
  );
  return suppress(
    strong.map(({ k, window }) => ({
      classIndex: k,
      from: window.from,
      to: window.to,
      score: scoreOf(input, k, window, options),
    })),
    options,
  );
}

/** The classes with the highest probability; when-weights know no class, so they answer for the best one only. */
function classesToSearch(input: SegmentInput, options: WhenOptions, fromWeights: boolean): number[] {
  const order = Array.from({ length: input.classes }, (_, k) => k);
  order.sort((a, b) => input.probabilities[b]! - input.probabilities[a]!);
  const likely = order.filter((k, i) => i === 0 || input.probabilities[k]! >= options.minimumProbability);
  return likely.slice(0, fromWeights ? 1 : options.maximumClasses);
}

function windowRules(input: SegmentInput, options: WhenOptions): WindowRules {
  const { rule, minimumShare, maximumShare, outerWeight, outerShare } = options;
  const minimumLength = Math.max(1, Math.ceil(minimumShare * input.frames - 1e-9));
  const maximumLength = Math.max(minimumLength, Math.floor(maximumShare * input.frames + 1e-9));
  return { rule: rule === 'step' ? 'step' : 'window', minimumLength, maximumLength, outerWeight, outerShare };
}

function windowsOf(
  input: SegmentInput,
  k: number,
  options: WhenOptions,
  fromWeights: boolean,
): CurveWindow[] {
  let curve: Float32Array = fromWeights
    ? Float32Array.from(input.weights)
    : curveOf(input.q!, input.classes, k);
  for (let pass = 0; pass < options.smooth; pass++) curve = smoothAxis(curve, curve.length, 1);
  const rules = windowRules(input, options);
  if (options.rule === 'step') {
    const step = bestWindow(curve, rules);
    const isFlat = step === null || step.value <= 0 || windowContrast(curve, step) < options.minimumContrast;
    if (isFlat) return [{ from: 0, to: input.frames, value: step?.value ?? 0 }];
  }
  return bestWindows(curve, rules, { count: options.maximumSegments, minimumScore: options.minimumScore });
}

function thresholdSegments(input: SegmentInput, options: WhenOptions): FrameSegment[] {
  const k = indexOfMax(input.probabilities);
  const runs = runsAbove(input.weights, options.threshold / input.frames);
  const least = options.minimumShare * input.frames;
  const segments = runs
    .filter(({ from, to }) => to - from >= least)
    .map(({ from, to, value }) => ({ classIndex: k, from, to, score: input.probabilities[k]! * value }));
  return segments.sort((a, b) => b.score - a.score).slice(0, options.maximumSegments);
}

function scoreOf(
  input: SegmentInput,
  k: number,
  { from, to }: CurveWindow,
  { probability }: WhenOptions,
): number {
  if (input.curves) return windowAnswer(input.curves, input.classes, from, to, probability)[k]!;
  let inside = 0;
  for (let t = from; t < to; t++) inside += input.weights[t]!;
  return input.probabilities[k]! * inside;
}

/** Non-maximum suppression over the list in its order, and the limit on its length. */
function suppress(segments: readonly FrameSegment[], options: WhenOptions): FrameSegment[] {
  const kept: FrameSegment[] = [];
  for (const segment of segments) {
    if (kept.every((other) => windowOverlap(other, segment) <= options.suppression)) kept.push(segment);
  }
  return kept.slice(0, options.maximumSegments);
}

/** Intersection over union of two windows of frames. */
export function windowOverlap(a: { from: number; to: number }, b: { from: number; to: number }): number {
  const common = Math.max(0, Math.min(a.to, b.to) - Math.max(a.from, b.from));
  const union = a.to - a.from + (b.to - b.from) - common;
  return union > 0 ? common / union : 0;
}

/**
 * The seconds that sampled frames [from, to) stand for: from halfway to the frame before to halfway to the frame
 * after. The first and last frame reach as far outwards as inwards; all is clipped to 0 .. `durationSeconds`.
 * A frame that repeats its time (a clip shorter than asked for) adds nothing.
 */
export function windowSeconds(
  times: ArrayLike<number>,
  from: number,
  to: number,
  durationSeconds = Infinity,
): [startSeconds: number, endSeconds: number] {
  const clip = (x: number): number => Math.min(durationSeconds, Math.max(0, x));
  const own: number[] = [];
  const places = Array.from(times, (time, i) =>
    i > 0 && time === times[i - 1] ? own.length : own.push(time) - 1,
  );
  const last = own.length - 1;
  const edge = (i: number): number => {
    if (last === 0) return i === 0 ? 0 : Number.isFinite(durationSeconds) ? durationSeconds : 0;
    if (i === 0) return own[0]! - (own[1]! - own[0]!) / 2;
    if (i > last) return own[last]! + (own[last]! - own[last - 1]!) / 2;
    return (own[i - 1]! + own[i]!) / 2;
  };
  return [clip(edge(places[from]!)), clip(edge(to < places.length ? places[to]! : own.length))];
}

/** A window of frames as a {@link Segment} of the Result. */
export function toSegment(
  found: FrameSegment,
  labels: readonly string[],
  times: ArrayLike<number>,
  durationSeconds?: number,
): Segment {
  let { from } = found; // a segment of repeats only is one of the frame that they repeat
  while (from > 0 && times[from] === times[from - 1]) from--;
  const [startSeconds, endSeconds] = windowSeconds(times, from, found.to, durationSeconds);
  return { label: labels[found.classIndex]!, startSeconds, endSeconds, score: found.score };
}
