// The loss terms: one entry each, with its usual weight and its equation. Their settings, names, sum and what a run reports
// are derived from the list. docs/architecture.md#losses; cross-entropy has weight 1.
import { z } from 'zod';
import { factor, positiveFactor } from '../bounds.js';
import { add, mul, type Expr } from '../graph/index.js';
import type { Attention } from './attention/attention.js';
import * as terms from './lossTerms.js';
import type { ProbabilityForm } from './settings.js';

/** `r` of the pooling of evidence, unless a recipe or a model says otherwise. */
export const usualSharpness = 4;

/** How terms count, beside their weights. */
const shapes = {
  /** `r` of the pooling: 0 would be the mean over all places, infinity their best one. */
  evidenceSharpness: positiveFactor.default(usualSharpness),
  /** `sum` of the hinge (paper) or mean of its square root (released scripts). */
  unimodalForm: z.enum(['sum', 'sqrt']).default('sum'),
  /** Without the hinge (the paper's max) every dent costs and every bulge pays; `sum` only. */
  unimodalHinge: z.boolean().default(true),
  /** On the weights (paper), or on their logarithms, which are the energies but for a constant: scale-free. */
  unimodalOn: z.enum(['weights', 'logits']).default('weights'),
  /** What a difference of neighbours costs: its size (paper), its square, or Huber's mixture with a bend at 0.1. */
  variationForm: z.enum(['l1', 'l2', 'huber']).default('l1'),
  /** Neighbours of a cell in its frame: right and lower (4 in all), or the diagonals too, at 1 / sqrt 2. */
  neighbours: z.union([z.literal(4), z.literal(8)]).default(4),
  /** Share of a frame that a mask may cover for nothing; without it all area costs. */
  areaTarget: z.number().min(0).max(1).optional(),
};
type LossShapes = z.infer<z.ZodObject<typeof shapes>>;

/** What a term may look at, for `N` clips. */
interface LossInputs {
  attention: Attention;
  /** `[N]` (int64), or `[N,K]` (float32, 1 where the clip has the class). */
  labels: Expr;
  /** `[N,n,C,h,w]`. */
  features: Expr;
  probabilities?: ProbabilityForm;
}

/** One term beside cross-entropy. */
interface LossTerm {
  /** That of docs/architecture.md#losses; 0 for what the paper does not have. */
  weight: number;
  /** A scalar, without its weight. */
  term: (seen: LossInputs, shapes: LossShapes) => Expr;
  /** Reported where its weight is 0 too. */
  isAlwaysTold: boolean;
}

/** The terms in the order in which they are added. */
const list = {
  totalVariation: {
    weight: 3e-4,
    term: ({ attention }, settings) => terms.totalVariation(attention.masks, settings),
    isAlwaysTold: true,
  },
  contrast: { weight: 1e-4, term: ({ attention }) => terms.contrast(attention.masks), isAlwaysTold: true },
  unimodal: {
    weight: 1,
    term: ({ attention }, settings) => terms.unimodal(attention.weights, settings.unimodalForm, settings),
    isAlwaysTold: true,
  },
  area: {
    weight: 0,
    term: ({ attention }, { areaTarget }) => terms.area(attention.masks, areaTarget),
    isAlwaysTold: true,
  },
  temporalVariation: {
    weight: 0,
    term: ({ attention }, settings) => terms.temporalVariation(attention.masks, settings),
    isAlwaysTold: true,
  },
  normPrior: {
    weight: 0,
    term: ({ attention, features }) => terms.normPrior(attention, features),
    isAlwaysTold: false,
  },
  /** Over a clip every place shall be looked at as much as every other (Sharma et al. 2015). */
  doublyStochastic: {
    weight: 0,
    term: ({ attention }) => terms.doublyStochastic(attention.masks),
    isAlwaysTold: false,
  },
  /** Cross-entropy of the pooled evidence: every class must be found somewhere, whatever the attention says. */
  evidence: {
    weight: 0,
    term: ({ attention, labels, probabilities }, { evidenceSharpness }) =>
      terms.pooledEvidence(attention, labels, evidenceSharpness, probabilities),
    isAlwaysTold: false,
  },
} as const satisfies Readonly<Record<string, LossTerm>>;

/** The name of a term beside cross-entropy. */
export type Regulariser = keyof typeof list;

/** The terms beside cross-entropy, in the order in which they are added. */
export const regularisers = Object.keys(list) as Regulariser[];

const weights = Object.fromEntries(regularisers.map((name) => [name, factor.default(list[name].weight)])) as {
  [Name in Regulariser]: z.ZodDefault<z.ZodNumber>;
};

/** Weights and shapes of the loss terms; the defaults are those of docs/architecture.md#losses. Cross-entropy has weight 1. */
export const LossSettings = z.strictObject({ ...weights, ...shapes });
/** Weights and shapes of the loss terms. */
export type LossSettings = z.infer<typeof LossSettings>;

/** Some of the settings: what is left out stays left out, so that a form's own defaults come before the general ones. */
export const LossChoices = z.strictObject(
  Object.fromEntries(
    Object.entries(LossSettings.shape).map(([name, one]): [string, z.ZodType] => [
      name,
      (one instanceof z.ZodDefault ? (one.unwrap() as z.ZodType) : one).optional(),
    ]),
  ),
) as unknown as z.ZodType<Partial<LossSettings>, Partial<LossSettings>>;

/** The terms, each a scalar without its weight, and their weighted sum; some only where their weight is not 0. */
export type Losses = { crossEntropy: Expr; total: Expr } & {
  [Name in Regulariser as (typeof list)[Name]['isAlwaysTold'] extends true ? Name : never]: Expr;
} & { [Name in Regulariser]?: Expr };

/**
 * All terms for the attention on clips with `labels [N]` (int64), or with several classes a clip `targets [N,K]` (float32,
 * 1 where the clip has the class). `features [N,n,C,h,w]` are what the norm prior looks at. Terms of weight 0 are reported
 * and left out of the total.
 */
export function losses(
  attention: Attention,
  labels: Expr,
  {
    features,
    probabilities,
    ...settings
  }: LossSettings & { features: Expr; probabilities?: ProbabilityForm },
): Losses {
  const seen = { attention, labels, features, probabilities };
  const crossEntropy = terms.crossEntropy(attention.logits, labels, probabilities);
  let total = crossEntropy;
  const told: Partial<Record<Regulariser, Expr>> = {};
  for (const name of regularisers) {
    const { term, isAlwaysTold }: LossTerm = list[name];
    const weight = settings[name];
    if (weight === 0 && !isAlwaysTold) continue;
    const value = (told[name] = term(seen, settings));
    if (weight > 0) total = add(total, mul(value, weight));
  }
  return { crossEntropy, ...told, total } as Losses;
}
