// Sums, means and maxima over axes.
import { sizeOf } from '../../tensor.js';
import { axisOf, constant, defineOperation, Expr, isFloat, mustHold } from '../expr.js';
import { expand, uniformValue } from './compare.js';
import { mul } from './elementwise.js';
import { oneHot } from './indexing.js';
import { reshape, transpose } from './shape.js';

/** Which axes to reduce (by default all) and whether they stay with length 1. */
export interface ReduceOptions {
  axes?: number | readonly number[];
  keepDims?: boolean;
}

const sumOperation = defineOperation<{ axes: readonly number[] }>({
  name: 'sum',
  infer([x], { axes }) {
    mustHold(x!.dtype !== 'bool', 'sum', 'input must be numbers', () => 'bool');
    return { shape: x!.shape.map((n, axis) => (axes.includes(axis) ? 1 : n)), dtype: x!.dtype };
  },
  simplify([x], { axes }, shape) {
    if (axes.every((axis) => x!.shape[axis] === 1)) return x;
    const number = uniformValue(x!);
    if (number === undefined || !isFloat(x!.dtype)) return undefined;
    return expand(constant((number * sizeOf(x!.shape)) / sizeOf(shape), [], x!.dtype), shape);
  },
  emit: (builder, [x], _node, { axes }) =>
    builder.add('ReduceSum', [x!, builder.ints(axes)], { keepdims: { i: 1 } }),
  derivative: (node, gradient) => expand(gradient, node.inputs[0]!.shape),
});

/** Axes counted from the front, in order, each once. */
function axesOf(operation: string, x: Expr, axes: ReduceOptions['axes']): number[] {
  const list = axes === undefined ? x.shape.map((_, axis) => axis) : typeof axes === 'number' ? [axes] : axes;
  return [...new Set(list.map((axis) => axisOf(operation, axis, x.rank)))].sort((a, b) => a - b);
}

/** A reduction keeps its axes with length 1; this drops them where they are not wanted. */
function shaped(reduced: Expr, axes: readonly number[], keepDims: boolean): Expr {
  return keepDims
    ? reduced
    : reshape(
        reduced,
        reduced.shape.filter((_, axis) => !axes.includes(axis)),
      );
}

/** Sum over axes. */
export function sum(x: Expr, { axes, keepDims = false }: ReduceOptions = {}): Expr {
  const list = axesOf('sum', x, axes);
  return shaped(Expr.make(sumOperation, [x], { axes: list }), list, keepDims);
}

/** Mean over axes. */
export function mean(x: Expr, { axes, keepDims = false }: ReduceOptions = {}): Expr {
  mustHold(isFloat(x.dtype), 'mean', 'input must be float', () => x.dtype);
  const list = axesOf('mean', x, axes);
  const count = sizeOf(list.map((axis) => x.shape[axis]!));
  return mul(sum(x, { axes: list, keepDims }), 1 / count);
}

const argMaxOperation = defineOperation({
  name: 'argMax',
  infer: ([x]) => ({ shape: x!.shape.slice(0, -1), dtype: 'int64' }),
  emit: (builder, inputs) => builder.add('ArgMax', inputs, { axis: { i: -1 }, keepdims: { i: 0 } }),
});

const maxOperation = defineOperation({
  name: 'max',
  infer([x]) {
    mustHold(x!.dtype !== 'bool', 'max', 'input must be numbers', () => 'bool');
    return { shape: x!.shape.slice(0, -1), dtype: x!.dtype };
  },
  emit: (builder, [x]) => builder.add('ReduceMax', [x!, builder.ints([-1])], { keepdims: { i: 0 } }),
  derivative(node, gradient) {
    const x = node.inputs[0]!;
    const choice = oneHot(Expr.make(argMaxOperation, [x], {}), x.shape.at(-1)!, x.dtype);
    return mul(reshape(gradient, [...gradient.shape, 1]), choice);
  },
});

/** `x` with the named axes moved to the end and made one. */
function gathered(x: Expr, axes: readonly number[]): Expr {
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  return reshape(transpose(x, [...kept, ...axes]), [...kept.map((axis) => x.shape[axis]!), -1]);
}

/** Maximum over axes; at a tie the gradient goes to the first one. */
export function max(x: Expr, { axes, keepDims = false }: ReduceOptions = {}): Expr {
  const list = axesOf('max', x, axes);
  const reduced = Expr.make(maxOperation, [gathered(x, list)], {});
  return keepDims
    ? reshape(
        reduced,
        x.shape.map((n, axis) => (list.includes(axis) ? 1 : n)),
      )
    : reduced;
}

/** Place of the first maximum along an axis, int64. No gradient. */
export function argMax(x: Expr, axis: number): Expr {
  return Expr.make(argMaxOperation, [gathered(x, [axisOf('argMax', axis, x.rank)])], {});
}
