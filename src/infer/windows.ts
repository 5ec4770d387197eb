// A long video in windows: the model answers on `n` frames at a time, each window reaching half into the one before, and
// what the windows say of a frame is averaged. Memory holds one window of pictures and a few numbers a frame.
//
//   curve_t = mean of q_t over the windows that saw frame t;  segments are cut from the whole curve
//   p_k     = mean of p_k over the windows; where every class is told by itself, the largest: it is there if a window has it
//   box_t   = that of the window in which frame t lies farthest from an edge, and so is the box of each class's actor
import { findSegments, toSegment } from '../localize/segments.js';
import { localizeOptions, type LocalizeOptions } from '../localize/index.js';
import { classFreeActors, type Actor, type Box, type Result } from '../result.js';
import type { Frame, VideoInfo } from '../video/types.js';
import type { Answer } from './answer.js';
import { finiteResult } from './finiteAnswer.js';
import type { Predictor } from './predictor.js';
import { toCurves, type SampledClip } from './toResult.js';

/** What answers on one window. */
export type WindowPredictor = Pick<Predictor, 'config' | 'predict'>;

/** A long video, sampled: its chosen frames come one after another, scaled by `predictor.shape`. */
export interface LongVideo {
  frames: AsyncIterable<Pick<Frame, 'index' | 'timeSeconds' | 'data'>>;
  info: VideoInfo;
  damagedFrames: number;
  missingFrames: number;
  warnings: readonly string[];
}

/** The box of an actor on a frame, and what it was drawn from. */
interface ActorPlace {
  box: Box | null;
  source: Actor['source'];
}

/** What is kept of one frame. */
interface FrameSums {
  index: number;
  timeSeconds: number;
  /** Windows that saw it, and the sums of what they said. */
  windows: number;
  weight: number;
  curve: Float64Array;
  /** Log odds of nothing, summed like the curve; undefined where the model does not know it. */
  nothing?: number;
  box: Box | null;
  boxScore: number;
  /** Where each class's actor is, in the window that the box is from; null where the model has no scores of classes. */
  places: Map<string, ActorPlace> | null;
  /** Frames to the nearer edge, in the window that the box is from. */
  depth: number;
}

/** One answer for a video of any length: `path` is how the Result names it. A video without frames has no answer. */
export async function predictWindows(
  predictor: WindowPredictor,
  video: LongVideo,
  path: string,
): Promise<Result> {
  const { frames: n, classes, localize } = predictor.config;
  const isApart = localizeOptions(localize).when.probability === 'sigmoid';
  const seen: FrameSums[] = [];
  const probabilities = new Float64Array(classes.length);
  let open: Pick<Frame, 'index' | 'timeSeconds' | 'data'>[] = [];
  let [windows, fresh, model]: [number, number, Result['model'] | undefined] = [0, 0, undefined];
  const answerOpen = async (): Promise<void> => {
    const answer = await predictor.predict(clipOf(open, n, video), path);
    model = answer.result.model;
    answer.probabilities.forEach((p, k) => {
      probabilities[k] = isApart ? Math.max(probabilities[k]!, p) : probabilities[k]! + p;
    });
    addUp(answer, seen.slice(-open.length), classes.length);
    windows++;
    fresh = 0;
  };
  for await (const frame of video.frames) {
    if (open.length === n) open = open.slice(Math.ceil(n / 2)); // the next window begins in the middle of this one
    open.push(frame);
    fresh++;
    seen.push(emptySums(frame, classes.length));
    if (open.length === n) await answerOpen();
  }
  if (fresh > 0) await answerOpen();
  const told = isApart ? probabilities : probabilities.map((sum) => sum / Math.max(1, windows));
  return resultOf({ seen, told, model: model!, path, video, predictor });
}

function emptySums({ index, timeSeconds }: Pick<Frame, 'index' | 'timeSeconds'>, classes: number): FrameSums {
  const curve = new Float64Array(classes);
  return {
    index,
    timeSeconds,
    windows: 0,
    weight: 0,
    curve,
    box: null,
    boxScore: 0,
    places: null,
    depth: -1,
  };
}

/** The open window as a clip; the last frame is repeated where the video ended before the window was full. */
function clipOf(
  open: readonly Pick<Frame, 'index' | 'timeSeconds' | 'data'>[],
  n: number,
  { info, damagedFrames, missingFrames }: LongVideo,
): SampledClip {
  const size = open[0]!.data.length;
  const all = Array.from({ length: n }, (_, i) => open[Math.min(i, open.length - 1)]!);
  const frames = new Uint8Array(n * size);
  all.forEach(({ data }, i) => frames.set(data, i * size));
  return {
    ...{ frames, info, damagedFrames, missingFrames, warnings: [] },
    times: Float64Array.from(all, ({ timeSeconds }) => timeSeconds),
    indices: all.map(({ index }) => index),
  };
}

function addUp({ result, localization }: Answer, sums: readonly FrameSums[], classes: number): void {
  sums.forEach((sum, i) => {
    const { weight, box, boxScore } = result.frames[i]!;
    sum.windows++;
    sum.weight += weight;
    for (let k = 0; k < classes; k++) sum.curve[k]! += localization.curves?.[i * classes + k] ?? 0;
    if (localization.nothing) sum.nothing = (sum.nothing ?? 0) + localization.nothing[i]!;
    const depth = Math.min(i, sums.length - 1 - i);
    if (depth <= sum.depth) return;
    const places = localization.actors ? placesAt(result.actors, i) : null;
    Object.assign(sum, { box, boxScore: boxScore ?? 0, places, depth } satisfies Partial<FrameSums>);
  });
}

/** The box of each class at sampled frame `i`; of several actors of one class the first. */
function placesAt(actors: readonly Actor[], i: number): FrameSums['places'] {
  return new Map(
    actors.toReversed().map(({ label, boxes, source }) => [label, { box: boxes[i] ?? null, source }]),
  );
}

/** Actors with the boxes that the windows gave them, class-free where every window that drew one drew it so. */
function placed(actors: readonly Actor[], seen: readonly FrameSums[]): Actor[] {
  if (seen.every(({ places }) => places === null)) return [...actors];
  return actors.map((actor) => {
    const own = seen.map(({ places }) => places?.get(actor.label));
    const isFree = own.some((place) => place?.source === 'classFree');
    const isOfMap = own.some((place) => place?.source === 'classMap');
    return {
      ...actor,
      boxes: own.map((place) => place?.box ?? null),
      source: isFree && !isOfMap ? 'classFree' : 'classMap',
    };
  });
}

function resultOf({
  seen,
  told,
  model,
  path,
  video,
  predictor,
}: {
  seen: readonly FrameSums[];
  /** Probabilities of the classes. */
  told: Float64Array;
  model: Result['model'];
  path: string;
  video: LongVideo;
  predictor: WindowPredictor;
}): Result {
  const { classes, frames: n, localize } = predictor.config;
  const { info, damagedFrames, missingFrames, warnings } = video;
  const K = classes.length;
  const weights = seen.map(({ weight, windows }) => weight / windows);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const curves = Float32Array.from(
    seen.flatMap(({ curve, windows }) => [...curve].map((sum) => sum / windows)),
  );
  const hasCurves = curves.some((value) => value !== 0);
  const knowsNothing = seen.every(({ nothing }) => nothing !== undefined);
  const { when } = localizeOptions(localize);
  const found = findSegments(
    {
      ...{ frames: seen.length, classes: K, probabilities: told },
      weights: weights.map((weight) => weight / total),
      ...(hasCurves && { curves, q: curves }),
      ...(knowsNothing && { nothing: seen.map(({ nothing, windows }) => nothing! / windows) }),
    },
    longRules(when, { n, frames: seen.length, classes: K }),
  );
  const times = seen.map(({ timeSeconds }) => timeSeconds);
  const ranked = classes
    .map((label, k) => ({ label, probability: told[k]! }))
    .sort((a, b) => b.probability - a.probability);
  const frames = seen.map(({ index, timeSeconds, box, boxScore }, t) => ({
    ...{ index, timeSeconds, box, boxScore },
    weight: weights[t]! / total,
  }));
  const { segments, actors } = classFreeActors({
    ...{ classes: ranked, frames },
    segments: found.map((one) => toSegment(one, classes, times, info.durationSeconds)),
  });
  return finiteResult({
    ...{ version: 2, clip: path, model },
    video: {
      ...{ width: info.width, height: info.height, frames: info.frames, frameRate: info.frameRate },
      ...{ durationSeconds: info.durationSeconds, damagedFrames, missingFrames },
      ...(info.pixelAspect !== undefined && { pixelAspect: info.pixelAspect }),
    },
    ...{ classes: ranked, frames, segments, actors: placed(actors, seen) },
    ...(hasCurves ? { curves: toCurves(curves, classes, when.probability) } : {}),
    warnings: [...warnings],
  });
}

/** A clip's rules for a long video: several segments of any class, as short as they may be in one window. */
function longRules(
  when: LocalizeOptions['when'],
  { n, frames, classes }: { n: number; frames: number; classes: number },
): LocalizeOptions['when'] {
  return {
    ...when,
    rule: when.longRule ?? when.rule,
    maximumSegments: Math.max(100, when.maximumSegments),
    maximumClasses: classes,
    minimumShare: (when.minimumShare * n) / Math.max(n, frames),
    maximumShare: Math.min(1, (when.maximumShare * n) / Math.max(n, frames)),
  };
}
