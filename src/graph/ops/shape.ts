// Operations that move elements and compute nothing: reshape, transpose, slice, pad, concat.
import { sizeOf, type Shape } from '../../tensor.js';
import { shapeError } from '../../errors.js';
import {
  axisOf,
  constant,
  defineOperation,
  Expr,
  mustHold,
  sameShape,
  type Operation,
  showShape,
} from '../expr.js';
import { expand, uniformValue } from './compare.js';

const reshapeOperation: Operation<{ shape: Shape }> = defineOperation({
  name: 'reshape',
  infer([x], { shape }) {
    mustHold(
      sizeOf(shape) === sizeOf(x!.shape),
      'reshape',
      'sizes must agree',
      () => `${showShape(x!.shape)} to ${showShape(shape)}`,
    );
    return { shape, dtype: x!.dtype };
  },
  simplify([x], { shape }) {
    if (sameShape(x!.shape, shape)) return x;
    const number = uniformValue(x!);
    if (number !== undefined) return expand(constant(number, [], x!.dtype), shape);
    return x!.op === reshapeOperation ? reshape(x!.inputs[0]!, shape) : undefined;
  },
  emit: (builder, [x], _node, { shape }) => builder.add('Reshape', [x!, builder.ints(shape)]),
  derivative: (node, gradient) => reshape(gradient, node.inputs[0]!.shape),
});

/** The same elements in another shape; one length may be -1 and is then found. */
export function reshape(x: Expr, shape: Shape): Expr {
  const known = sizeOf(shape.filter((length) => length !== -1));
  const free = shape.filter((length) => length === -1).length;
  mustHold(free <= 1, 'reshape', 'at most one length may be -1', () => showShape(shape));
  const found =
    free === 0 ? shape : shape.map((length) => (length === -1 ? sizeOf(x.shape) / known : length));
  mustHold(
    found.every((length) => Number.isInteger(length) && length > 0),
    'reshape',
    'sizes must agree',
    () => `${showShape(x.shape)} to ${showShape(shape)}`,
  );
  return Expr.make(reshapeOperation, [x], { shape: [...found] });
}

const transposeOperation: Operation<{ perm: readonly number[] }> = defineOperation({
  name: 'transpose',
  infer([x], { perm }) {
    const sorted = [...perm].sort((a, b) => a - b);
    mustHold(
      sorted.length === x!.rank && sorted.every((axis, i) => axis === i),
      'transpose',
      `perm must name each of the ${x!.rank} axes once`,
      () => showShape(perm),
    );
    return { shape: perm.map((axis) => x!.shape[axis]!), dtype: x!.dtype };
  },
  simplify([x], { perm }, shape) {
    const moved = perm.filter((axis) => x!.shape[axis] !== 1); // axes of length 1 move for free
    if (moved.every((axis, i) => i === 0 || moved[i - 1]! < axis)) return reshape(x!, shape);
    if (uniformValue(x!) !== undefined) return expand(constant(uniformValue(x!)!, [], x!.dtype), shape);
    if (x!.op !== transposeOperation) return undefined;
    const inner = (x!.attributes as { perm: readonly number[] }).perm;
    return transpose(
      x!.inputs[0]!,
      perm.map((axis) => inner[axis]!),
    );
  },
  emit: (builder, inputs, _node, { perm }) => builder.add('Transpose', inputs, { perm: { ints: perm } }),
  derivative: (_node, gradient, _index, { perm }) =>
    transpose(
      gradient,
      perm.map((_, axis) => perm.indexOf(axis)),
    ),
});

/** Axes in another order: axis `i` of the result is axis `perm[i]` of `x`. By default the order is turned round. */
export function transpose(x: Expr, perm: readonly number[] = x.shape.map((_, i) => x.rank - 1 - i)): Expr {
  return Expr.make(transposeOperation, [x], { perm: [...perm] });
}

/** Without the named axes, which must have length 1; by default without all such axes. */
export function squeeze(x: Expr, axes?: readonly number[]): Expr {
  const dropped =
    axes?.map((axis) => axisOf('squeeze', axis, x.rank)) ?? x.shape.flatMap((n, i) => (n === 1 ? [i] : []));
  for (const axis of dropped) {
    mustHold(
      x.shape[axis] === 1,
      'squeeze',
      'axes must have length 1',
      () => `axis ${axis} of ${showShape(x.shape)}`,
    );
  }
  return reshape(
    x,
    x.shape.filter((_, axis) => !dropped.includes(axis)),
  );
}

/** With new axes of length 1 at these places of the result. */
export function unsqueeze(x: Expr, axes: number | readonly number[]): Expr {
  const list = typeof axes === 'number' ? [axes] : axes;
  const rank = x.rank + list.length;
  const added = list.map((axis) => axisOf('unsqueeze', axis, rank));
  mustHold(new Set(added).size === added.length, 'unsqueeze', 'axes must differ', () => showShape(list));
  const lengths = [...x.shape];
  const shape = Array.from({ length: rank }, (_, axis) => (added.includes(axis) ? 1 : lengths.shift()!));
  return reshape(x, shape);
}

interface SliceFacts {
  axis: number;
  start: number;
  end: number;
  step: number;
}

const sliceOperation = defineOperation<SliceFacts>({
  name: 'slice',
  infer([x], { axis, start, end, step }) {
    mustHold(
      start >= 0 && end <= x!.shape[axis]! && start < end && step >= 1,
      'slice',
      `range must lie within 0..${x!.shape[axis]} and hold something`,
      () => `${start}..${end} step ${step}`,
    );
    const length = Math.ceil((end - start) / step);
    return { shape: x!.shape.map((n, i) => (i === axis ? length : n)), dtype: x!.dtype };
  },
  simplify([x], { start, end, step, axis }, shape) {
    if (start === 0 && end === x!.shape[axis] && step === 1) return x;
    const number = uniformValue(x!);
    return number === undefined ? undefined : expand(constant(number, [], x!.dtype), shape);
  },
  emit: (builder, [x], _node, { axis, start, end, step }) =>
    builder.add('Slice', [
      x!,
      builder.ints([start]),
      builder.ints([end]),
      builder.ints([axis]),
      builder.ints([step]),
    ]),
  derivative(node, gradient, _index, { axis, start, step }) {
    const x = node.inputs[0]!;
    const spread = step === 1 ? gradient : dilate(gradient, axis, step);
    const after = x.shape[axis]! - start - spread.shape[axis]!;
    const pads = x.shape.map((_, i): [number, number] => (i === axis ? [start, after] : [0, 0]));
    return pad(spread, pads);
  },
});

/** Elements of an axis with `step - 1` zeros between neighbours. */
function dilate(x: Expr, axis: number, step: number): Expr {
  const wide = [...x.shape.slice(0, axis + 1), 1, ...x.shape.slice(axis + 1)];
  const pads = wide.map((_, i): [number, number] => (i === axis + 1 ? [0, step - 1] : [0, 0]));
  const length = x.shape[axis]! * step;
  const whole = x.shape.map((n, i) => (i === axis ? length : n));
  return slice(reshape(pad(reshape(x, wide), pads), whole), { axis, start: 0, end: length - step + 1 });
}

/** Elements `start` to `end` (not included) of an axis, each `step`-th; negative places count from the end. */
export function slice(
  x: Expr,
  { axis, start = 0, end, step = 1 }: { axis: number; start?: number; end?: number; step?: number },
): Expr {
  const along = axisOf('slice', axis, x.rank);
  const length = x.shape[along]!;
  const last = end ?? length;
  return Expr.make(sliceOperation, [x], {
    axis: along,
    start: start < 0 ? start + length : start,
    end: last < 0 ? last + length : last,
    step,
  });
}

const padOperation = defineOperation<{ pads: readonly (readonly [number, number])[]; value: number }>({
  name: 'pad',
  infer([x], { pads }) {
    mustHold(pads.length === x!.rank, 'pad', `pads must name ${x!.rank} axes`, () => `${pads.length}`);
    mustHold(
      pads.flat().every((n) => Number.isInteger(n) && n >= 0),
      'pad',
      'pads must be whole numbers from 0',
      () => JSON.stringify(pads),
    );
    return { shape: x!.shape.map((n, axis) => n + pads[axis]![0] + pads[axis]![1]), dtype: x!.dtype };
  },
  simplify([x], { pads, value }, shape) {
    if (pads.every(([before, after]) => before === 0 && after === 0)) return x;
    return uniformValue(x!) === value ? expand(constant(value, [], x!.dtype), shape) : undefined;
  },
  emit(builder, [x], node, { pads, value }) {
    const all = builder.ints([...pads.map(([before]) => before), ...pads.map(([, after]) => after)]);
    return builder.add('Pad', [x!, all, builder.tensor(constant(value, [], node.dtype).value!)]);
  },
  derivative(node, gradient, _index, { pads }) {
    const lengths = node.inputs[0]!.shape;
    return pads.reduce(
      (g, [before], axis) => slice(g, { axis, start: before, end: before + lengths[axis]! }),
      gradient,
    );
  },
});

/** With `[before, after]` elements of `value` added to each axis. */
export function pad(x: Expr, pads: readonly (readonly [number, number])[], value = 0): Expr {
  return Expr.make(padOperation, [x], {
    pads: pads.map(([before, after]) => [before, after] as const),
    value,
  });
}

const concatOperation = defineOperation<{ axis: number }>({
  name: 'concat',
  infer(inputs, { axis }) {
    const [first] = inputs;
    for (const x of inputs) {
      mustHold(
        x.rank === first!.rank && x.shape.every((n, i) => i === axis || n === first!.shape[i]),
        'concat',
        `shapes must agree but for axis ${axis}`,
        () => inputs.map((other) => showShape(other.shape)).join(' and '),
      );
      mustHold(
        x.dtype === first!.dtype,
        'concat',
        'dtypes must agree',
        () => `${first!.dtype} and ${x.dtype}`,
      );
    }
    const length = inputs.reduce((total, x) => total + x.shape[axis]!, 0);
    return { shape: first!.shape.map((n, i) => (i === axis ? length : n)), dtype: first!.dtype };
  },
  simplify: (inputs) => (inputs.length === 1 ? inputs[0] : undefined),
  emit: (builder, inputs, _node, { axis }) => builder.add('Concat', inputs, { axis: { i: axis } }),
  derivative(node, gradient, index, { axis }) {
    const start = node.inputs.slice(0, index).reduce((total, x) => total + x.shape[axis]!, 0);
    return slice(gradient, { axis, start, end: start + node.inputs[index]!.shape[axis]! });
  },
});

/** Expressions one after another along an existing axis. */
export function concat(xs: readonly Expr[], axis: number): Expr {
  if (xs.length === 0) throw shapeError('concat', 'at least one input is needed', 'none');
  return Expr.make(concatOperation, xs, { axis: axisOf('concat', axis, xs[0]!.rank) });
}

/** Expressions of one shape one after another along a new axis. */
export function stack(xs: readonly Expr[], axis: number): Expr {
  return concat(
    xs.map((x) => unsqueeze(x, axis)),
    axis < 0 ? axis + (xs[0]?.rank ?? 0) + 1 : axis,
  );
}
