// What the actor does: the mean over the places of whoever acts, in place of that over the picture, and how that actor moves.
// Where the actor is comes from outside, as shares of the cells (`localize/` finds boxes without any label); so does the
// motion, 243 numbers of the flow in the boxes and 41 of their path, and a 1 behind them (`motion/`). All zeros: not looked at.
//
//   x_ip = sign(X) sqrt|X|          v = sum_ip a_ip x_ip          sum_ip a_ip = 1
//   logits = W v + V m + b          s_ip = W x_ip + V m + b       logits = sum_ip a_ip s_ip
//
// With `scoreWidth`, gated attention within the actor, the gate of the joint form told how the actor moves:
//
//   e_ip = u.(tanh(A [x_ip, m]) * sigmoid(B [x_ip, m]))           a'_ip = a_ip exp(e_ip) / sum_jq a_jq exp(e_jq)
//
// With u = 0, where it starts, a' = a: training goes on from the regression.
//
// With `hasDifference` also U d, d = sum_ip a_ip d_ip, where d_ip is the mean of |x_ip - x_(i-1)p| and |x_ip - x_(i+1)p|.
import { z } from 'zod';
import {
  abs,
  add,
  concat,
  div,
  log,
  matMul,
  mul,
  reshape,
  sign,
  slice,
  softmax,
  sqrt,
  sub,
  sum,
  transpose,
  type Expr,
} from '../../graph/index.js';
import type { AttentionHead } from './attention.js';
import { byPath, fromRegression, noRegularisers } from './choices.js';
import type { AttentionForm } from './form.js';
import { gatedEnergy } from './gated.js';
import { linear } from '../layers.js';
import { actorInputs, actorMasks } from './onActor.js';
import { type Scope, uniformByFanIn } from '../scope.js';
import { count } from '../settings.js';

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
  /** `E`: gated attention within the actor, so wide; without it all of the actor counts alike. It needs epochs to learn. */
  scoreWidth: count.optional(),
});
/** Settings of the actor form. */
export type ActorPoolSettings = z.infer<typeof ActorPoolSettings>;

/** The equations above; weights are the shares of the frames, masks those of the cells over the largest of their frame. */
const head: AttentionHead<ActorPoolSettings> = (scope, features, settings, { classes: K }) => {
  const { motion: R, hasDifference = false, scoreWidth } = settings;
  const [N, n, C, h, w] = features.shape as [number, number, number, number, number];
  const P = h * w;
  const shares = scope.input(actorInputs.shares, [N, n, h, w]);
  const x = reshape(signedRoot(features), [N * n, C, P]); //                                  [N*n,C,P]
  const motion = R > 0 ? motionOf(scope, [N, R]) : undefined;
  const looks = scoreWidth ? gated(scope, x, { shares, motion, width: scoreWidth }) : shares; // [N,n,h,w]
  const pooled = (places: Expr): Expr => {
    const perFrame = matMul(places, reshape(looks, [N * n, P, 1])); //                         [N*n,C,1]
    return sum(reshape(perFrame, [N, n, C]), { axes: [1] }); //                                [N,C]
  };

  const start = uniformByFanIn(C);
  const weight = scope.parameter('classifier.weight', [K, C], start); //                      [K,C]
  const bias = scope.parameter('classifier.bias', [K], start); //                             [K]
  const moved = motion ? add(motionLogits(scope, motion, K), bias) : reshape(bias, [1, K]); // [N,K]
  let logits = add(matMul(pooled(x), transpose(weight, [1, 0])), moved); //                   [N,K]
  let places = matMul(weight, x); //                                                          [N*n,K,P]
  if (hasDifference && n > 1) {
    const changing = scope.parameter(differenceName, [K, C], start); //                       [K,C]
    const d = reshape(changes(reshape(x, [N, n, C, P])), [N * n, C, P]); //                   [N*n,C,P]
    logits = add(logits, matMul(pooled(d), transpose(changing, [1, 0])));
    places = add(places, matMul(changing, d));
  }
  return {
    logits,
    evidence: add(
      reshape(transpose(places, [0, 2, 1]), [N, n, h, w, K]), //                              [N,n,h,w,K]
      reshape(moved, [R > 0 ? N : 1, 1, 1, 1, K]),
    ),
    weights: reshape(sum(looks, { axes: [2, 3] }), [N, 1, n]),
    masks: actorMasks(looks),
  };
};

/** How the actor moves, as the input `motion` tells it. */
interface Motion {
  /** `m [N,R]`. */
  numbers: Expr;
  /** 1 where it was looked at, else 0, `[N,1]`. */
  known: Expr;
}

function motionOf(scope: Scope, [N, R]: [number, number]): Motion {
  const given = scope.input(actorInputs.motion, [N, R + 1]);
  return {
    numbers: slice(given, { axis: 1, start: 0, end: R }),
    known: slice(given, { axis: 1, start: R, end: R + 1 }),
  };
}

/** `known * V m`, `[N,K]`. */
function motionLogits(scope: Scope, { numbers, known }: Motion, K: number): Expr {
  return mul(linear(scope, 'motion', numbers, K), known);
}

/** `a'` of `x [N*n,C,P]`, `[N,n,h,w]`: places outside the actor stay outside. */
function gated(
  scope: Scope,
  x: Expr,
  { shares, motion, width }: { shares: Expr; motion: Motion | undefined; width: number },
): Expr {
  const C = x.shape[1]!;
  const N = shares.shape[0]!;
  const rows = reshape(transpose(x, [0, 2, 1]), [-1, C]); //                                  [N*n*P,C]
  const energy = gatedEnergy(scope, rows, { name: 'actor', width, beside: motion?.numbers }); // [N*n*P,1]
  const least = 1e-30; // the logarithm of nothing, in float32
  const within = log(add(reshape(shares, [N, -1]), least)); //                                [N,n*P]
  return reshape(softmax(add(reshape(energy, [N, -1]), within), 1), shares.shape);
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
    training: {
      ...{ ...fromRegression, epochs: 0, learningRate: 1e-3, actors: {} },
      // With epochs: the gate learns from even attention on, and what the regression found stays near.
      zeros: ['actor.out.weight'],
      factors: { classifier: { rate: 0.1, decay: 0.01 }, motion: { rate: 0.1, decay: 0.01 } },
    },
  },
};
