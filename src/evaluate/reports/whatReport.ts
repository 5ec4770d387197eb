// WHAT of a report: top-1, top-5 and mean class accuracy beside chance and the majority class and, where the model keeps
// one, the mean pool of the same features as a simple baseline.
import {
  type Statistic,
  calibration,
  classAccuracies,
  confusionMatrix,
  type ClassAnswer,
} from '../../metrics/index.js';
import { multiLabelMap } from '../../metrics/averagePrecision.js';
import { scaledProbabilities } from '../../metrics/calibration.js';
import { isInTop } from '../../metrics/classification.js';
import { chance, majorityScores, MEAN_POOLING } from '../../metrics/trivial.js';
import { compare, meanOf } from './figure.js';
import type { ClipRecord, Draw } from '../record.js';
import type { Figure, WhatReport } from './reportForm.js';

/** What WHAT is scored with. `trainingLabels` decide the majority class; without them the records do. */
export interface WhatOptions {
  classes: readonly string[];
  trainingLabels?: readonly string[];
  temperature?: number;
  draw: Draw;
}

/** The figures of WHAT as functions of the clips that count, for answers in the order of the records. */
export function whatStatistics(
  answers: readonly ClassAnswer[],
  classes: number,
): Record<'top1' | 'top5' | 'meanClassAccuracy', Statistic> {
  return {
    top1: topStatistic(answers, 1),
    top5: topStatistic(answers, 5),
    meanClassAccuracy: classStatistic(answers, classes),
  };
}

/**
 * The answers of records, by the probabilities that `scoresOf` takes from them. A clip of several classes counts under the
 * one of them that is answered highest, one of unknown classes only is left out.
 */
export function answersOf(
  records: readonly ClipRecord[],
  classes: readonly string[],
  scoresOf: (record: ClipRecord) => readonly number[] = ({ probabilities }) => probabilities,
): ClassAnswer[] {
  const index = new Map(classes.map((label, k) => [label, k]));
  return records.flatMap((record): ClassAnswer[] => {
    const scores = scoresOf(record);
    const [first, ...further] = truthsOf(record, index);
    if (first === undefined) return [];
    return [{ scores, truth: further.reduce((a, b) => (scores[b]! > scores[a]! ? b : a), first) }];
  });
}

/** Places of a record's classes, those that the model knows; its own first. */
function truthsOf({ label, labels = [] }: ClipRecord, index: ReadonlyMap<string, number>): number[] {
  return [...new Set([label, ...labels])].map((one) => index.get(one)).filter((k) => k !== undefined);
}

/** Scores the classes of all records. */
export function whatReport(records: readonly ClipRecord[], options: WhatOptions): WhatReport {
  const { classes, trainingLabels, temperature, draw } = options;
  const index = new Map(classes.map((label, k) => [label, k]));
  const answers = answersOf(records, classes);
  const truths = records.map((record) => truthsOf(record, index));
  const known = trainingLabels?.map((label) => index.get(label)).filter((k) => k !== undefined);
  const frequencies = majorityScores(known ?? truths.flat(), classes.length);
  const own = whatStatistics(answers, classes.length);
  const majority = whatStatistics(
    answersOf(records, classes, () => frequencies),
    classes.length,
  );
  const hasPool = records.every(({ meanPool }) => meanPool !== undefined);
  const pool = hasPool
    ? whatStatistics(
        answersOf(records, classes, ({ meanPool }) => meanPool!),
        classes.length,
      )
    : undefined;
  const draws = draw(records.length);
  const figure = (name: string, key: keyof typeof own, k = 1): Figure =>
    compare(
      {
        name,
        figure: own[key],
        trivial: {
          'majority class': majority[key],
          chance: meanChance(truths, classes.length, k),
        },
        simple: pool && [MEAN_POOLING, pool[key]],
      },
      records.length,
      draws,
    );
  const counts = confusionMatrix(answers, classes.length);
  const accuracies = classAccuracies(counts);
  const many = manyLabels(records, classes, draws);
  return {
    clips: records.length,
    figures: {
      top1: figure('top-1', 'top1'),
      ...(classes.length > 5 && { top5: figure('top-5', 'top5', 5) }),
      meanClassAccuracy: figure('mean class accuracy', 'meanClassAccuracy'),
    },
    perClass: classes.map((label, k) => ({
      label,
      clips: counts[k]!.reduce((sum, count) => sum + count, 0),
      accuracy: accuracies[k]!,
    })),
    calibration: calibration(answers),
    ...(temperature !== undefined && {
      scaled: { ...calibration(answers.map((answer) => cooled(answer, temperature))), temperature },
    }),
    ...(many && { manyLabels: many }),
    confusion: { classes: [...classes], counts },
  };
}

/** What guessing reaches in the mean over clips, each of which may have several classes. */
function meanChance(truths: readonly number[][], classes: number, k: number): Statistic {
  if (truths.every((own) => own.length === 1)) return () => chance(classes, k);
  return meanOf(truths.map((own) => chance(classes, k, own.length)));
}

/** An answer at a temperature; log probabilities are logits but for a constant, which softmax does not see. */
function cooled({ scores, truth }: ClassAnswer, temperature: number): ClassAnswer {
  const logits = scores.map((p) => Math.log(Math.max(p, Number.MIN_VALUE)));
  return { scores: scaledProbabilities(logits, temperature), truth };
}

/** mAP where some clip has several classes; beside it the same order for every clip, whose AP is the share of true clips. */
function manyLabels(
  records: readonly ClipRecord[],
  classes: readonly string[],
  draws: Int32Array[],
): WhatReport['manyLabels'] {
  if (!records.some(({ labels }) => labels && labels.length > 1)) return undefined;
  const isTrue = records.map(({ label, labels = [label] }) => classes.map((one) => labels.includes(one)));
  const scores = records.map(({ probabilities }) => probabilities);
  const even = records.map(() => classes.map(() => 0));
  const mapOf =
    (of: readonly (readonly number[])[]): Statistic =>
    (clips) =>
      multiLabelMap(
        Array.from(clips, (clip) => of[clip]!),
        Array.from(clips, (clip) => isTrue[clip]!),
      ).mAP;
  // Each draw sorts every class anew: a long list is given fewer draws, and none where even those would take minutes.
  const affordable = Math.floor(2e7 / (records.length * classes.length));
  const some = affordable < 100 ? [] : draws.slice(0, affordable);
  const { AP } = multiLabelMap(scores, isTrue);
  return {
    clips: records.length,
    mAP: compare(
      { name: 'mAP of many labels', figure: mapOf(scores), trivial: { 'one order for all': mapOf(even) } },
      records.length,
      some,
    ),
    AP: Object.fromEntries(classes.flatMap((label, k) => (AP[k] === null ? [] : [[label, AP[k]!]]))),
  };
}

function topStatistic(answers: readonly ClassAnswer[], k: number): Statistic {
  return meanOf(answers.map((answer) => (isInTop(answer, k) ? 1 : 0)));
}

/** Mean class accuracy of the counted clips; a class that was not drawn is left out. */
function classStatistic(answers: readonly ClassAnswer[], classes: number): Statistic {
  const truth = answers.map((answer) => answer.truth);
  const isRight = answers.map((answer) => isInTop(answer, 1));
  return (clips) => {
    const right = new Float64Array(classes);
    const all = new Float64Array(classes);
    for (const clip of clips) {
      all[truth[clip]!]!++;
      if (isRight[clip]) right[truth[clip]!]!++;
    }
    let sum = 0;
    let present = 0;
    for (let k = 0; k < classes; k++) {
      if (all[k] === 0) continue;
      sum += right[k]! / all[k]!;
      present++;
    }
    return sum / present;
  };
}
