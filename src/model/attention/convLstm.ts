// ConvLSTM (docs/architecture.md#model): 3x3, gates in the order input, forget, output, candidate, no peepholes.
// Convolution is linear, so its input part is computed for all frames in one large batch, outside of time,
// and mixed by the weights afterwards; only the hidden part is sequential.
import { add, conv, mul, reshape, sigmoid, slice, tanh, type Expr } from '../../graph/index.js';
import { uniformByFanIn, type Scope } from '../scope.js';

/** Hidden and cell state, `[N,D,h,w]` each. */
export interface LstmState {
  hidden: Expr;
  cell: Expr;
}

/** The two halves of a ConvLSTM with `D` hidden channels. */
export interface ConvLstm {
  /** `conv(x)`, `[B,C,h,w]` to `[B,4D,h,w]`, without bias, so that it may be mixed linearly. */
  inputPart(x: Expr): Expr;
  /** One step from the input part `[N,4D,h,w]`; without a state it starts from zeros. */
  step(inputPart: Expr, state?: LstmState): LstmState;
}

/** Declares `lstm.input.weight`, `lstm.hidden.weight` and `lstm.bias` for `C` input channels. */
export function convLstm(scope: Scope, C: number, D: number): ConvLstm {
  const start = uniformByFanIn(C * 9);
  const inputWeight = scope.parameter('lstm.input.weight', [4 * D, C, 3, 3], start);
  const hiddenWeight = scope.parameter('lstm.hidden.weight', [4 * D, D, 3, 3], uniformByFanIn(D * 9));
  const bias = scope.parameter('lstm.bias', [4 * D], start); // of the input's convolution

  const gate = (gates: Expr, k: number): Expr => slice(gates, { axis: 1, start: k * D, end: (k + 1) * D }); // [N,D,h,w]
  const column = reshape(bias, [1, 4 * D, 1, 1]); // [1,4D,1,1]

  return {
    inputPart: (x) => conv(x, inputWeight, { padding: 1 }), // [B,4D,h,w]
    step(inputPart, state) {
      const gates = state
        ? add(inputPart, conv(state.hidden, hiddenWeight, { bias, padding: 1 })) // [N,4D,h,w]
        : add(inputPart, column);
      const i = sigmoid(gate(gates, 0)); //   [N,D,h,w]
      const f = sigmoid(gate(gates, 1)); //   [N,D,h,w]
      const o = sigmoid(gate(gates, 2)); //   [N,D,h,w]
      const g = tanh(gate(gates, 3)); //      [N,D,h,w]
      const written = mul(i, g); //           [N,D,h,w]
      const cell = state ? add(mul(f, state.cell), written) : written; // [N,D,h,w]
      return { hidden: mul(o, tanh(cell)), cell };
    },
  };
}
