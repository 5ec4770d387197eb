// WHERE class by class, from the actors of an answer: does the box of a class lie on the thing that does it? Scored on the
// sampled frames on which something true is known; a class without an actor there has missed.
import type { Box } from '../../result.js';
import { actorClips, classFrames, type ActorClip, type SampledTube } from '../actorClips.js';
import type { Statistic } from '../../metrics/index.js';
import { classFrameScore, type ClassFrameScore } from '../../metrics/spatial.js';
import { centreBox, wholeFrame, type PictureSize } from '../../metrics/trivial.js';
import { compare, ratioOf } from './figure.js';
import type { ClipRecord, Draw } from '../record.js';
import type { Figure, WhereByClass } from './reportForm.js';
import { sampledFrameMap, sampledVideoMap } from '../sampledMaps.js';

/** A figure over all class frames of the clips that count. */
export function classFrameStatistic(
  scores: readonly (readonly ClassFrameScore[])[],
  measure: (score: ClassFrameScore) => number,
): Statistic {
  return ratioOf(
    scores.map((own) => own.reduce((sum, score) => sum + measure(score), 0)),
    scores.map((own) => own.length),
  );
}

/** Share of class frames whose box lies on the right thing. */
export const onRightThing = ({ isPlaced }: ClassFrameScore): number => (isPlaced ? 1 : 0);

/** Scores the records that have actors and true boxes; undefined where there are none. */
export function whereByClass(
  records: readonly ClipRecord[],
  classes: readonly string[],
  draw: Draw,
): WhereByClass | undefined {
  const clips = actorClips(records, classes);
  if (clips.length === 0) return undefined;
  const draws = draw(clips.length);
  const scores = (boxOf?: (size: PictureSize) => Box): ClassFrameScore[][] =>
    clips.map((clip) => classFrames(clip, classes, boxOf?.(clip)).map(classFrameScore));
  const model = scores();
  const rivals = { 'centre box': scores(centreBox), 'whole frame': scores(wholeFrame) };
  const shared = (name: string, measure: (score: ClassFrameScore) => number): Figure => {
    const statistic = (own: ClassFrameScore[][]) => classFrameStatistic(own, measure);
    const trivial = Object.fromEntries(Object.entries(rivals).map(([rival, own]) => [rival, statistic(own)]));
    return compare({ name, figure: statistic(model), trivial }, clips.length, draws);
  };
  const mean = (name: string, map: (of: readonly ActorClip[]) => Statistic): Figure => {
    const trivial = {
      'centre box': map(constant(clips, centreBox)),
      'whole frame': map(constant(clips, wholeFrame)),
    };
    return compare({ name, figure: map(clips), trivial }, clips.length, affordable(clips, draws));
  };
  const labelled = clips.flatMap((clip, c) =>
    classFrames(clip, classes).map(({ label }, i) => ({ label, score: model[c]![i]! })),
  );
  return {
    clips: clips.length,
    frames: labelled.length,
    figures: {
      place: shared('place by class', onRightThing),
      meanIou: shared('mean box IoU by class', ({ iou }) => iou),
      'frameMap0.5': mean('frame-mAP at 0.5', (of) => sampledFrameMap(of, 0.5)),
      'videoMap0.2': mean('video-mAP at 0.2', (of) => sampledVideoMap(of, 0.2)),
      'videoMap0.5': mean('video-mAP at 0.5', (of) => sampledVideoMap(of, 0.5)),
    },
    perClass: perClass(labelled),
  };
}

function perClass(labelled: readonly { label: string; score: ClassFrameScore }[]): WhereByClass['perClass'] {
  return [...new Set(labelled.map(({ label }) => label))].sort().map((label) => {
    const own = labelled.filter((one) => one.label === label).map(({ score }) => score);
    const mean = (of: (score: ClassFrameScore) => number) =>
      own.reduce((sum, one) => sum + of(one), 0) / own.length;
    return { label, frames: own.length, place: mean(onRightThing), meanIou: mean(({ iou }) => iou) };
  });
}

/** The same actors, scores and frames with a constant box: what is left is what their boxes are worth. */
function constant(clips: readonly ActorClip[], boxOf: (size: PictureSize) => Box): ActorClip[] {
  return clips.map((clip) => {
    const still = <T extends SampledTube>(tube: T): T => ({
      ...tube,
      boxes: tube.boxes.map((box) => box && boxOf(clip)),
    });
    return { ...clip, actors: clip.actors.map(still), tubes: clip.tubes.map(still) };
  });
}

/** Each draw ranks every box anew: a long list is given fewer draws, and none where even those would take minutes. */
function affordable(clips: readonly ActorClip[], draws: Int32Array[]): Int32Array[] {
  const boxes = clips.reduce((sum, { actors, truth }) => sum + actors.length * truth.length, 0);
  const most = Math.floor(4e6 / Math.max(1, boxes));
  return most < 100 ? [] : draws.slice(0, most);
}
