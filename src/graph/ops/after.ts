// An order between nodes that no value asks for: a number that is not there before other nodes have run.
// The runtime uses it to write the next weights over the current ones, once their last reader is done.
import { defineOperation, Expr, mustHold, showShape } from '../expr.js';
import { requireSameDType } from './compare.js';

const afterOperation = defineOperation({
  name: 'after',
  infer([x, ...others]) {
    mustHold(x!.rank === 0, 'after', 'the value that waits must be a scalar', () => showShape(x!.shape));
    for (const other of others) requireSameDType('after', x!, other);
    return { shape: [], dtype: x!.dtype };
  },
  /** The number joined with nothing of each of the others: `[x, other[0:0], ...]`. */
  emit(builder, [x, ...others]) {
    const [start, line] = [builder.ints([0]), builder.ints([-1])];
    const parts = others.map((other) =>
      builder.add('Slice', [builder.add('Reshape', [other, line]), start, start, start]),
    );
    const joined = builder.add('Concat', [builder.add('Reshape', [x!, line]), ...parts], { axis: { i: 0 } });
    return builder.add('Squeeze', [joined, start]);
  },
  derivative: (_node, gradient, index) => (index === 0 ? gradient : undefined),
});

/** The scalar `x`, computed only when all `others` have been. */
export function after(x: Expr, others: readonly Expr[]): Expr {
  return others.length === 0 ? x : Expr.make(afterOperation, [x, ...others], {});
}
