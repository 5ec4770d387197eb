// Joint attention (docs/architecture.md#model), the default: one gated attention over all places of all frames, on local evidence (gated.ts).
// When and where are the two marginals of one distribution; what, at any place and time, is the evidence.
// All places are rows of one matrix, so that every heavy operation is one large matrix product.
import { z } from 'zod';
import {
  add,
  exp,
  logSoftmax,
  matMul,
  mean,
  mul,
  relu,
  reshape,
  softmax,
  sum,
  transpose,
  type Expr,
} from '../../graph/index.js';
import type { Attention, AttentionHead } from './attention.js';
import { byPath, fromMeanPool } from './choices.js';
import type { AttentionForm } from './form.js';
import { gatedEnergy } from './gated.js';
import { linear } from '../layers.js';
import { uniformByFanIn, type Scope } from '../scope.js';
import { count } from '../settings.js';
import { timeConvolution } from './timeConvolution.js';

/** Settings of the joint form: `hidden` is `D` (unused without a context layer), `scoreWidth` is `E`, `contextFrames` is `k`. */
export const JointSettings = z.strictObject({
  form: z.literal('joint'),
  hidden: z.number().int().min(0).max(65_536).default(512),
  scoreWidth: count.default(256),
  contextFrames: z
    .number()
    .int()
    .min(0)
    .max(4_096)
    .refine((k) => k === 0 || k % 2 === 1, 'expected 0 (no context layer) or an odd number of frames')
    .default(3),
});
/** Settings of the joint form. */
export type JointSettings = z.infer<typeof JointSettings>;

const leftOut = 1e4; // taken off the energy of a place that a step does not see: its share is exactly 0 in float32

/** What each place says by itself. */
export interface JointPlaces {
  /** The attention before its softmax, `[N,n,h,w]`. */
  energy: Expr;
  /** `[N,n,h,w,K]`. */
  evidence: Expr;
}

/** `u.(tanh(V z) * sigmoid(U z))` and `s = W z + b` of features `[N,n,C,h,w]`; without a context layer no frame looks at another. */
export function jointPlaces(
  scope: Scope,
  features: Expr,
  settings: JointSettings,
  classes: number,
): JointPlaces {
  const [N, n, , h, w] = features.shape as [number, number, number, number, number];
  const z = context(scope, features, settings); //                                       [N*n*P,D]
  const energy = gatedEnergy(scope, z, { name: 'joint', width: settings.scoreWidth }); //  [N*n*P,1]
  const s = linear(scope, 'classifier', z, classes); //                                  [N*n*P,K]
  return { energy: reshape(energy, [N, n, h, w]), evidence: reshape(s, [N, n, h, w, classes]) };
}

/** `alpha = softmax_{i,p} energy`, `logits = sum alpha s`; `w_i = sum_p alpha`, `M_i(p) = alpha / w_i`. */
export function jointOverClip({ energy, evidence }: JointPlaces): Attention {
  const [N, n, h, w, K] = evidence.shape as [number, number, number, number, number];
  const P = h * w;
  const logAlpha = logSoftmax(reshape(energy, [N, n * P]), 1); //                        [N,n*P]
  const alpha = exp(logAlpha); //                                                        [N,n*P]
  const weights = sum(reshape(alpha, [N, 1, n, P]), { axes: [3] }); //                   [N,1,n]
  const masks = softmax(reshape(energy, [N, n, P]), 2); // = alpha / w, without dividing [N,n,P]
  const s = reshape(evidence, [N, n * P, K]); //                                         [N,n*P,K]
  const logits = reshape(matMul(reshape(alpha, [N, 1, n * P]), s), [N, K]); //           [N,K]
  return {
    logits,
    weights,
    masks: reshape(masks, [N, n, h, w]),
    evidence,
    logAttention: reshape(logAlpha, [N, n, h, w]),
    meanLogits: mean(s, { axes: [1] }), //                                               [N,K]
  };
}

const head: AttentionHead<JointSettings> = (scope, features, settings, { classes, placesMask }) => {
  const { energy, evidence } = jointPlaces(scope, features, settings, classes);
  if (!placesMask) return jointOverClip({ energy, evidence });
  const unseen = mul(add(scope.input('placesMask', energy.shape), -1), leftOut); //      [N,n,h,w]
  return jointOverClip({ energy: add(energy, unseen), evidence });
};

/** `z = relu(conv along time of X at each cell)`, `[N,n,C,h,w]` to rows `[N*n*P,D]`; with `k = 0` the rows of `X` themselves. */
function context(scope: Scope, features: Expr, { hidden: D, contextFrames: k }: JointSettings): Expr {
  const [N, n, C, h, w] = features.shape as [number, number, number, number, number];
  const P = h * w;
  const X = reshape(features, [N, n, C, P]); //                                           [N,n,C,P]
  if (k === 0) return reshape(transpose(X, [0, 1, 3, 2]), [N * n * P, C]); //             [N*n*P,C]

  const start = uniformByFanIn(C * k);
  const weight = scope.parameter('joint.context.weight', [D, C, k], start);
  const bias = scope.parameter('joint.context.bias', [D], start);
  const rows = reshape(transpose(X, [1, 0, 3, 2]), [n, N * P, C]); //                     [n,N*P,C]
  const z = reshape(relu(timeConvolution(rows, weight, bias)), [n, N, P, D]); //          [n,N,P,D]
  return reshape(transpose(z, [1, 0, 2, 3]), [N * n * P, D]); //                          [N*n*P,D]
}

/** The form. From scratch it finds the action by its pooled evidence, which then says where and when (docs/localisation.md). */
export const joint: AttentionForm<typeof JointSettings> = {
  settings: JointSettings,
  head,
  losses: { contrast: 0 },
  small: {
    sizes: { form: 'joint', hidden: 64, scoreWidth: 64, contextFrames: 3 },
    losses: { evidence: 1 },
    localize: {
      where: { maps: { classEvidence: 1, medianDifference: 1 }, combine: 'mean', smoothSpace: 1 },
      when: { pool: 'mask' },
    },
  },
  features: {
    sizes: { form: 'joint', hidden: 0, scoreWidth: 64, contextFrames: 0 },
    losses: { totalVariation: 0, unimodal: 0 }, // cross-entropy alone
    // .6: where two scales of a backbone agree most on training clips, no box being read (docs/localisation.md).
    localize: { where: { threshold: 0.6 }, when: byPath },
    training: {
      ...fromMeanPool,
      answer: 'averaged',
      zeros: ['joint.out.weight'],
      places: 'auto',
      epochs: 6,
      learningRate: 1e-3,
      optimiser: { name: 'adamw', weightDecay: 1e-2 },
      factors: { classifier: { rate: 0.1, decay: 0.01 } },
      actors: {},
    },
  },
};
