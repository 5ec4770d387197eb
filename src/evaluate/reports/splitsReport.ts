// The report of the set protocols with official splits: top-1 on each test side and the mean, beside chance and the
// majority class of each training side.
import { z } from 'zod';
import type { ProtocolFacts } from '../protocols/facts.js';
import { chance } from '../../metrics/trivial.js';
import { mean } from '../../metrics/mean.js';
import { percent } from '../../percent.js';

const Split = z.object({
  split: z.number().int(),
  train: z.number().int(),
  test: z.number().int(),
  answered: z.number().int(),
  top1: z.number().nullable(),
  interval: z.object({ low: z.number(), high: z.number(), level: z.number() }).nullable(),
  trivial: z.record(z.string(), z.number()),
});

/** The JSON form of `evaluate --protocol ucf101 | hmdb51`. Figures are in 0..1; `top1` is null without a model. `deviation` over splits. */
export const SplitsReport = z.object({
  version: z.literal(1),
  protocol: z.string(),
  classes: z.number().int(),
  splits: z.array(Split),
  mean: z.number().nullable(),
  deviation: z.number().nullable(),
  trivial: z.record(z.string(), z.number()),
  published: z.number(),
  words: z.array(z.string()),
});
export type SplitsReport = z.infer<typeof SplitsReport>;

/** One split: the labels of its sides, and what a model reached on those test clips that were answered. */
export interface SplitScore {
  split: number;
  trainLabels: readonly string[];
  testLabels: readonly string[];
  reached?: { clips: number; top1: number; interval: SplitsReport['splits'][number]['interval'] };
}

/** Sums splits up. The deviation is that of the sample (n - 1). */
export function splitsReport(
  protocol: ProtocolFacts,
  classes: number,
  scores: readonly SplitScore[],
): SplitsReport {
  const splits = scores.map(({ split, trainLabels, testLabels, reached }) => ({
    split,
    train: trainLabels.length,
    test: testLabels.length,
    answered: reached?.clips ?? 0,
    top1: reached?.top1 ?? null,
    interval: reached?.interval ?? null,
    trivial: {
      'majority class': shareOf(testLabels, mostFrequent(trainLabels)),
      chance: chance(classes),
    },
  }));
  const figures = splits.map(({ top1 }) => top1).filter((top1) => top1 !== null);
  const trivial = {
    'majority class': mean(splits.map((one) => one.trivial['majority class'])),
    chance: chance(classes),
  };
  const reached = figures.length === splits.length ? mean(figures) : null;
  const deviation = reached !== null && figures.length > 1 ? deviationOf(figures, reached) : null;
  const published = protocol.published[0]! / 100;
  const words = inWords(splits, protocol.splits, reached, trivial);
  return {
    version: 1,
    protocol: protocol.name,
    classes,
    splits,
    mean: reached,
    deviation,
    trivial,
    published,
    words,
  };
}

function inWords(
  splits: SplitsReport['splits'],
  official: number,
  mean: number | null,
  trivial: Record<string, number>,
): string[] {
  const words: string[] = [];
  if (splits.length < official)
    words.push(`The protocol is the mean over ${official} splits; here ${splits.length} of them.`);
  for (const { split, test, answered } of splits.filter((one) => one.answered > 0 && one.answered < one.test))
    words.push(`Split ${split}: ${test - answered} of ${test} test clips are not at hand and not counted.`);
  const [name, best] = Object.entries(trivial).reduce((a, b) => (b[1] > a[1] ? b : a));
  if (mean !== null && mean <= best) {
    const stands = mean < best ? 'An image-blind baseline wins' : 'An image-blind baseline is as good';
    words.push(`${stands}: ${name} (${percent(best)}).`);
  }
  return words;
}

function mostFrequent(labels: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].reduce<[string, number] | undefined>(
    (a, b) => (a && a[1] >= b[1] ? a : b),
    undefined,
  )?.[0];
}

function shareOf(labels: readonly string[], label: string | undefined): number {
  return labels.filter((one) => one === label).length / labels.length;
}

function deviationOf(values: readonly number[], mean: number): number {
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
