// WHEN of a report: the best segment of each true class, beside the whole clip and the middle half.
import type { Statistic, Interval } from '../../metrics/index.js';
import { replaced, segmentMap, type SegmentClip } from '../../metrics/segmentMap.js';
import { bestFit, whenScore } from '../../metrics/temporal.js';
import { AMBIGUOUS } from '../../metrics/thumos14.js';
import { middleHalf, wholeClip } from '../../metrics/trivial.js';
import { compare, meanOf, ratioOf } from './figure.js';
import type { ClipRecord, Draw } from '../record.js';
import type { Figure, WhenReport } from './reportForm.js';
import type { TruthClip, TruthInstance } from '../../truth.js';

/** A record with the true stretches of time of each of its classes. */
interface TimedClip extends ClipRecord {
  actions: TimedAction[];
}

/** Scores the records whose truth has a stretch of time; null where there are none. */
export function whenReport(records: readonly ClipRecord[], draw: Draw): WhenReport | null {
  const clips = records.flatMap((record): TimedClip[] => {
    const actions = actionsOf(record);
    return actions.length > 0 ? [{ ...record, actions }] : [];
  });
  if (clips.length === 0) return null;
  const isOne = clips.every(({ actions }) => actions.length === 1);
  const unit = isOne ? 'clips' : 'actions';
  const model = clips.map(actionScores);
  const rival = (answer: (durationSeconds: number) => Interval) =>
    clips.map(({ durationSeconds, actions }) =>
      actions.map(({ truth }) => bestFit(answer(durationSeconds), truth)),
    );
  const rivals = { 'whole clip': rival(wholeClip), 'middle half': rival(middleHalf) };
  const draws = draw(clips.length);

  const figure = (name: string, measure: (iou: number) => number): Figure => {
    const statistic = (ious: readonly number[][]) => timedStatistic(ious, measure);
    const trivial = Object.fromEntries(Object.entries(rivals).map(([key, ious]) => [key, statistic(ious)]));
    return compare({ name, figure: statistic(model), trivial }, clips.length, draws);
  };
  const recall = (threshold: number) =>
    figure(`${unit} with temporal IoU >= ${threshold}`, (iou) => (iou >= threshold ? 1 : 0));
  return {
    clips: clips.length,
    figures: {
      meanIou: figure('mean temporal IoU', (iou) => iou),
      'recall0.3': recall(0.3),
      'recall0.5': recall(0.5),
      'recall0.7': recall(0.7),
      ...mapFigures(clips, draws),
      ...frameFigures(clips, draw),
    },
  };
}

/** A figure over all actions of the clips that count, given the IoUs of each clip's actions. */
export function timedStatistic(
  ious: readonly (readonly number[])[],
  measure: (iou: number) => number = (iou) => iou,
): Statistic {
  return ratioOf(
    ious.map((own) => own.reduce((sum, iou) => sum + measure(iou), 0)),
    ious.map((own) => own.length),
  );
}

/** Segment mAP where some clip has several true happenings; beside it the answered classes with other stretches of time. */
function mapFigures(
  clips: readonly TimedClip[],
  draws: Int32Array[],
): Partial<Record<'map0.3' | 'map0.5' | 'map0.7', Figure>> {
  if (clips.every(({ truth }) => (truth?.instances?.length ?? 0) < 2)) return {};
  const own = clips.map(({ segments, truth }): SegmentClip => ({
    segments,
    truth: truth ? instancesOf(truth) : [],
  }));
  const rival = (answer: (durationSeconds: number) => Interval) =>
    own.map((clip, i) => replaced(clip, answer(clips[i]!.durationSeconds)));
  const at = (threshold: number): Figure => {
    const trivial = {
      'whole clip, same classes': segmentMap(rival(wholeClip), threshold),
      'middle half, same classes': segmentMap(rival(middleHalf), threshold),
    };
    const comparison = { name: `segment mAP at ${threshold}`, figure: segmentMap(own, threshold), trivial };
    return compare(comparison, clips.length, draws);
  };
  return { 'map0.3': at(0.3), 'map0.5': at(0.5), 'map0.7': at(0.7) };
}

/**
 * What the weights of the frames say, on clips of which some sampled frames are acting and some are not: the share of
 * the weights that lies on acting frames, beside uniform weights, and the IoU of frames above uniform with them, beside
 * every frame kept.
 */
function frameFigures(
  clips: readonly TimedClip[],
  draw: Draw,
): Partial<Record<'weightInside' | 'keptIou', Figure>> {
  const parts = clips
    .map(({ frames, actions }) => ({
      weights: frames.map(({ weight }) => weight),
      isTrue: frames.map(({ timeSeconds: t }) =>
        actions.some(({ truth }) =>
          truth.some(({ startSeconds, endSeconds }) => t >= startSeconds && t < endSeconds),
        ),
      ),
    }))
    .filter(({ isTrue }) => isTrue.includes(true) && isTrue.includes(false));
  if (parts.length === 0) return {};
  const draws = draw(parts.length);
  const of = (measure: (part: (typeof parts)[number]) => number) => meanOf(parts.map(measure));
  const weightInside = compare(
    {
      name: 'weight on acting frames',
      figure: of(({ weights, isTrue }) => shareOf(weights, isTrue)),
      trivial: {
        'uniform weights': of(({ weights, isTrue }) =>
          shareOf(
            weights.map(() => 1),
            isTrue,
          ),
        ),
      },
    },
    parts.length,
    draws,
  );
  const keptIou = compare(
    {
      name: 'IoU of frames above uniform',
      figure: of(({ weights, isTrue }) => keptOverlap(weights, isTrue)),
      trivial: { 'every frame kept': of(({ isTrue }) => isTrue.filter(Boolean).length / isTrue.length) },
    },
    parts.length,
    draws,
  );
  return { weightInside, keptIou };
}

function shareOf(weights: readonly number[], isTrue: readonly boolean[]): number {
  const sum = (of: (i: number) => boolean) => weights.reduce((all, w, i) => all + (of(i) ? w : 0), 0);
  return sum((i) => isTrue[i]!) / (sum(() => true) || 1);
}

function keptOverlap(weights: readonly number[], isTrue: readonly boolean[]): number {
  const uniform = weights.reduce((sum, w) => sum + w, 0) / weights.length;
  const isKept = weights.map((w) => w > uniform);
  const both = isKept.filter((kept, i) => kept && isTrue[i]).length;
  return both / isKept.filter((kept, i) => kept || isTrue[i]).length;
}

/** A class of a clip, and its true stretches of time. */
export interface TimedAction {
  label: string;
  truth: Interval[];
}

/** Each true class of a record with its stretches of time, the record's own class first; none without a truth. */
export function actionsOf({ label, truth }: Pick<ClipRecord, 'label' | 'truth'>): TimedAction[] {
  if (!truth) return [];
  const all = instancesOf(truth);
  const labels = [...new Set([label, ...all.map((instance) => instance.label)])];
  return labels
    .map((one) => ({ label: one, truth: all.filter((instance) => instance.label === one) }))
    .filter((action) => action.truth.length > 0);
}

/** Temporal IoU of each true class of a record, in the order of {@link actionsOf}. */
export function actionScores(record: Pick<ClipRecord, 'label' | 'truth' | 'segments'>): number[] {
  return actionsOf(record).map((action) => whenScore({ ...action, segments: record.segments }));
}

/** Everything that happens in a clip: its instances, and the one start and end of its class where none of them is of it. */
export function instancesOf({ label, startSeconds, endSeconds, instances = [] }: TruthClip): TruthInstance[] {
  const known = instances.some((instance) => instance.label === label);
  const all = known ? instances : [{ label, startSeconds, endSeconds }, ...instances];
  return all.filter((one) => one.label !== AMBIGUOUS && one.endSeconds > one.startSeconds);
}
