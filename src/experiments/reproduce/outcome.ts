// What one training of a reproduction reached, in a form that several of them can be put together from: every figure as
// parts and wholes of single clips, so that one bootstrap over clips serves them all.
import { z } from 'zod';
import { EvaluationReport } from '../../evaluate/index.js';

/** A figure clip by clip: `sum of parts / sum of wholes`. `wholes` is left out where each is 1. */
export const CountedFigure = z.object({ parts: z.array(z.number()), wholes: z.array(z.number()).optional() });
/** A figure clip by clip. */
export type CountedFigure = z.infer<typeof CountedFigure>;

/** One figure of ours with its image-blind baselines on the same clips; `aim` is its name in the paper's table. */
export const OutcomeFigure = z.object({
  name: z.string(),
  aim: z.string().nullable(),
  own: CountedFigure,
  trivial: z.record(z.string(), CountedFigure),
});
/** One figure of ours with its image-blind baselines on the same clips. */
export type OutcomeFigure = z.infer<typeof OutcomeFigure>;

/** What is kept of a run in `outcome.json`. */
export const Outcome = z.object({
  version: z.literal(1),
  clips: z.object({ training: z.number(), validation: z.number(), test: z.number(), broken: z.number() }),
  epochs: z.number().int(),
  bestEpoch: z.number().int().nullable(),
  seconds: z.number(),
  model: z.string().nullable(),
  figures: z.array(OutcomeFigure),
  /** Further figures of the set, which the paper does not have, by name in 0..1. */
  further: z.record(z.string(), z.number()),
  report: EvaluationReport,
  /** Precision at recall 0, 0.01 .. 1 over all pairs of clip and class. */
  precision: z.array(z.number()),
  /** IoU of every answered box or segment with the truth; empty where the set tells neither. */
  ious: z.array(z.number()),
  iousOf: z.string(),
  notes: z.array(z.string()),
  missing: z.array(z.string()),
});
/** What is kept of a run. */
export type Outcome = z.infer<typeof Outcome>;

/**
 * Precision made falling from the right, at recall 0, 0.01 .. 1, over all pairs of clip and class by falling probability;
 * equal ones count as one step.
 */
export function precisionAtRecall(
  answers: readonly { scores: readonly number[]; truth: number }[],
): number[] {
  const all = Float64Array.from(answers.flatMap(({ scores }) => [...scores])).sort();
  const own = Float64Array.from(answers.map(({ scores, truth }) => scores[truth]!)).sort();
  const ceiling = new Float64Array(101);
  for (let hits = 1; hits <= own.length; hits++) {
    const score = own[own.length - hits]!;
    const counted = own.length - firstAtLeast(own, score);
    const precision = counted / (all.length - firstAtLeast(all, score));
    const at = Math.floor((100 * hits) / own.length + 1e-9);
    ceiling[at] = Math.max(ceiling[at]!, precision);
  }
  for (let r = 99; r >= 0; r--) ceiling[r] = Math.max(ceiling[r]!, ceiling[r + 1]!);
  return Array.from(ceiling);
}

/** The first place in a rising array whose value is at least `value`. */
function firstAtLeast(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
