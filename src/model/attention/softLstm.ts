// Soft attention over places (Sharma, Kiros and Salakhutdinov 2015, arXiv:1511.04119): before it sees a frame, the state
// of an LSTM says where to look in it. One layer here, where they stack up to three; when is not attended to.
import { z } from 'zod';
import {
  add,
  constant,
  exp,
  expand,
  logSoftmax,
  matMul,
  mean,
  mul,
  reshape,
  sigmoid,
  slice,
  squeeze,
  stack,
  sub,
  tanh,
  type Expr,
} from '../../graph/index.js';
import type { AttentionHead } from './attention.js';
import { byAttention, noRegularisers } from './choices.js';
import type { AttentionForm } from './form.js';
import { linear } from '../layers.js';
import { uniformByFanIn, type Scope } from '../scope.js';
import { count, isOnActor } from '../settings.js';

/** Settings of the soft attention LSTM: `hidden` is `D`. */
export const SoftLstmSettings = z.strictObject({
  form: z.literal('soft-lstm'),
  isOnActor,
  hidden: count.default(512),
});
/** Settings of the soft attention LSTM. */
export type SoftLstmSettings = z.infer<typeof SoftLstmSettings>;

/** Hidden and cell state, `[N,D]` each. */
interface HiddenAndCell {
  hidden: Expr;
  cell: Expr;
}

/**
 * `l_t = softmax_p(U H_{t-1})`, `x_t = sum_p l_tp X_tp`, `H_t = LSTM(x_t, H_{t-1})`, `logits = mean_t (W H_t + b)`; the
 * first state is made from the mean of all features. `masks` are `l_t`; evidence is that of the frame's state, the same
 * in all its cells.
 */
const head: AttentionHead<SoftLstmSettings> = (scope, features, { hidden: D }, { classes: K }) => {
  const [N, n, C, h, w] = features.shape as [number, number, number, number, number];
  const P = h * w;
  const X = reshape(features, [N, n, C, P]); //                                          [N,n,C,P]
  const whole = mean(X, { axes: [1, 3] }); //                                            [N,C]
  let state: HiddenAndCell = {
    hidden: startNet(scope, 'startHidden', whole, D),
    cell: startNet(scope, 'startCell', whole, D),
  };
  const step = lstm(scope, C, D);
  const looks: Expr[] = [];
  const states: Expr[] = [];
  for (let t = 0; t < n; t++) {
    const look = logSoftmax(linear(scope, 'location', state.hidden, P, { bias: false }), 1); // [N,P]
    const frame = squeeze(slice(X, { axis: 1, start: t, end: t + 1 }), [1]); //          [N,C,P]
    const seen = reshape(matMul(frame, reshape(exp(look), [N, P, 1])), [N, C]); //       [N,C]
    state = step(seen, state);
    looks.push(look);
    states.push(state.hidden);
  }

  const logLooks = reshape(stack(looks, 1), [N, n, h, w]); //                            [N,n,h,w]
  const s = linear(scope, 'classifier', stack(states, 1), K); //                         [N,n,K]
  return {
    logits: mean(s, { axes: [1] }), //                                                   [N,K]
    masks: exp(logLooks), //                                                             [N,n,h,w]
    logAttention: sub(logLooks, Math.log(n)), // every frame has an equal share          [N,n,h,w]
    weights: expand(constant(1 / n), [N, 1, n]),
    evidence: expand(reshape(s, [N, n, 1, 1, K]), [N, n, h, w, K]),
  };
};

/** A step of an LSTM with gates in the order input, forget, output, candidate, as in `convLstm`. */
function lstm(scope: Scope, C: number, D: number): (x: Expr, state: HiddenAndCell) => HiddenAndCell {
  const gate = (gates: Expr, k: number): Expr => slice(gates, { axis: 1, start: k * D, end: (k + 1) * D });
  return (x, { hidden, cell }) => {
    const fromInput = linear(scope, 'lstm.input', x, 4 * D, { bias: false }); //         [N,4D]
    const fromState = linear(scope, 'lstm.hidden', hidden, 4 * D, { bias: false }); //   [N,4D]
    const bias = scope.parameter('lstm.bias', [4 * D], uniformByFanIn(C));
    const gates = add(add(fromInput, fromState), bias); //                               [N,4D]
    const written = mul(sigmoid(gate(gates, 0)), tanh(gate(gates, 3))); //               [N,D]
    const next = add(mul(sigmoid(gate(gates, 1)), cell), written); //                    [N,D]
    return { hidden: mul(sigmoid(gate(gates, 2)), tanh(next)), cell: next };
  };
}

/** The two-layer net that makes `H_0` or `C_0` of the mean feature `[N,C]`. */
function startNet(scope: Scope, name: string, whole: Expr, D: number): Expr {
  const first = tanh(linear(scope, `${name}.first`, whole, D)); //                       [N,D]
  return tanh(linear(scope, `${name}.second`, first, D)); //                             [N,D]
}

/** The form. */
export const softLstm: AttentionForm<typeof SoftLstmSettings> = {
  settings: SoftLstmSettings,
  head,
  losses: noRegularisers,
  small: {
    sizes: { form: 'soft-lstm', hidden: 64 },
    localize: { where: { ...byAttention, smoothSpace: 1 } },
  },
  features: { sizes: { form: 'soft-lstm', hidden: 256 }, localize: { where: byAttention } },
};
