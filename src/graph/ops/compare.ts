// Comparisons, choice, casts, and the wall that gradients do not pass.
import type { DType } from '../../tensor.js';
import {
  broadcast,
  constant,
  defineOperation,
  Expr,
  isFloat,
  mustHold,
  sameShape,
  type Operation,
} from '../expr.js';

/** An expression, or a number where a scalar of the other side's dtype is meant. */
export type Operand = Expr | number;

/** Both sides as expressions; a number takes the dtype of the other side. */
export function pair(a: Operand, b: Operand): [Expr, Expr] {
  const dtype = a instanceof Expr ? a.dtype : b instanceof Expr ? b.dtype : 'float32';
  return [lift(a, dtype), lift(b, dtype)];
}

/** A number as a scalar constant. */
export function lift(x: Operand, dtype: DType = 'float32'): Expr {
  return x instanceof Expr ? x : constant(x, [], dtype);
}

/** Throws unless both sides have the same dtype. */
export function requireSameDType(operation: string, a: Expr, b: Expr): void {
  mustHold(a.dtype === b.dtype, operation, 'dtypes must agree', () => `${a.dtype} and ${b.dtype}`);
}

function comparison(name: string, opType: string): Operation {
  return defineOperation({
    name,
    infer(inputs) {
      requireSameDType(name, inputs[0]!, inputs[1]!);
      return {
        shape: broadcast(
          name,
          inputs.map((x) => x.shape),
        ),
        dtype: 'bool',
      };
    },
    emit: (builder, inputs) => builder.add(opType, inputs),
  });
}

const greaterOperation = comparison('greater', 'Greater');
const lessOperation = comparison('less', 'Less');
const equalOperation = comparison('equal', 'Equal');

/** `a > b`, as bool. No gradient. */
export function greater(a: Operand, b: Operand): Expr {
  return Expr.make(greaterOperation, pair(a, b), {});
}

/** `a < b`, as bool. No gradient. */
export function less(a: Operand, b: Operand): Expr {
  return Expr.make(lessOperation, pair(a, b), {});
}

/** `a == b`, as bool. No gradient. */
export function equal(a: Operand, b: Operand): Expr {
  return Expr.make(equalOperation, pair(a, b), {});
}

const whereOperation = defineOperation({
  name: 'where',
  infer([condition, a, b]) {
    mustHold(condition!.dtype === 'bool', 'where', 'condition must be bool', () => condition!.dtype);
    requireSameDType('where', a!, b!);
    return { shape: broadcast('where', [condition!.shape, a!.shape, b!.shape]), dtype: a!.dtype };
  },
  emit: (builder, inputs) => builder.add('Where', inputs),
  derivative(node, gradient, index) {
    const condition = node.inputs[0]!;
    if (index === 0) return undefined;
    return index === 1 ? where(condition, gradient, 0) : where(condition, 0, gradient);
  },
});

/** `a` where `condition` holds, else `b`; the gradient follows the choice. */
export function where(condition: Expr, a: Operand, b: Operand): Expr {
  return Expr.make(whereOperation, [condition, ...pair(a, b)], {});
}

/** ONNX's numbers for element types (TensorProto.DataType). */
export const onnxType: Record<DType, number> = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
};

const castOperation = defineOperation<{ dtype: DType }>({
  name: 'cast',
  infer: ([x], { dtype }) => ({ shape: x!.shape, dtype }),
  simplify: ([x], { dtype }) => (x!.dtype === dtype ? x : undefined),
  emit: (builder, inputs, _node, { dtype }) => builder.add('Cast', inputs, { to: { i: onnxType[dtype] } }),
  derivative: (node, gradient) =>
    isFloat(node.inputs[0]!.dtype) ? cast(gradient, node.inputs[0]!.dtype) : undefined,
});

/** `x` as another dtype; a gradient passes between floats only. */
export function cast(x: Expr, dtype: DType): Expr {
  return Expr.make(castOperation, [x], { dtype });
}

const stopGradientOperation = defineOperation({
  name: 'stopGradient',
  infer: ([x]) => ({ shape: x!.shape, dtype: x!.dtype }),
  emit: (_builder, [x]) => x!,
});

/** `x` itself, taken as a constant by {@link gradients}. */
export function stopGradient(x: Expr): Expr {
  return Expr.make(stopGradientOperation, [x], {});
}

const expandOperation: Operation<{ shape: readonly number[] }> = defineOperation({
  name: 'expand',
  infer([x], { shape }) {
    const whole = broadcast('expand', [x!.shape, shape]);
    mustHold(
      sameShape(whole, shape),
      'expand',
      'input must broadcast to the wanted shape',
      () => `[${x!.shape.join()}] to [${shape.join()}]`,
    );
    return { shape, dtype: x!.dtype };
  },
  simplify([x], { shape }) {
    if (sameShape(x!.shape, shape)) return x;
    return x!.op === expandOperation && x!.rank === shape.length ? expand(x!.inputs[0]!, shape) : undefined;
  },
  emit: (builder, inputs, _node, { shape }) => builder.add('Expand', [inputs[0]!, builder.ints(shape)]),
  derivative: (_node, gradient) => gradient, // `gradients` sums it back over the broadcast axes
});

/** `x` repeated along axes of length 1 (and new leading axes) to `shape`. */
export function expand(x: Operand, shape: readonly number[]): Expr {
  return Expr.make(expandOperation, [lift(x)], { shape: [...shape] });
}

/** The number that every element of `x` has, if it is a (spread) constant. */
export function uniformValue(x: Expr): number | undefined {
  let source = x;
  while (source.op === expandOperation) source = source.inputs[0]!;
  return source.value !== undefined && source.value.data.length === 1
    ? Number(source.value.data[0])
    : undefined;
}
