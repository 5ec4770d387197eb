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
    },
  };
}

/** True stretches of the clip's class: its instances where listed, else its one start and end. */
function happenings({ label, startSeconds, endSeconds, instances }: TruthClip): Interval[] {
  const own = instances?.filter((instance) => instance.label === label) ?? [];
  const all = own.length > 0 ? own : [{ startSeconds, endSeconds }];
  return all.filter((interval) => interval.endSeconds > interval.startSeconds);
}
