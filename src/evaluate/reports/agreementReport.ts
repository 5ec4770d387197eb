// Agreement with the scorer of a report: the figures that people who watch behaviour give, frame by frame, and how much time
// each class takes by either. Beside the figures stand the answered classes with other stretches of time.
import { agreementOf, frameCounts, weightedKappa, type FrameCounts } from '../../metrics/agreement.js';
import {
  timeBudget,
  type ScoredStretch,
  type TimeBudget,
  type Statistic,
  type Interval,
} from '../../metrics/index.js';
import { AMBIGUOUS } from '../../metrics/thumos14.js';
import { middleHalf, wholeClip } from '../../metrics/trivial.js';
import { compare } from './figure.js';
import type { ClipRecord, Draw } from '../record.js';
import type { AgreementReport, ClassBudget, Figure } from './reportForm.js';
import type { TruthClip } from '../../truth.js';
import { instancesOf } from './whenReport.js';

/** Frames a second of a clip whose own rate is not known. */
const USUAL_RATE = 25;

/** A record whose truth tells stretches of time. */
type TimedRecord = ClipRecord & { scorer: readonly ScoredStretch[] };

/**
 * Compares the segments of the records with their true stretches, frame by frame at each clip's own rate; null where no
 * truth has stretches. All frames of all clips count alike.
 */
export function agreementReport(records: readonly ClipRecord[], draw: Draw): AgreementReport | null {
  const clips = records.flatMap((record): TimedRecord[] => {
    const scorer = record.truth ? stretchesOf(record.truth, record.durationSeconds) : [];
    return scorer.length > 0 && record.durationSeconds > 0 ? [{ ...record, scorer }] : [];
  });
  if (clips.length === 0) return null;
  const counted = (answer: (clip: TimedRecord) => readonly ScoredStretch[]): FrameCounts[] =>
    clips.map((clip) => countsOf(clip, answer(clip)));
  const counts = counted(({ segments }) => segments);
  const rivals = {
    'whole clip, same classes': counted((clip) => restretched(clip, wholeClip(clip.durationSeconds))),
    'middle half, same classes': counted((clip) => restretched(clip, middleHalf(clip.durationSeconds))),
  };
  const draws = draw(clips.length);
  const figure = (name: string, of: (own: readonly FrameCounts[]) => Statistic): Figure => {
    const trivial = Object.fromEntries(Object.entries(rivals).map(([key, own]) => [key, of(own)]));
    return compare({ name, figure: of(counts), trivial }, clips.length, draws);
  };
  const { classes, frames, observed, kappa } = agreementOf(counts);
  const budgets = budgetsOf(clips);
  return {
    clips: clips.length,
    ...{ frames, observed, kappa },
    figures: {
      sameFrames: figure('frames on which both tell the same', observedStatistic),
      meanF1: figure('mean F1 of the classes, frame by frame', meanF1Statistic),
      ...(kappa !== null && { kappa: inPlain(figure("Cohen's kappa", kappaStatistic)) }),
    },
    perClass: classes.map((one) => ({ ...one, ...budgets(one.label) })),
  };
}

/**
 * All that the truth tells, moments too; without happenings the extent of the clip's class, where that is a part of the clip:
 * the whole of it stands for a time that nobody told.
 */
function stretchesOf(truth: TruthClip, durationSeconds: number): ScoredStretch[] {
  const isUntold = truth.startSeconds <= 0 && truth.endSeconds >= durationSeconds - 1e-3;
  if (!truth.instances?.length && isUntold) return [];
  const moments = (truth.instances ?? []).filter(
    ({ label, startSeconds, endSeconds }) => label !== AMBIGUOUS && startSeconds === endSeconds,
  );
  return [...instancesOf(truth), ...moments];
}

function countsOf(
  { scorer, durationSeconds, frameRate = USUAL_RATE }: TimedRecord,
  answer: readonly ScoredStretch[],
) {
  // A clip that is shorter than half a frame has one.
  const rate = Math.max(frameRate, 1 / durationSeconds);
  return frameCounts({ answer, scorer, durationSeconds, frameRate: rate });
}

/** The answered classes of a clip, each with another stretch of time. */
function restretched({ segments }: ClipRecord, stretch: Interval): ScoredStretch[] {
  return [...new Set(segments.map(({ label }) => label))].map((label) => ({ label, ...stretch }));
}

function observedStatistic(counts: readonly FrameCounts[]): Statistic {
  return pairStatistic(counts, ({ observed }) => observed);
}

/** Draws on which chance agrees everywhere have no kappa and are left out of the interval. */
function kappaStatistic(counts: readonly FrameCounts[]): Statistic {
  return pairStatistic(counts, ({ kappa }) => kappa ?? NaN);
}

function pairStatistic(
  counts: readonly FrameCounts[],
  of: (agreement: ReturnType<typeof weightedKappa>) => number,
): Statistic {
  const pairs = [...new Set(counts.flatMap((one) => [...one.pairs.keys()]))];
  const place = new Map(pairs.map((pair, i) => [pair, i]));
  const sides = pairs.map((pair) => (JSON.parse(pair) as unknown[]).map((set) => JSON.stringify(set)));
  const own = counts.map((one) => [...one.pairs].map(([pair, count]) => [place.get(pair)!, count] as const));
  return (clips) => {
    const sums = new Float64Array(pairs.length);
    for (const clip of clips) for (const [i, count] of own[clip]!) sums[i]! += count;
    return of(weightedKappa(sides.map((pair, i) => ({ pair: pair as [string, string], count: sums[i]! }))));
  };
}

/** The plain mean of F1 over the classes that either tells on a frame of the clips that count. */
function meanF1Statistic(counts: readonly FrameCounts[]): Statistic {
  return (clips) => {
    const sums = new Map<string, [both: number, all: number]>();
    for (const clip of clips) {
      for (const [label, { both, answer, scorer }] of counts[clip]!.classes) {
        const [b, a] = sums.get(label) ?? [0, 0];
        sums.set(label, [b + both, a + answer + scorer]);
      }
    }
    const told = [...sums.values()].filter(([, all]) => all > 0).map(([both, all]) => (2 * both) / all);
    return told.reduce((sum, f1) => sum + f1, 0) / told.length;
  };
}

/** Kappa is no share: it is given as it is, with two digits. */
function inPlain(figure: Figure): Figure {
  const { name, value, best, verdict } = figure;
  const rival = `${best.name} (${best.value.toFixed(2)})`;
  const stands = {
    above: `, above the best image-blind baseline, ${rival}`,
    level: `, not told apart from an image-blind baseline, ${rival}`,
    below: `; an image-blind baseline wins: ${rival}`,
  }[verdict];
  return { ...figure, unit: 'coefficient', words: `${name}: ${value.toFixed(2)}${stands}` };
}

/** The time that a class takes by the scorer and by the answer, over all clips. */
function budgetsOf(
  clips: readonly TimedRecord[],
): (label: string) => Pick<AgreementReport['perClass'][number], 'scorer' | 'answer'> {
  const total = clips.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);
  const budgets = (of: (clip: TimedRecord) => readonly ScoredStretch[]): TimeBudget[] =>
    clips.flatMap((clip) => timeBudget(of(clip), clip.durationSeconds));
  const [scorer, answer] = [budgets((clip) => clip.scorer), budgets((clip) => clip.segments)];
  const sum = (all: readonly TimeBudget[], label: string): ClassBudget => {
    const own = all.filter((one) => one.label === label);
    const seconds = own.reduce((s, one) => s + one.seconds, 0);
    const bouts = own.reduce((s, one) => s + one.bouts, 0);
    return { seconds, share: seconds / total, bouts, meanSeconds: bouts === 0 ? 0 : seconds / bouts };
  };
  return (label) => ({ scorer: sum(scorer, label), answer: sum(answer, label) });
}
