// Two models on the same clips: every figure of both, their difference, and whether other clips could turn it round.
import { inputError } from '../../errors.js';
import { Random } from '../../random.js';
import { actorClips, classFrames } from '../actorClips.js';
import { pairedBootstrap, type Statistic } from '../../metrics/index.js';
import { classFrameScore, whereScores } from '../../metrics/spatial.js';
import type { ClipRecord } from '../record.js';
import { isKnownAction } from './report.js';
import type { PairedFigure, PairedReport, TruthRule } from './reportForm.js';
import { actionScores, timedStatistic } from './whenReport.js';
import { classFrameStatistic, onRightThing } from './whereByClass.js';
import { actingFrames, whereStatistic } from './whereReport.js';
import { answersOf, whatStatistics } from './whatReport.js';

/** Whose records they are, and how the bootstrap draws. */
export interface PairedOptions {
  classes: readonly string[];
  model: string;
  against: string;
  seed?: number;
  samples?: number;
  truthRule?: TruthRule;
}

/** Compares the records of two models on the clips that both answered. Throws `input` where there are none. */
export function pairedReport(
  own: readonly ClipRecord[],
  other: readonly ClipRecord[],
  { classes, model, against, seed = 0, samples = 1000, truthRule = 'any' }: PairedOptions,
): PairedReport {
  const byName = new Map(other.map((record) => [record.clip, record]));
  const pairs = own.flatMap((record): Pair[] => {
    const twin = byName.get(record.clip);
    return twin ? [[record, twin]] : [];
  });
  if (pairs.length === 0) {
    throw inputError('evaluate --against', 'clips that both models answered', 'none');
  }
  const figures = comparisons(pairs, classes, truthRule).map(({ name, clips, statistics }): PairedFigure => {
    const [a, b] = statistics;
    const all = Int32Array.from({ length: clips }, (_, i) => i);
    const options = { random: Random.from(seed, `against ${name}`), samples };
    const { difference, interval, p } = pairedBootstrap(clips, a, b, options);
    const isClear = interval.low > 0 || interval.high < 0;
    const verdict = !isClear ? 'not told apart' : difference > 0 ? 'better' : 'worse';
    return { name, clips, value: a(all), other: b(all), difference, interval, p, verdict };
  });
  return { model, against, clips: pairs.length, figures, words: figures.map(inWords) };
}

type Pair = [own: ClipRecord, other: ClipRecord];

interface PairedStatistics {
  name: string;
  clips: number;
  statistics: [Statistic, Statistic];
}

function comparisons(
  all: readonly Pair[],
  classes: readonly string[],
  truthRule: TruthRule,
): PairedStatistics[] {
  const pairs = all.filter(([record]) => isKnownAction(record, classes));
  const what = [0, 1].map((side) =>
    whatStatistics(
      answersOf(
        pairs.map((pair) => pair[side]!),
        classes,
      ),
      classes.length,
    ),
  );
  const both = (name: string, key: 'top1' | 'meanClassAccuracy'): PairedStatistics => ({
    name,
    clips: pairs.length,
    statistics: [what[0]![key], what[1]![key]],
  });
  return [
    both('top-1', 'top1'),
    both('mean class accuracy', 'meanClassAccuracy'),
    ...whereComparisons(all, truthRule),
    ...classComparisons(all, classes),
    ...whenComparisons(pairs),
  ];
}

function whereComparisons(pairs: readonly Pair[], rule: TruthRule): PairedStatistics[] {
  const framed = pairs
    .map((pair) => pair.map((record) => actingFrames(record, rule)))
    .filter((sides) => sides.every((frames) => frames.length > 0));
  if (framed.length === 0) return [];
  const scores = [0, 1].map((side) => framed.map((sides) => whereScores(sides[side]!)));
  const figure = (name: string, measure: Parameters<typeof whereStatistic>[1]): PairedStatistics => ({
    name,
    clips: framed.length,
    statistics: [whereStatistic(scores[0]!, measure), whereStatistic(scores[1]!, measure)],
  });
  return [
    figure('frames with IoU >= 0.3', ({ iou }) => (iou >= 0.3 ? 1 : 0)),
    figure('mean box IoU', ({ iou }) => iou),
    figure('pointing game', ({ isHit }) => (isHit ? 1 : 0)),
  ];
}

/** The boxes of actors, where both models tell them. */
function classComparisons(pairs: readonly Pair[], classes: readonly string[]): PairedStatistics[] {
  const scored = pairs
    .map((pair) => pair.map((record) => actorClips([record], classes)))
    .filter((sides) => sides.every((clips) => clips.length > 0))
    .map((sides) => sides.map(([clip]) => classFrames(clip!, classes).map(classFrameScore)));
  if (scored.length === 0) return [];
  const side = (i: number): Statistic =>
    classFrameStatistic(
      scored.map((scores) => scores[i]!),
      onRightThing,
    );
  return [{ name: 'place by class', clips: scored.length, statistics: [side(0), side(1)] }];
}

function whenComparisons(pairs: readonly Pair[]): PairedStatistics[] {
  const timed = pairs.flatMap((pair) => {
    const { label, truth } = pair[0];
    const scores = pair.map(({ segments }) => actionScores({ label, truth, segments }));
    return scores[0]!.length > 0 ? [scores] : [];
  });
  if (timed.length === 0) return [];
  const side = (i: number): Statistic => timedStatistic(timed.map((scores) => scores[i]!));
  return [{ name: 'mean temporal IoU', clips: timed.length, statistics: [side(0), side(1)] }];
}

function inWords({ name, value, other, difference, interval, p, verdict }: PairedFigure): string {
  const points = (x: number) => (100 * x).toFixed(1);
  const range = `${points(interval.low)} to ${points(interval.high)}`;
  const stands = verdict === 'not told apart' ? 'within chance' : verdict;
  return `${name}: ${points(value)} % against ${points(other)} %, ${points(difference)} points (${range}, p ${p.toFixed(3)}): ${stands}`;
}
