// Choosing by index: gather, its transpose scatterAdd, and one-hot rows.
import type { DType, Shape } from '../../tensor.js';
import { axisOf, constant, defineOperation, Expr, mustHold, sameShape, showShape } from '../expr.js';
import { expand } from './compare.js';
import { reshape, transpose } from './shape.js';

const oneHotOperation = defineOperation<{ classes: number; dtype: DType }>({
  name: 'oneHot',
  infer([labels], { classes, dtype }) {
    mustHold(labels!.dtype.startsWith('int'), 'oneHot', 'labels must be integers', () => labels!.dtype);
    return { shape: [...labels!.shape, classes], dtype };
  },
  emit(builder, [labels], _node, { classes, dtype }) {
    const depth = builder.tensor(constant(classes, [], 'int64').value!);
    const values = builder.tensor(constant([0, 1], [2], dtype).value!);
    return builder.add('OneHot', [labels!, depth, values], { axis: { i: -1 } });
  },
});

/** Rows of zeros with a one at each label: labels of any shape, a new last axis of `classes`. No gradient. */
export function oneHot(labels: Expr, classes: number, dtype: DType = 'float32'): Expr {
  if (labels.rank === 0) return reshape(oneHot(reshape(labels, [1]), classes, dtype), [classes]); // ONNX asks for an axis
  return Expr.make(oneHotOperation, [labels], { classes, dtype });
}

const gatherOperation = defineOperation<{ axis: number }>({
  name: 'gather',
  infer([x, indices], { axis }) {
    mustHold(indices!.dtype.startsWith('int'), 'gather', 'indices must be integers', () => indices!.dtype);
    const shape = [...x!.shape.slice(0, axis), ...indices!.shape, ...x!.shape.slice(axis + 1)];
    return { shape, dtype: x!.dtype };
  },
  emit: (builder, inputs, _node, { axis }) => builder.add('Gather', inputs, { axis: { i: axis } }),
  derivative(node, gradient, index, { axis }) {
    const [x, indices] = [node.inputs[0]!, node.inputs[1]!];
    return index === 0 ? scatterAdd(gradient, indices, x.shape, axis) : undefined;
  },
});

/** Elements of `x` along `axis` in the order of integer `indices`, whose axes take the place of that axis. */
export function gather(x: Expr, indices: Expr, axis: number): Expr {
  return Expr.make(gatherOperation, [x, indices], { axis: axisOf('gather', axis, x.rank) });
}

const scatterRowsOperation = defineOperation<{ rows: number }>({
  name: 'scatterRows',
  infer([x, indices], { rows }) {
    mustHold(
      indices!.rank === 1 && indices!.dtype === 'int64' && indices!.shape[0] === x!.shape[0],
      'scatterRows',
      'one int64 index for each row is needed',
      () => `${indices!.dtype} ${showShape(indices!.shape)} for ${showShape(x!.shape)}`,
    );
    return { shape: [rows, ...x!.shape.slice(1)], dtype: x!.dtype };
  },
  emit(builder, [x, indices], node) {
    const zero = builder.tensor(constant(0, [], node.dtype).value!);
    const zeros = builder.add('Expand', [zero, builder.ints(node.shape)]);
    const column = builder.add('Reshape', [indices!, builder.ints([-1, 1])]);
    return builder.add('ScatterND', [zeros, column, x!], { reduction: { s: 'add' } });
  },
  derivative: (node, gradient, index) => (index === 0 ? gather(gradient, node.inputs[1]!, 0) : undefined),
});

/** Zeros of `shape` with each element of `x` added at its index along `axis`: the transpose of {@link gather}. */
export function scatterAdd(x: Expr, indices: Expr, shape: Shape, axis: number): Expr {
  const rest = [...shape.slice(0, axis), ...shape.slice(axis + 1)];
  const wanted = [...shape.slice(0, axis), ...indices.shape, ...shape.slice(axis + 1)];
  mustHold(sameShape(x.shape, wanted), 'scatterAdd', `input must be ${showShape(wanted)}`, () =>
    showShape(x.shape),
  );
  const moved = indices.shape.map((_, i) => axis + i);
  const others = wanted.map((_, i) => i).filter((i) => !moved.includes(i));
  const rows = reshape(transpose(x, [...moved, ...others]), [-1, ...rest]);
  const total = Expr.make(scatterRowsOperation, [rows, reshape(indices, [-1])], { rows: shape[axis]! });
  const back = shape.map((_, i) => (i === axis ? 0 : i < axis ? i + 1 : i));
  return transpose(total, back);
}

/** Zeros of a shape. */
export function zeros(shape: Shape, dtype: DType = 'float32'): Expr {
  return expand(constant(0, [], dtype), shape);
}
