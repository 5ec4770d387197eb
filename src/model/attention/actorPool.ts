// What the actor does: the mean over the places of whoever acts, in place of that over the picture, and how that actor moves.
// Where the actor is comes from outside, as shares of the cells (`localize/` finds boxes without any label); so does the
// motion, 243 numbers of the flow in the boxes and 41 of their path, and a 1 behind them (`motion/`). All zeros: not looked at.
//
//   x_ip = sign(X) sqrt|X|          v = sum_ip a_ip x_ip          sum_ip a_ip = 1
//   logits = W v + V m + b          s_ip = W x_ip + V m + b       logits = sum_ip a_ip s_ip
import { z } from 'zod';
import {
  abs,
  add,
  div,
  matMul,
  max,
  mul,
  reshape,
  sign,
  slice,
  sqrt,
  sum,
  transpose,
  type Expr,
} from '../../graph/index.js';
import type { AttentionHead } from './attention.js';
import { byPath, fromRegression, noRegularisers } from './choices.js';
import type { AttentionForm } from './form.js';
import { linear } from '../layers.js';
import { type Scope, uniformByFanIn } from '../scope.js';

/**
 * Settings of the actor form. `motion` is how many numbers tell how the actor moves: 284 of the flow in its boxes and of their
 * path, 41 of the path alone, for which no frame but the sampled ones is read, or none.
 */
export const ActorPoolSettings = z.strictObject({
  form: z.literal('actor'),
  motion: z.literal([0, 41, 284]).default(284),
});
/** Settings of the actor form. */
export type ActorPoolSettings = z.infer<typeof ActorPoolSettings>;

/** The inputs of the form beside features: `actor [N,n,h,w]`, and `motion [N,R+1]` of settings that have it. */
export const actorInputs = { shares: 'actor', motion: 'motion' } as const;

/** The equations above; weights are the shares of the frames, masks those of the cells over the largest of their frame. */
const head: AttentionHead<ActorPoolSettings> = (scope, features, { motion: R }, { classes: K }) => {
  const [N, n, C, h, w] = features.shape as [number, number, number, number, number];
  const P = h * w;
  const shares = scope.input(actorInputs.shares, [N, n, h, w]);
  const x = reshape(signedRoot(features), [N * n, C, P]); //                                  [N*n,C,P]
  const perFrame = matMul(x, reshape(shares, [N * n, P, 1])); //                              [N*n,C,1]
  const v = sum(reshape(perFrame, [N, n, C]), { axes: [1] }); //                              [N,C]

  const start = uniformByFanIn(C);
  const weight = scope.parameter('classifier.weight', [K, C], start); //                      [K,C]
  const bias = scope.parameter('classifier.bias', [K], start); //                             [K]
  const moved = R > 0 ? add(motionLogits(scope, [N, R, K]), bias) : reshape(bias, [1, K]); // [N,K]
  const logits = add(matMul(v, transpose(weight, [1, 0])), moved); //                         [N,K]

  const places = reshape(transpose(matMul(weight, x), [0, 2, 1]), [N, n, h, w, K]); //        [N,n,h,w,K]
  const largest = max(shares, { axes: [2, 3], keepDims: true }); //                           [N,n,1,1]
  return {
    logits,
    evidence: add(places, reshape(moved, [R > 0 ? N : 1, 1, 1, 1, K])),
    weights: reshape(sum(shares, { axes: [2, 3] }), [N, 1, n]),
    masks: div(shares, add(largest, 1e-12)),
  };
};

/** `known * V m` of `[m, known]`, `[N,K]`. */
function motionLogits(scope: Scope, [N, R, K]: [number, number, number]): Expr {
  const given = scope.input(actorInputs.motion, [N, R + 1]);
  const numbers = slice(given, { axis: 1, start: 0, end: R });
  const known = slice(given, { axis: 1, start: R, end: R + 1 });
  return mul(linear(scope, 'motion', numbers, K), known);
}

/** `sign(x) sqrt|x|`: the root of what a ReLU leaves, and as calm on networks whose features have both signs. */
export function signedRoot(x: Expr): Expr {
  return mul(sign(x), sqrt(abs(x)));
}

/** The form. A regression too, and the best of its kind; places are those of the actor already, and are not drawn. */
export const actorPool: AttentionForm<typeof ActorPoolSettings> = {
  settings: ActorPoolSettings,
  head,
  losses: noRegularisers,
  small: { sizes: { form: 'actor' }, localize: {} },
  features: {
    sizes: { form: 'actor' },
    localize: { when: { ...byPath, pool: 'mask' } },
    training: { ...fromRegression, epochs: 0, learningRate: 1e-4, actors: {} },
  },
};
