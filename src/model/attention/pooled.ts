// Pooled temporal attention (docs/architecture.md#model): a ConvLSTM reads the masked frames in their order, one row of weights
// pools its states. This form sees the order of frames.
import { z } from 'zod';
import {
  constant,
  expand,
  matMul,
  mean,
  reshape,
  slice,
  softmax,
  squeeze,
  stack,
  type Expr,
} from '../../graph/index.js';
import { convLstm, type LstmState } from './convLstm.js';
import type { AttentionHead } from './attention.js';
import { byScript } from './choices.js';
import type { AttentionForm } from './form.js';
import { linear } from '../layers.js';
import { count, isOnActor, isWeighted, maskSettings, projection } from '../settings.js';
import { spatialAttention } from './spatial.js';

/** Settings of the pooled form. */
export const PooledSettings = z.strictObject({
  form: z.literal('pooled'),
  isOnActor,
  projection,
  ...maskSettings,
  hidden: count.default(512),
  isWeighted,
});
/** Settings of the pooled form. */
export type PooledSettings = z.infer<typeof PooledSettings>;

/** `H_t = ConvLSTM(Xm_t, H_{t-1})`, `w = softmax_t(linear(GAP H_t))`, `logits = linear(sum_t w_t GAP H_t)`. */
const head: AttentionHead<PooledSettings> = (scope, features, settings, { classes: K }) => {
  const [N, n, C, h, w] = features.shape as [number, number, number, number, number];
  const D = settings.hidden;
  const { masks, features: Xm } = spatialAttention(scope, features, settings); // [N,n,h,w] [N*n,C,h,w]

  const lstm = convLstm(scope, C, D);
  const inputs = reshape(lstm.inputPart(Xm), [N, n, 4 * D, h, w]); //                 [N,n,4D,h,w]
  const states: Expr[] = [];
  let state: LstmState | undefined;
  for (let t = 0; t < n; t++) {
    state = lstm.step(squeeze(slice(inputs, { axis: 1, start: t, end: t + 1 }), [1]), state);
    states.push(mean(state.hidden, { axes: [2, 3] })); //                             [N,D]
  }

  const H = stack(states, 1); //                                                      [N,n,D]
  const weights = settings.isWeighted
    ? softmax(reshape(linear(scope, 'score', H, 1), [N, 1, n]), 2)
    : expand(constant(1 / n), [N, 1, n]); //                                          [N,1,n]
  const clip = reshape(matMul(weights, H), [N, D]); //                                [N,D]
  return { logits: linear(scope, 'classifier', clip, K), weights, masks };
};

/** The form; its sizes on features: docs/architecture.md#model. */
export const pooled: AttentionForm<typeof PooledSettings> = {
  settings: PooledSettings,
  head,
  small: { sizes: { form: 'pooled', hidden: 32, maskChannels: [64, 32] }, localize: byScript },
  features: {
    sizes: { form: 'pooled', projection: 256, hidden: 64, maskChannels: [128, 64] },
    localize: byScript,
  },
};
