// The loss terms of METHOD section 3, each summed over a clip and then averaged over the batch.
// Contrast and total variation alone have an all-ones mask as a minimum; only the area term speaks against it.
import { z } from 'zod';
import {
  abs,
  add,
  cast,
  constant,
  div,
  exp,
  greater,
  log,
  logSoftmax,
  max,
  maximum,
  mean,
  mul,
  neg,
  oneHot,
  relu,
  reshape,
  slice,
  sqrt,
  square,
  stopGradient,
  sub,
  sum,
  type Expr,
} from '../graph/index.js';
import { WhereWhenError } from '../errors.js';
import type { Attention } from './form.js';

const weight = z.number().min(0);

/** Weights and shapes of the loss terms; the defaults are METHOD section 3's. Cross-entropy has weight 1. */
export const LossSettings = z.strictObject({
  totalVariation: weight.default(3e-4),
  contrast: weight.default(1e-4),
  unimodal: weight.default(1),
  area: weight.default(0),
  temporalVariation: weight.default(0),
  normPrior: weight.default(0),
  /** Over a clip every place shall be looked at as much as every other (Sharma et al. 2015). */
  doublyStochastic: weight.default(0),
  /** Cross-entropy of the pooled evidence: every class must be found somewhere, whatever the attention says. */
  evidence: weight.default(0),
  /** `r` of the pooling: 0 would be the mean over all places, infinity their best one. */
  evidenceSharpness: z.number().gt(0).default(4),
  /** `sum` of the hinge (paper) or mean of its square root (released scripts). */
  unimodalForm: z.enum(['sum', 'sqrt']).default('sum'),
  /** Share of a frame that a mask may cover for nothing; without it all area costs. */
  areaTarget: z.number().min(0).max(1).optional(),
});
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

/** The terms, each a scalar without its weight, and their weighted sum. */
export interface Losses {
  crossEntropy: Expr;
  totalVariation: Expr;
  contrast: Expr;
  unimodal: Expr;
  area: Expr;
  temporalVariation: Expr;
  /** Only where their weight is not 0. */
  normPrior?: Expr;
  doublyStochastic?: Expr;
  evidence?: Expr;
  total: Expr;
}

/**
 * All terms for the attention on clips with `labels [N]` (int64). `features [N,n,C,h,w]` are what the norm prior
 * looks at. Terms of weight 0 are reported and left out of the total.
 */
export function losses(
  attention: Attention,
  labels: Expr,
  { features, ...settings }: LossSettings & { features: Expr },
): Losses {
  const { masks, weights } = attention;
  const terms = {
    crossEntropy: crossEntropy(attention.logits, labels),
    totalVariation: totalVariation(masks),
    contrast: contrast(masks),
    unimodal: unimodal(weights, settings.unimodalForm),
    area: area(masks, settings.areaTarget),
    temporalVariation: temporalVariation(masks),
    ...(settings.normPrior > 0 ? { normPrior: normPrior(attention, features) } : {}),
    ...(settings.doublyStochastic > 0 ? { doublyStochastic: doublyStochastic(masks) } : {}),
    ...(settings.evidence > 0
      ? { evidence: pooledEvidence(attention, labels, settings.evidenceSharpness) }
      : {}),
  };
  let total = terms.crossEntropy;
  for (const name of [
    'totalVariation',
    'contrast',
    'unimodal',
    'area',
    'temporalVariation',
    'normPrior',
    'doublyStochastic',
    'evidence',
  ] as const) {
    const term = terms[name];
    if (term && settings[name] > 0) total = add(total, mul(term, settings[name]));
  }
  return { ...terms, total };
}

/** `-log p_y` for logits `[N,K]` and labels `[N]`. */
export function crossEntropy(logits: Expr, labels: Expr): Expr {
  const truth = oneHot(labels, logits.shape[1]!); //                     [N,K]
  return perClip(neg(mul(truth, logSoftmax(logits, 1))));
}

/**
 * Cross-entropy of the logits `1/r log mean_{i,p} exp(r s_{i,p})`, a smooth maximum of the evidence over all places
 * (log-sum-exp pooling of multiple-instance learning, Pinheiro and Collobert 2015). Ours: a network from scratch starts
 * with attention that is nearly uniform, where an action on a twentieth of the places is drowned; this term finds it.
 */
export function pooledEvidence({ evidence }: Attention, labels: Expr, sharpness: number): Expr {
  if (!evidence) {
    throw new WhereWhenError({
      code: 'usage',
      path: 'losses.evidence',
      expected: 'a form of attention with evidence in every cell',
      received: 'one without',
      hint: 'joint, mean, convlstm and soft-lstm have it; set the weight to 0 for the others',
    });
  }
  const [N, n, h, w, K] = evidence.shape as [number, number, number, number, number];
  const s = mul(reshape(evidence, [N, n * h * w, K]), sharpness); //     [N,n*h*w,K]
  const top = stopGradient(max(s, { axes: [1], keepDims: true })); //    [N,1,K]
  const rest = log(mean(exp(sub(s, top)), { axes: [1] })); //            [N,K]
  return crossEntropy(div(add(rest, reshape(top, [N, K])), sharpness), labels);
}

/** `sum_i sum_jk |M_i^{j+1,k} - M_i^{jk}| + |M_i^{j,k+1} - M_i^{jk}|` for masks `[N,n,h,w]`. */
export function totalVariation(masks: Expr): Expr {
  return add(variation(masks, 2), variation(masks, 3));
}

/** `sum_i |M_{i+1} - M_i|`: the neighbour in time. */
export function temporalVariation(masks: Expr): Expr {
  return variation(masks, 1);
}

/** `sum_i -1/2 M.B + 1/2 M.(1-B)` with `B = I{M > 0.5}` and no gradient through `B`: pushes every cell to 0 or 1. */
export function contrast(masks: Expr): Expr {
  const B = stopGradient(cast(greater(masks, 0.5), 'float32')); //       [N,n,h,w]
  return perClip(mul(masks, sub(0.5, B)));
}

/** `sum_t sum_i max(0, w_{t,i-1} w_{t,i+1} - w_{ti}^2)`, or the mean of its square root, for weights `[N,T,n]`; 0 below three frames. */
export function unimodal(weights: Expr, form: LossSettings['unimodalForm']): Expr {
  const n = weights.shape[2]!;
  if (n < 3) return constant(0);
  const part = (start: number): Expr => slice(weights, { axis: 2, start, end: start + n - 2 }); // [N,T,n-2]
  const dent = relu(sub(mul(part(0), part(2)), square(part(1)))); //     [N,T,n-2]
  return form === 'sqrt' ? mean(sqrt(dent)) : perClip(dent);
}

/** `sum_i mean(M_i)`, or with a target share `sum_i max(0, mean(M_i) - target)`. */
export function area(masks: Expr, target?: number): Expr {
  const share = mean(masks, { axes: [2, 3] }); //                        [N,n]
  return perClip(target === undefined ? share : relu(sub(share, target)));
}

/** `sum_p (1 - sum_i M_i(p))^2` for masks `[N,n,h,w]` (Sharma et al. 2015, equation 5; attention as of Xu et al. 2015). */
export function doublyStochastic(masks: Expr): Expr {
  return perClip(square(sub(1, sum(masks, { axes: [1] })))); //           [N,h,w]
}

/**
 * A target without labels (METHOD section 7): cells whose feature norm lies above the middle of its range in the
 * frame. Masks in 0..1 get the binary cross-entropy, averaged over frames and cells; a mask that is a distribution
 * gets the cross-entropy with the target spread evenly over its cells, averaged over frames.
 */
export function normPrior(attention: Attention, features: Expr): Expr {
  const { masks, logAttention } = attention;
  const target = normTarget(features); //                                [N,n,h,w]
  if (logAttention) {
    const even = div(target, maximum(sum(target, { axes: [2, 3], keepDims: true }), 1)); // [N,n,h,w]
    return neg(mean(sum(mul(even, safeLog(masks)), { axes: [2, 3] })));
  }
  const hit = mul(target, safeLog(masks)); //                            [N,n,h,w]
  const miss = mul(sub(1, target), safeLog(sub(1, masks))); //           [N,n,h,w]
  return neg(mean(add(hit, miss)));
}

/** 1 where `|X|` lies above half of its range in the frame, else 0; `[N,n,C,h,w]` to `[N,n,h,w]`, no gradient. */
export function normTarget(features: Expr): Expr {
  const norm = sqrt(sum(square(stopGradient(features)), { axes: [2] })); //  [N,n,h,w]
  const cells = { axes: [2, 3], keepDims: true };
  const middle = mul(add(max(norm, cells), neg(max(neg(norm), cells))), 0.5); // [N,n,1,1]
  return stopGradient(cast(greater(norm, middle), 'float32'));
}

const smallest = 1e-7; // keeps the logarithm of a saturated mask, and its gradient, finite

function safeLog(x: Expr): Expr {
  return log(maximum(x, smallest));
}

/** Absolute differences of neighbours along `axis`, summed; 0 where there is one element only. */
function variation(x: Expr, axis: number): Expr {
  const length = x.shape[axis]!;
  if (length < 2) return constant(0);
  const [next, here] = [
    slice(x, { axis, start: 1, end: length }),
    slice(x, { axis, start: 0, end: length - 1 }),
  ];
  return perClip(abs(sub(next, here)));
}

/** Sum over each clip, mean over the batch (axis 0). */
function perClip(x: Expr): Expr {
  return mul(sum(x), 1 / x.shape[0]!);
}
