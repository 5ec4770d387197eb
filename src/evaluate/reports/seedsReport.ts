// The same training several times over (seeds, folds): mean and deviation of every figure over its models.
import { z } from 'zod';
import { meanAndDeviation } from '../../metrics/bootstrap.js';
import { EvaluationReport, Figure } from './reportForm.js';
import { percent } from '../../percent.js';

const SeedsFigure = z.object({
  name: z.string(),
  values: z.array(z.number()),
  mean: z.number(),
  /** Of the sample (n - 1); null for one model. */
  deviation: z.number().nullable(),
  /** The best image-blind baseline of the mean over the models, and how the mean stands to it. */
  best: z.object({ name: z.string(), value: z.number() }),
  verdict: z.enum(['above', 'level', 'below']),
  unit: Figure.shape.unit,
  /** The simple baseline in the mean over the models, where each figure has it. */
  simple: z.object({ name: z.string(), value: z.number() }).optional(),
});

/** The JSON form of `evaluate` where MODEL holds several model folders. Figures are in 0..1. */
export const SeedsReport = z.object({
  version: z.literal(1),
  models: z.array(z.object({ model: z.string(), report: EvaluationReport })),
  figures: z.record(z.string(), SeedsFigure),
  words: z.array(z.string()),
});
/** The JSON form of `evaluate` where MODEL holds several model folders. */
export type SeedsReport = z.infer<typeof SeedsReport>;

/** Sums up the reports of several models on the same clips. A figure counts where each of them has it. */
export function seedsReport(models: SeedsReport['models']): SeedsReport {
  const all = models.map(({ report }) => figuresOf(report));
  const keys = Object.keys(all[0] ?? {}).filter((key) => all.every((figures) => key in figures));
  const figures = Object.fromEntries(keys.map((key) => [key, summed(all.map((own) => own[key]!))] as const));
  return { version: 1, models: [...models], figures, words: inWords(figures) };
}

/** Every figure of a report under the name of its part, as `what.top1`. */
export function figuresOf({ what, where, when, agreement }: EvaluationReport): Record<string, Figure> {
  const parts = {
    ...{ what: what.figures, where: where?.figures ?? {} },
    ...{ actors: where?.byClass?.figures ?? {}, when: when?.figures ?? {} },
    agreement: agreement?.figures ?? {},
  };
  return Object.fromEntries(
    Object.entries(parts).flatMap(([part, figures]) =>
      Object.entries(figures)
        .filter(([, figure]) => figure !== undefined)
        .map(([key, figure]) => [`${part}.${key}`, figure]),
    ),
  );
}

function summed(figures: readonly Figure[]): SeedsReport['figures'][string] {
  const values = figures.map(({ value }) => value);
  const { mean, deviation } = meanAndDeviation(values);
  const names = Object.keys(figures[0]!.trivial).filter((name) => figures.every((f) => name in f.trivial));
  const rivals = names.map((name) => ({
    name,
    value: meanAndDeviation(figures.map(({ trivial }) => trivial[name]!)).mean,
  }));
  const best = rivals.reduce((a, b) => (b.value > a.value ? b : a));
  const lead = mean - best.value;
  // Told apart where the lead is more than two standard errors over the models.
  const isClear = deviation === null || lead > (2 * deviation) / Math.sqrt(values.length);
  const verdict = lead < 0 ? 'below' : lead > 0 && isClear ? 'above' : 'level';
  const { name, unit } = figures[0]!;
  const simple = figures.flatMap((figure) => figure.simple ?? []);
  const isSimple = simple.length === figures.length;
  return {
    ...{ name, values, mean, deviation, best, verdict },
    ...(unit && { unit }),
    ...(isSimple && {
      simple: { name: simple[0]!.name, value: meanAndDeviation(simple.map((one) => one.value)).mean },
    }),
  };
}

function inWords(figures: SeedsReport['figures']): string[] {
  return Object.values(figures).flatMap(({ name, mean, best, verdict, unit }) => {
    const said = (value: number): string => (unit ? value.toFixed(2) : percent(value));
    if (verdict === 'above') return [];
    const stands =
      verdict === 'below' ? 'an image-blind baseline wins' : 'not told apart from an image-blind baseline';
    return [`${name}: ${said(mean)} in the mean; ${stands}: ${best.name} (${said(best.value)})`];
  });
}
