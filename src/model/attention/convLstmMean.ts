// ConvLSTM without attention: it reads all frames in their order, and the mean of its states is the clip. What the
// paper's attention must be better than.
import { z } from 'zod';
import {
  constant,
  expand,
  mean,
  reshape,
  slice,
  squeeze,
  stack,
  transpose,
  type Expr,
} from '../../graph/index.js';
import { convLstm, type LstmState } from './convLstm.js';
import type { AttentionHead } from './attention.js';
import { byEvidence, noRegularisers } from './choices.js';
import type { AttentionForm } from './form.js';
import { linear } from '../layers.js';
import { count, isOnActor, projection } from '../settings.js';

/** Settings of the ConvLSTM without attention. */
export const ConvLstmSettings = z.strictObject({
  form: z.literal('convlstm'),
  isOnActor,
  projection,
  hidden: count.default(512),
});
/** Settings of the ConvLSTM without attention. */
export type ConvLstmSettings = z.infer<typeof ConvLstmSettings>;

/**
 * `H_t = ConvLSTM(X_t, H_{t-1})` from zeros, `logits = W mean_t GAP H_t + b`. Evidence of a cell is the same layer on
 * its state, `W H_t(p) + b`; weights are even and masks are 1.
 */
const head: AttentionHead<ConvLstmSettings> = (scope, features, { hidden: D }, { classes: K }) => {
  const [N, n, C, h, w] = features.shape as [number, number, number, number, number];
  const lstm = convLstm(scope, C, D);
  const inputs = reshape(lstm.inputPart(reshape(features, [N * n, C, h, w])), [N, n, 4 * D, h, w]); // [N,n,4D,h,w]
  const states: Expr[] = [];
  let state: LstmState | undefined;
  for (let t = 0; t < n; t++) {
    state = lstm.step(squeeze(slice(inputs, { axis: 1, start: t, end: t + 1 }), [1]), state);
    states.push(state.hidden); //                                                    [N,D,h,w]
  }

  const H = stack(states, 1); //                                                     [N,n,D,h,w]
  return {
    logits: linear(scope, 'classifier', mean(H, { axes: [1, 3, 4] }), K), //         [N,K]
    evidence: linear(scope, 'classifier', transpose(H, [0, 1, 3, 4, 2]), K), //      [N,n,h,w,K]
    weights: expand(constant(1 / n), [N, 1, n]),
    masks: expand(constant(1), [N, n, h, w]),
  };
};

/** The form. */
export const convLstmMean: AttentionForm<typeof ConvLstmSettings> = {
  settings: ConvLstmSettings,
  head,
  losses: noRegularisers,
  small: {
    sizes: { form: 'convlstm', hidden: 32 },
    localize: { where: { ...byEvidence, smoothSpace: 1 } },
  },
  features: {
    sizes: { form: 'convlstm', projection: 256, hidden: 64 },
    localize: { where: byEvidence },
  },
};
