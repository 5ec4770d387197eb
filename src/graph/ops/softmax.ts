// Softmax and its logarithm along one axis.
import { axisOf, defineOperation, Expr, isFloat, mustHold, type Operation } from '../expr.js';
import { exp, mul, sub } from './elementwise.js';
import { sum } from './reduce.js';

type AxisAttributes = { axis: number };
type SoftmaxRule = (y: Expr, gradient: Expr, axis: number) => Expr;

function alongAxis(name: string, opType: string, rule: SoftmaxRule): Operation<AxisAttributes> {
  return defineOperation<AxisAttributes>({
    name,
    infer([x]) {
      mustHold(isFloat(x!.dtype), name, 'input must be float', () => x!.dtype);
      return { shape: x!.shape, dtype: x!.dtype };
    },
    emit: (builder, inputs, _node, { axis }) => builder.add(opType, inputs, { axis: { i: axis } }),
    derivative: (node, gradient, _index, { axis }) => rule(node, gradient, axis),
  });
}

const total = (x: Expr, axis: number): Expr => sum(x, { axes: axis, keepDims: true });

const softmaxOperation = alongAxis('softmax', 'Softmax', (y, g, axis) =>
  mul(y, sub(g, total(mul(g, y), axis))),
);
const logSoftmaxOperation = alongAxis('logSoftmax', 'LogSoftmax', (y, g, axis) =>
  sub(g, mul(exp(y), total(g, axis))),
);

/** `exp(x)` divided by its sum along the axis. */
export function softmax(x: Expr, axis: number): Expr {
  return Expr.make(softmaxOperation, [x], { axis: axisOf('softmax', axis, x.rank) });
}

/** Logarithm of the softmax along the axis, without overflow. */
export function logSoftmax(x: Expr, axis: number): Expr {
  return Expr.make(logSoftmaxOperation, [x], { axis: axisOf('logSoftmax', axis, x.rank) });
}
