// WHEN of a report: the best segment of the true class, beside the whole clip and the middle half.
import { compare, meanOf } from './figure.js';
import type { Interval } from './overlap.js';
import type { ClipRecord, Draw } from './record.js';
import type { Figure, WhenReport } from './reportForm.js';
import { bestFit, whenScore } from './temporal.js';
import { middleHalf, wholeClip } from './trivial.js';
import type { TruthClip } from './truth.js';

/** Scores the records whose truth has a stretch of time; null where there are none. */
export function whenReport(records: readonly ClipRecord[], draw: Draw): WhenReport | null {
  const clips = records.flatMap((record) => {
    const truth = record.truth ? happenings(record.truth) : [];
    return truth.length > 0 ? [{ ...record, truth }] : [];
  });
  if (clips.length === 0) return null;
  const model = clips.map(whenScore);
  const rival = (answer: (durationSeconds: number) => Interval) =>
    clips.map(({ durationSeconds, truth }) => bestFit(answer(durationSeconds), truth));
  const rivals = { 'whole clip': rival(wholeClip), 'middle half': rival(middleHalf) };
  const draws = draw(clips.length);

  const figure = (name: string, measure: (iou: number) => number): Figure => {
    const statistic = (ious: readonly number[]) => meanOf(ious.map(measure));
    const trivial = Object.fromEntries(Object.entries(rivals).map(([key, ious]) => [key, statistic(ious)]));
    return compare({ name, figure: statistic(model), trivial }, clips.length, draws);
  };
  const recall = (threshold: number) =>
    figure(`clips with temporal IoU >= ${threshold}`, (iou) => (iou >= threshold ? 1 : 0));
  return {
    clips: clips.length,
    figures: {
      meanIou: figure('mean temporal IoU', (iou) => iou),
      'recall0.3': recall(0.3),
      'recall0.5': recall(0.5),
      'recall0.7': recall(0.7),
      ...frameFigures(clips, draw),
    },
  };
}

/**
 * What the weights of the frames say, on clips of which some sampled frames are acting and some are not: the share of
 * the weights that lies on acting frames, beside uniform weights, and the IoU of frames above uniform with them, beside
 * every frame kept.
 */
function frameFigures(
  clips: readonly (Pick<ClipRecord, 'frames'> & { truth: readonly Interval[] })[],
  draw: Draw,
): Partial<Record<'weightInside' | 'keptIou', Figure>> {
  const parts = clips
    .map(({ frames, truth }) => ({
      weights: frames.map(({ weight }) => weight),
      isTrue: frames.map(({ timeSeconds: t }) =>
        truth.some(({ startSeconds, endSeconds }) => t >= startSeconds && t < endSeconds),
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

/** True stretches of the clip's class: its instances where listed, else its one start and end. */
export function happenings({ label, startSeconds, endSeconds, instances }: TruthClip): Interval[] {
  const own = instances?.filter((instance) => instance.label === label) ?? [];
  const all = own.length > 0 ? own : [{ startSeconds, endSeconds }];
  return all.filter((interval) => interval.endSeconds > interval.startSeconds);
}
