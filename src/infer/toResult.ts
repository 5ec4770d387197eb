// Puts the numbers of an answer into the one JSON form (src/result.ts).
import { toSegment } from '../localize/segments.js';
import type { FrameSegment, Localization, ActorLook } from '../localize/index.js';
import type { ModelConfig } from '../model/index.js';
import {
  classFreeActors,
  withActor,
  type Actor,
  type ClassScore,
  type Masks,
  type Result,
  type Segment,
} from '../result.js';
import type { Clip } from '../video/clip.js';
import { unseenOf } from './unseen.js';

/** Which model answered. */
export type ModelIdentity = Result['model'];

/** Sampled frames of one clip: what a predictor reads of a video's `Clip`. */
export type SampledClip = Pick<
  Clip,
  'frames' | 'times' | 'indices' | 'info' | 'damagedFrames' | 'missingFrames' | 'warnings'
>;

/** What a Result says of the clip that it is about. */
export type ClipFacts = Omit<SampledClip, 'frames'>;

/** What a Result is made from. */
export interface ResultParts {
  path: string;
  clip: ClipFacts;
  classes: readonly string[];
  grid: ModelConfig['grid'];
  probabilities: Float32Array;
  weights: Float32Array;
  /** Weights of each step, where there are several. */
  steps?: number[][];
  localization: Localization;
  /** Where the grid's cells look, as shares of the picture. */
  cells?: Masks['cells'];
  model: ModelIdentity;
}

/** The Result of one clip. */
export function toResult({ path, clip, model, ...parts }: ResultParts): Result {
  const { info, times, indices, damagedFrames, missingFrames, warnings } = clip;
  const { localization, weights, classes } = parts;
  const ranked = ranking(classes, parts.probabilities);
  const frames = indices.map((index, i) => ({
    index,
    timeSeconds: times[i]!,
    weight: weights[i]!,
    box: localization.frames[i]!.box,
    boxScore: localization.frames[i]!.score,
  }));
  const second = (one: FrameSegment) => toSegment(one, classes, times, info.durationSeconds);
  const segments = localization.segments.map(second);
  return {
    version: 2,
    clip: path,
    model,
    video: {
      width: info.width,
      height: info.height,
      frames: info.frames,
      durationSeconds: info.durationSeconds,
      frameRate: info.frameRate,
      ...(info.pixelAspect !== undefined && { pixelAspect: info.pixelAspect }),
      damagedFrames,
      missingFrames,
    },
    classes: ranked,
    frames,
    ...(localization.actors
      ? classActors(localization.actors, segments, classes, second)
      : classFreeActors({ classes: ranked, frames, segments })),
    tubes: localization.tubes.map(({ score, boxes }) => ({
      score,
      boxes: boxes.map((scored) => scored?.box ?? null),
    })),
    masks: { ...toMasks(localization.map, parts.grid), ...(parts.cells && { cells: parts.cells }) },
    ...(localization.curves
      ? { curves: toCurves(localization.curves, classes, localization.probability) }
      : {}),
    ...(parts.steps ? { steps: parts.steps } : {}),
    ...unseenOf(clip),
    warnings: [...warnings],
  };
}

/** Actors of a model that draws each class's boxes from a map of its own, and whose each segment is. */
function classActors(
  found: readonly ActorLook[],
  segments: readonly Segment[],
  classes: readonly string[],
  second: (segment: FrameSegment) => Segment,
): Pick<Result, 'actors' | 'segments'> {
  const actors = found.map(({ classIndex, score, boxes, segments: own, source }): Actor => ({
    label: classes[classIndex]!,
    score,
    boxes: boxes.map((scored) => scored?.box ?? null),
    segments: own.map(second).map(({ label: _, ...stretch }) => stretch),
    source,
  }));
  return { actors, segments: segments.map((segment) => withActor(segment, actorOf(segment, actors))) };
}

/** Of several actors of one class the one that has this very stretch, else the first; -1 for none. */
function actorOf({ label, startSeconds, endSeconds }: Segment, actors: readonly Actor[]): number {
  const exact = actors.findIndex(
    (actor) =>
      actor.label === label &&
      actor.segments.some((own) => own.startSeconds === startSeconds && own.endSeconds === endSeconds),
  );
  return exact >= 0 ? exact : actors.findIndex((actor) => actor.label === label);
}

/** All classes, the most probable first. */
function ranking(classes: readonly string[], probabilities: Float32Array): ClassScore[] {
  const scores = classes.map((label, k) => ({ label, probability: probabilities[k]! }));
  return scores.sort((a, b) => b.probability - a.probability);
}

/** Evidence `[n,K]` as one row of `n` values a class. */
export function toCurves(
  curves: ArrayLike<number>,
  classes: readonly string[],
  probability: Localization['probability'],
): Result['curves'] {
  const K = classes.length;
  const n = curves.length / K;
  const row = (k: number): number[] => Array.from({ length: n }, (_, t) => curves[t * K + k]!);
  return {
    labels: [...classes],
    values: classes.map((_, k) => row(k)),
    ...(probability === 'sigmoid' && { probability }),
  };
}

/** The where-map `[n,h,w]` in 0..1 as bytes in base64. */
function toMasks(map: Float32Array, { height, width }: ModelConfig['grid']): Masks {
  let text = '';
  for (const value of map) text += String.fromCharCode(Math.round(255 * Math.min(1, Math.max(0, value))));
  return { height, width, bytes: btoa(text) };
}
