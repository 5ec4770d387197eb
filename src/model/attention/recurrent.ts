// Recurrent temporal attention (docs/architecture.md#model): at each of T = n steps the state looks at all frames and mixes them.
// The additive score is the paper's: its state part is the same for all frames, so the softmax cancels it and every
// step has the same weights. The tanh score (Bahdanau et al. 2015) is the repair.
import { z } from 'zod';
import {
  add,
  constant,
  div,
  expand,
  matMul,
  mean,
  relu,
  reshape,
  softmax,
  squeeze,
  stack,
  stopGradient,
  tanh,
  transpose,
  unsqueeze,
  type Expr,
} from '../../graph/index.js';
import { convLstm, type LstmState } from './convLstm.js';
import type { AttentionHead } from './attention.js';
import { byScript } from './choices.js';
import type { AttentionForm } from './form.js';
import { convolution, linear } from '../layers.js';
import { uniformByFanIn, type Scope } from '../scope.js';
import { count, isOnActor, isWeighted, maskSettings, projection } from '../settings.js';
import { spatialAttention } from './spatial.js';

const shared = {
  isOnActor,
  projection,
  ...maskSettings,
  startChannels: count.default(1024),
  hidden: count.default(512),
  /** The factor 1/n that the paper prints before the weighted sum and the released scripts leave out. */
  inverseFrames: z.boolean().default(false),
  /** Energies cut out of the graph as in the released script: the weights then never learn. */
  detached: z.boolean().default(false),
  isWeighted,
};

/** Settings of the recurrent form with the paper's additive score. */
export const AdditiveSettings = z.strictObject({ form: z.literal('recurrent-additive'), ...shared });
/** Settings of the recurrent form with the tanh score; `scoreWidth` is `E`. */
export const TanhSettings = z.strictObject({
  form: z.literal('recurrent-tanh'),
  ...shared,
  scoreWidth: count.default(512),
});
/** Settings of the recurrent form with either score. */
export type RecurrentSettings = z.infer<typeof AdditiveSettings> | z.infer<typeof TanhSettings>;

/** Energies of all frames `[N,n,1]` from the pooled state `[N,D]`. */
type FrameScore = (state: Expr) => Expr;

/** `w_t = softmax_i score(GAP Xm_i, GAP H_{t-1})`, `Y_t = sum_i w_ti Xm_i`, `H_t = ConvLSTM(Y_t)`, `logits = linear(mean_t GAP H_t)`. */
const head: AttentionHead<RecurrentSettings> = (scope, features, settings, { classes: K }) => {
  const [N, n, C, h, w] = features.shape as [number, number, number, number, number];
  const D = settings.hidden;
  const { masks, features: Xm } = spatialAttention(scope, features, settings); // [N,n,h,w] [N*n,C,h,w]

  const pooledFrames = reshape(mean(Xm, { axes: [2, 3] }), [N, n, C]); //                      [N,n,C]
  const meanFrame = mean(reshape(Xm, [N, n, C, h, w]), { axes: [1] }); //                      [N,C,h,w]
  const score = scoreOf(scope, pooledFrames, settings);

  const lstm = convLstm(scope, C, D);
  const inputs = reshape(lstm.inputPart(Xm), [N, n, 4 * D * h * w]); //                        [N,n,4D*h*w]
  let state: LstmState = {
    hidden: startNet(scope, 'startHidden', meanFrame, settings.startChannels, D), //           [N,D,h,w]
    cell: startNet(scope, 'startCell', meanFrame, settings.startChannels, D), //               [N,D,h,w]
  };
  let pooledState = mean(state.hidden, { axes: [2, 3] }); //                                   [N,D]
  const rows: Expr[] = [];
  const states: Expr[] = [];
  for (let t = 0; t < n; t++) {
    const row = rowOf(score?.(pooledState), settings, [N, 1, n]); //                           [N,1,n]
    const mixed = reshape(matMul(row, inputs), [N, 4 * D, h, w]); //   conv(Y_t)               [N,4D,h,w]
    state = lstm.step(settings.inverseFrames ? div(mixed, n) : mixed, state); //               [N,D,h,w]
    pooledState = mean(state.hidden, { axes: [2, 3] }); //                                     [N,D]
    rows.push(squeeze(row, [1])); //                                                           [N,n]
    states.push(pooledState);
  }

  const clip = mean(stack(states, 1), { axes: [1] }); //                                       [N,D]
  return { logits: linear(scope, 'classifier', clip, K), weights: stack(rows, 1), masks }; //  [N,K] [N,n,n] [N,n,h,w]
};

/** The score that the settings name; none without temporal attention. */
function scoreOf(scope: Scope, frames: Expr, settings: RecurrentSettings): FrameScore | undefined {
  if (!settings.isWeighted) return undefined;
  return settings.form === 'recurrent-tanh'
    ? tanhScore(scope, frames, settings.hidden, settings.scoreWidth)
    : additiveScore(scope, frames, settings.hidden);
}

/** The weights of one step: softmax of its energies, or uniform where there are none. */
function rowOf(
  energy: Expr | undefined,
  { detached }: RecurrentSettings,
  shape: [number, number, number],
): Expr {
  if (!energy) return expand(constant(1 / shape[2]), shape);
  return softmax(reshape(detached ? stopGradient(energy) : energy, shape), 2);
}

/** `Phi_X(frame) + Phi_H(state)`, each linear to one number without bias. */
function additiveScore(scope: Scope, frames: Expr, D: number): FrameScore {
  const frameScore = linear(scope, 'score.frame', frames, 1, { bias: false }); //  [N,n,1]
  const stateWeight = scope.parameter('score.state.weight', [1, D], uniformByFanIn(D));
  return (state) => add(frameScore, unsqueeze(matMul(state, transpose(stateWeight, [1, 0])), [1])); // [N,n,1]
}

/** `v . tanh(W_x frame + W_h state + b)`. */
function tanhScore(scope: Scope, frames: Expr, D: number, E: number): FrameScore {
  const fromFrame = linear(scope, 'score.frame', frames, E, { bias: false }); //   [N,n,E]
  const stateWeight = scope.parameter('score.state.weight', [E, D], uniformByFanIn(D));
  const bias = scope.parameter('score.bias', [E], uniformByFanIn(D));
  return (state) => {
    const fromState = unsqueeze(matMul(state, transpose(stateWeight, [1, 0])), [1]); // [N,1,E]
    const inner = tanh(add(add(fromFrame, fromState), bias)); //                   [N,n,E]
    return linear(scope, 'score.out', inner, 1, { bias: false }); //               [N,n,1]
  };
}

/** The net that draws `H_0` or `C_0` from the mean masked frame `[N,C,h,w]`. */
function startNet(scope: Scope, name: string, meanFrame: Expr, S: number, D: number): Expr {
  const first = relu(scope.batchNorm(`${name}.bn1`, convolution(scope, `${name}.conv1`, meanFrame, S))); // [N,S,h,w]
  return relu(scope.batchNorm(`${name}.bn2`, convolution(scope, `${name}.conv2`, first, D))); //            [N,D,h,w]
}

const smallSizes = { hidden: 32, maskChannels: [64, 32], startChannels: 32 };
const featureSizes = { projection: 256, hidden: 64, maskChannels: [128, 64], startChannels: 64 }; // docs/architecture.md#model

/** The form with the paper's score. */
export const recurrentAdditive: AttentionForm<typeof AdditiveSettings> = {
  settings: AdditiveSettings,
  head,
  small: { sizes: { form: 'recurrent-additive', ...smallSizes }, localize: byScript },
  features: { sizes: { form: 'recurrent-additive', ...featureSizes }, localize: byScript },
};

/** The form with the tanh score. */
export const recurrentTanh: AttentionForm<typeof TanhSettings> = {
  settings: TanhSettings,
  head,
  small: { sizes: { form: 'recurrent-tanh', ...smallSizes, scoreWidth: 64 }, localize: byScript },
  features: { sizes: { form: 'recurrent-tanh', ...featureSizes, scoreWidth: 64 }, localize: byScript },
};
