// No attention at all: the mean over all places and a linear layer, the baseline that every head must justify itself
// against. The linear layer on each cell alone is its evidence (class activation, Zhou et al. 2016): it says where and when.
import { z } from 'zod';
import {
  add,
  constant,
  expand,
  matMul,
  mean,
  mul,
  reshape,
  transpose,
  type Expr,
} from '../../graph/index.js';
import type { AttentionHead } from './attention.js';
import { byEvidence, fromMeanPool, noRegularisers } from './choices.js';
import type { AttentionForm } from './form.js';
import { linear } from '../layers.js';
import { uniformByFanIn, type Scope } from '../scope.js';

/** Settings of the mean form. */
export const MeanSettings = z.strictObject({
  form: z.literal('mean'),
  /** `sum`: the logits of the frames are summed instead of averaged, as a backbone is trained (docs/architecture.md#training). */
  consensus: z.enum(['mean', 'sum']).optional(),
});
/** Settings of the mean form. */
export type MeanSettings = z.infer<typeof MeanSettings>;

/** `logits = W mean_{i,p} X + b`, or `n` times that; evidence `s_{i,p} = W X_{i,p} + b`; weights are even and masks are 1. */
const head: AttentionHead<MeanSettings> = (scope, features, { consensus }, { classes: K }) => {
  const [N, n, C, h, w] = features.shape as [number, number, number, number, number];
  const average = linear(scope, 'classifier', mean(features, { axes: [1, 3, 4] }), K); //    [N,K]
  const logits = consensus === 'sum' ? mul(average, n) : average; //                         [N,K]
  const rows = transpose(reshape(features, [N * n, C, h * w]), [0, 2, 1]); //                [N*n,P,C]
  return {
    logits,
    meanLogits: logits,
    evidence: reshape(linear(scope, 'classifier', rows, K), [N, n, h, w, K]), //             [N,n,h,w,K]
    weights: expand(constant(1 / n), [N, 1, n]),
    masks: expand(constant(1), [N, n, h, w]),
  };
};

/** The tensors of a mean pool that is kept beside a head: `[K,C]` and `[K]`, on features as they are. */
export const meanPoolNames = { weight: 'meanPool.weight', bias: 'meanPool.bias' } as const;

/** `W mean_{i,p} X + b` of a mean pool that no step of the head changes, `[N,K]`. */
export function meanPoolBeside(scope: Scope, features: Expr, classes: number): Expr {
  const C = features.shape[2]!;
  const start = uniformByFanIn(C);
  const weight = scope.parameter(meanPoolNames.weight, [classes, C], start, false);
  const bias = scope.parameter(meanPoolNames.bias, [classes], start, false);
  return add(matMul(mean(features, { axes: [1, 3, 4] }), transpose(weight, [1, 0])), bias); // [N,K]
}

/** The form. On features the regression is the best of its kind already: no step follows unless `epochs` asks for some. */
export const meanPool: AttentionForm<typeof MeanSettings> = {
  settings: MeanSettings,
  head,
  losses: noRegularisers,
  small: { sizes: { form: 'mean' }, localize: { where: { ...byEvidence, smoothSpace: 1 } } },
  features: {
    sizes: { form: 'mean' },
    localize: { where: byEvidence },
    training: { ...fromMeanPool, epochs: 0, learningRate: 1e-4, actors: {} },
  },
};
