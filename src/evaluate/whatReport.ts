// WHAT of a report: top-1, top-5 and mean class accuracy beside chance and the majority class.
import type { Statistic } from './bootstrap.js';
import { calibration } from './calibration.js';
import { classAccuracies, confusionMatrix, isInTop, type ClassAnswer } from './classification.js';
import { compare, meanOf } from './figure.js';
import type { ClipRecord, Draw } from './record.js';
import type { WhatReport } from './reportForm.js';
import { chance, majorityScores } from './trivial.js';

/** Scores the classes of all records. `trainingLabels` decide the majority class; without them the records do. */
export function whatReport(
  records: readonly ClipRecord[],
  classes: readonly string[],
  trainingLabels: readonly string[] | undefined,
  draw: Draw,
): WhatReport {
  const index = new Map(classes.map((label, k) => [label, k]));
  const truth = records.map(({ label }) => index.get(label)!);
  const answers = records.map(({ probabilities }, i): ClassAnswer => ({
    scores: probabilities,
    truth: truth[i]!,
  }));
  const known = trainingLabels?.map((label) => index.get(label)).filter((k) => k !== undefined);
  const frequencies = majorityScores(known ?? truth, classes.length);
  const majority = truth.map((k): ClassAnswer => ({ scores: frequencies, truth: k }));
  const draws = draw(records.length);

  const top = (name: string, k: number) =>
    compare(
      {
        name,
        figure: topStatistic(answers, k),
        trivial: { 'majority class': topStatistic(majority, k), chance: () => chance(classes.length, k) },
      },
      records.length,
      draws,
    );
  const meanClassAccuracy = compare(
    {
      name: 'mean class accuracy',
      figure: classStatistic(answers, classes.length),
      trivial: {
        'majority class': classStatistic(majority, classes.length),
        chance: () => chance(classes.length),
      },
    },
    records.length,
    draws,
  );
  const counts = confusionMatrix(answers, classes.length);
  const accuracies = classAccuracies(counts);
  return {
    clips: records.length,
    figures: { top1: top('top-1', 1), top5: top('top-5', 5), meanClassAccuracy },
    perClass: classes.map((label, k) => ({
      label,
      clips: counts[k]!.reduce((sum, count) => sum + count, 0),
      accuracy: accuracies[k]!,
    })),
    calibration: calibration(answers),
    confusion: { classes: [...classes], counts },
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
