// What the actor does: the mean over the places of whoever acts, in place of that over the picture, and how that actor moves.
// Where the actor is comes from outside, as shares of the cells (`localize/` finds boxes without any label); so does the
// motion, 243 numbers of the flow in the boxes and 41 of their path, and a 1 behind them (`motion/`). All zeros: not looked at.
//
//   x_ip = sign(X) sqrt|X|          v = sum_ip a_ip x_ip          sum_ip a_ip = 1
//   logits = W v + V m + b          s_ip = W x_ip + V m + b       logits = sum_ip a_ip s_ip
//
// With `hasDifference` also U d, d = sum_ip a_ip d_ip, where d_ip is the mean of |x_ip - x_(i-1)p| and |x_ip - x_(i+1)p|.
import { z } from 'zod';
import {
  abs,
  add,
  concat,
  div,
  matMul,
  max,
  mul,
  reshape,
  sign,
  slice,
  sqrt,
  sub,
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
 * path, 243 of the flow alone, 41 of the path alone, for which no frame but the sampled ones is read, or none.
 */
export const ActorPoolSettings = z.strictObject({
  form: z.literal('actor'),
  motion: z.literal([0, 41, 243, 284]).default(284),
  /** Whether features are averaged in the actor's box; false: in the whole picture. Motion is that of the box all the same. */
  isBoxed: z.boolean().optional(),
  /** Whether how features in the box change from frame to frame is looked at too; by default not. */
  hasDifference: z.boolean().optional(),
  /** Whether the camera's flow is taken off. */
  isSteadied: z.boolean().optional(),
  /** Whether each third of the clip has rows of its own; false: all three are the mean of the clip. */
  hasThirds: z.boolean().optional(),
});
/** Settings of the actor form. */
export type ActorPoolSettings = z.infer<typeof ActorPoolSettings>;

/** The inputs of the form beside features: `actor [N,n,h,w]`, and `motion [N,R+1]` of settings that have it. */
export const actorInputs = { shares: 'actor', motion: 'motion' } as const;

/** The equations above; weights are the shares of the frames, masks those of the cells over the largest of their frame. */
const head: AttentionHead<ActorPoolSettings> = (scope, features, settings, { classes: K }) => {
  const { motion: R, hasDifference = false } = settings;
  const [N, n, C, h, w] = features.shape as [number, number, number, number, number];
  const P = h * w;
  const shares = scope.input(actorInputs.shares, [N, n, h, w]);
  const x = reshape(signedRoot(features), [N * n, C, P]); //                                  [N*n,C,P]
  const pooled = (places: Expr): Expr => {
    const perFrame = matMul(places, reshape(shares, [N * n, P, 1])); //                        [N*n,C,1]
    return sum(reshape(perFrame, [N, n, C]), { axes: [1] }); //                                [N,C]
  };

  const start = uniformByFanIn(C);
  const weight = scope.parameter('classifier.weight', [K, C], start); //                      [K,C]
  const bias = scope.parameter('classifier.bias', [K], start); //                             [K]
  const moved = R > 0 ? add(motionLogits(scope, [N, R, K]), bias) : reshape(bias, [1, K]); // [N,K]
  let logits = add(matMul(pooled(x), transpose(weight, [1, 0])), moved); //                   [N,K]
  let places = matMul(weight, x); //                                                          [N*n,K,P]
  if (hasDifference && n > 1) {
    const changing = scope.parameter(differenceName, [K, C], start); //                       [K,C]
    const d = reshape(changes(reshape(x, [N, n, C, P])), [N * n, C, P]); //                   [N*n,C,P]
    logits = add(logits, matMul(pooled(d), transpose(changing, [1, 0])));
    places = add(places, matMul(changing, d));
  }
  const largest = max(shares, { axes: [2, 3], keepDims: true }); //                           [N,n,1,1]
  return {
    logits,
    evidence: add(
      reshape(transpose(places, [0, 2, 1]), [N, n, h, w, K]), //                              [N,n,h,w,K]
      reshape(moved, [R > 0 ? N : 1, 1, 1, 1, K]),
    ),
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

/** The parameter `U [K,C]`; what it says of the mean of the differences lies in the bias. */
export const differenceName = 'difference.weight';

/** Of `[N,n,C,P]`: the mean of the differences to both neighbours, at the ends that to the one there is. */
function changes(x: Expr): Expr {
  const steps = abs(sub(slice(x, { axis: 1, start: 1 }), slice(x, { axis: 1, end: -1 })));
  const before = concat([slice(steps, { axis: 1, end: 1 }), steps], 1);
  const after = concat([steps, slice(steps, { axis: 1, start: -1 })], 1);
  return div(add(before, after), 2);
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
