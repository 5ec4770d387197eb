// WHERE of a report: boxes and points on acting frames, beside the centre box, the whole frame and the best constant box.
import type { Box } from '../../result.js';
import type { Statistic } from '../../metrics/index.js';
import { fitConstantBox, type BoxSample } from '../../metrics/constantBox.js';
import { whereScores, type WhereFrame, type WhereScore } from '../../metrics/spatial.js';
import { boxCentre, centreBox, scaledBox, wholeFrame, type PictureSize } from '../../metrics/trivial.js';
import { compare, ratioOf } from './figure.js';
import type { ClipRecord, Draw } from '../record.js';
import type { Figure, TruthRule, WhereReport } from './reportForm.js';
import { trueBoxAt, trueBoxesAt, type FramePlace, type TruthClip } from '../../truth.js';
import { whereByClass } from './whereByClass.js';

/** What WHERE is scored with. `trainingTruth` fits the constant box; without it the records do. */
export interface WhereReportOptions {
  classes: readonly string[];
  trainingTruth?: readonly TruthClip[];
  truthRule: TruthRule;
  draw: Draw;
}

/** Scores the acting frames of the records that have truth; null where there are none. */
export function whereReport(
  records: readonly ClipRecord[],
  { classes, trainingTruth = [], truthRule, draw }: WhereReportOptions,
): WhereReport | null {
  const clips = records
    .map((record) => actingFrames(record, truthRule))
    .filter((frames) => frames.length > 0);
  if (clips.length === 0) return null;
  const learnt = trainingTruth.flatMap((clip) => boxSamples(clip, truthRule));
  const byClass = whereByClass(records, classes, draw);
  const constant = fitConstantBox(learnt.length > 0 ? learnt : clips.flat());
  const model = clips.map((frames) => whereScores(frames));
  const rivals: Record<string, WhereScore[][]> = {
    'centre box': constantScores(clips, centreBox),
    'whole frame': constantScores(clips, wholeFrame),
    'best constant box': constantScores(clips, (size) => scaledBox(constant.box, size)),
  };
  const draws = draw(clips.length);

  const figure = (name: string, measure: (score: WhereScore) => number): Figure => {
    const statistic = (scores: WhereScore[][]) => whereStatistic(scores, measure);
    const trivial = Object.fromEntries(Object.entries(rivals).map(([rival, s]) => [rival, statistic(s)]));
    return compare({ name, figure: statistic(model), trivial }, clips.length, draws);
  };
  const atIou = (threshold: number) =>
    figure(`frames with IoU >= ${threshold}`, ({ iou }) => (iou >= threshold ? 1 : 0));
  return {
    clips: clips.length,
    frames: model.flat().length,
    figures: {
      'iou0.1': atIou(0.1),
      'iou0.2': atIou(0.2),
      'iou0.3': atIou(0.3),
      'iou0.5': atIou(0.5),
      meanIou: figure('mean box IoU', ({ iou }) => iou),
      pointing: figure('pointing game', ({ isHit }) => (isHit ? 1 : 0)),
    },
    constantBox: {
      box: constant.box,
      fittedOn: learnt.length > 0 ? 'training truth' : 'the evaluated clips',
    },
    truthRule,
    ...(byClass && { byClass }),
  };
}

/** A figure over the acting frames of the clips that count, scored clip by clip. */
export function whereStatistic(
  scores: readonly WhereScore[][],
  measure: (score: WhereScore) => number,
): Statistic {
  return ratioOf(
    scores.map((clip) => clip.reduce((sum, score) => sum + measure(score), 0)),
    scores.map((clip) => clip.length),
  );
}

/** The acting frames of one record, those on which the rule knows a true box; none without truth. */
export function actingFrames({ frames, truth }: ClipRecord, rule: TruthRule = 'any'): WhereFrame[] {
  if (!truth) return [];
  const { width, height } = truth;
  return frames.flatMap((frame) => {
    const boxes = boxesBy(rule, truth, frame);
    if (boxes.length === 0) return [];
    return [{ predicted: frame.box, point: frame.point, truth: boxes, width, height }];
  });
}

/** The true boxes of a frame that count. */
export function boxesBy(rule: TruthRule, truth: TruthClip, frame: FramePlace): Box[] {
  if (rule === 'any') return trueBoxesAt(truth, frame).map(({ box }) => box);
  return [trueBoxAt(truth, frame)].filter((box) => box !== null);
}

function boxSamples(truth: TruthClip, rule: TruthRule): BoxSample[] {
  const { width, height, actors = [] } = truth;
  const seen = new Map(
    [truth, ...actors].flatMap(({ frames }) => frames.map((frame) => [frame.index, frame])),
  );
  return [...seen.values()].map((frame) => ({ truth: boxesBy(rule, truth, frame), width, height }));
}

function constantScores(clips: readonly WhereFrame[][], boxOf: (size: PictureSize) => Box): WhereScore[][] {
  return clips.map((frames) =>
    whereScores(
      frames.map((frame) => {
        const box = boxOf(frame);
        return { ...frame, predicted: box, point: boxCentre(box) };
      }),
    ),
  );
}
