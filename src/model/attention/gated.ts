// The gate of Ilse, Tomczak and Welling, Attention-based Deep Multiple Instance Learning (ICML 2018): how much attention a place
// gets, before the softmax. A clip is the bag, its places are the instances.
import { add, mul, reshape, sigmoid, tanh, type Expr } from '../../graph/index.js';
import { linear } from '../layers.js';
import type { Scope } from '../scope.js';

/** What a gate is called, how wide it is, and what it is told of whole clips beside their places. */
export interface GateOptions {
  /** Before the names `.tanh`, `.gate` and `.out` of its layers. */
  name: string;
  /** `E`. */
  width: number;
  /** `[N,R]`: R further channels, the same in all places of a clip. */
  beside?: Expr;
}

/** `u.(tanh(V z + v) * sigmoid(U z + u'))` of rows `z [N*P,D]`, clip after clip: `[N*P,1]`. */
export function gatedEnergy(scope: Scope, z: Expr, { name, width: E, beside }: GateOptions): Expr {
  const layer = (part: string): Expr => {
    const own = linear(scope, `${name}.${part}`, z, E); //                                 [N*P,E]
    if (!beside) return own;
    const ofClip = linear(scope, `${name}.${part}.beside`, beside, E, { bias: false }); // [N,E]
    const N = beside.shape[0]!;
    return reshape(add(reshape(own, [N, -1, E]), reshape(ofClip, [N, 1, E])), own.shape);
  };
  return linear(scope, `${name}.out`, mul(tanh(layer('tanh')), sigmoid(layer('gate'))), 1, { bias: false });
}
