// Arithmetic and functions of one number, element by element, with numpy's broadcasting.
import { broadcast, constant, defineOperation, Expr, isFloat, mustHold, type Operation } from '../expr.js';
import {
  equal,
  expand,
  greater,
  less,
  lift,
  pair,
  requireSameDType,
  uniformValue,
  where,
  type Operand,
} from './compare.js';

/** Derivative of a two-sided operation for side `index`. */
type PairRule = (a: Expr, b: Expr, gradient: Expr, index: number, node: Expr) => Expr;

interface OperandFacts {
  name: string;
  opType: string;
  value: (a: number, b: number) => number;
  rule: PairRule;
  simplify?: (a: Expr, b: Expr) => Expr | undefined;
}

function pairOperation({ name, opType, value, rule, simplify }: OperandFacts): Operation {
  return defineOperation({
    name,
    infer([a, b]) {
      requireSameDType(name, a!, b!);
      mustHold(a!.dtype !== 'bool', name, 'inputs must be numbers', () => 'bool');
      return { shape: broadcast(name, [a!.shape, b!.shape]), dtype: a!.dtype };
    },
    simplify([a, b], _attributes, shape) {
      const [x, y] = [uniformValue(a!), uniformValue(b!)];
      if (x !== undefined && y !== undefined && isFloat(a!.dtype)) {
        return expand(constant(value(x, y), [], a!.dtype), shape);
      }
      const simpler = simplify?.(a!, b!);
      return simpler && expand(simpler, shape);
    },
    emit: (builder, inputs) => builder.add(opType, inputs),
    derivative: (node, gradient, index) => rule(node.inputs[0]!, node.inputs[1]!, gradient, index, node),
  });
}

const isUniform = (x: Expr, number: number): boolean => uniformValue(x) === number;

const addOperation = pairOperation({
  name: 'add',
  opType: 'Add',
  value: (a, b) => a + b,
  rule: (_a, _b, gradient) => gradient,
  simplify: (a, b) => (isUniform(b, 0) ? a : isUniform(a, 0) ? b : undefined),
});

const subOperation = pairOperation({
  name: 'sub',
  opType: 'Sub',
  value: (a, b) => a - b,
  rule: (_a, _b, gradient, index) => (index === 0 ? gradient : neg(gradient)),
  simplify: (a, b) => (isUniform(b, 0) ? a : isUniform(a, 0) ? neg(b) : undefined),
});

const mulOperation = pairOperation({
  name: 'mul',
  opType: 'Mul',
  value: (a, b) => a * b,
  rule: (a, b, gradient, index) => mul(gradient, index === 0 ? b : a),
  simplify(a, b) {
    for (const [x, other] of [
      [a, b],
      [b, a],
    ] as const) {
      if (isUniform(x, 1)) return other;
      if (isUniform(x, 0)) return x;
      if (isUniform(x, -1)) return neg(other);
    }
    return undefined;
  },
});

const divOperation = pairOperation({
  name: 'div',
  opType: 'Div',
  value: (a, b) => a / b,
  rule: (_a, b, gradient, index, node) => (index === 0 ? div(gradient, b) : neg(div(mul(gradient, node), b))),
  simplify: (a, b) => (isUniform(b, 1) ? a : isUniform(a, 0) ? a : undefined),
});

const maximumOperation = pairOperation({
  name: 'maximum',
  opType: 'Max',
  value: Math.max,
  rule: (a, b, gradient, index) =>
    index === 0 ? where(less(a, b), 0, gradient) : where(less(a, b), gradient, 0),
});

const minimumOperation = pairOperation({
  name: 'minimum',
  opType: 'Min',
  value: Math.min,
  rule: (a, b, gradient, index) =>
    index === 0 ? where(greater(a, b), 0, gradient) : where(greater(a, b), gradient, 0),
});

/** `a + b`. */
export function add(a: Operand, b: Operand): Expr {
  return Expr.make(addOperation, pair(a, b), {});
}

/** `a - b`. */
export function sub(a: Operand, b: Operand): Expr {
  return Expr.make(subOperation, pair(a, b), {});
}

/** `a * b`. */
export function mul(a: Operand, b: Operand): Expr {
  return Expr.make(mulOperation, pair(a, b), {});
}

/** `a / b`. */
export function div(a: Operand, b: Operand): Expr {
  return Expr.make(divOperation, pair(a, b), {});
}

/** The greater of both; at a tie the gradient goes to `a`. */
export function maximum(a: Operand, b: Operand): Expr {
  return Expr.make(maximumOperation, pair(a, b), {});
}

/** The smaller of both; at a tie the gradient goes to `a`. */
export function minimum(a: Operand, b: Operand): Expr {
  return Expr.make(minimumOperation, pair(a, b), {});
}

/** Derivative of a function of one number, from its input and its output. */
type DerivativeRule = (x: Expr, y: Expr, gradient: Expr) => Expr | undefined;

function unary(name: string, opType: string, value: (x: number) => number, rule?: DerivativeRule): Operation {
  return defineOperation({
    name,
    infer([x]) {
      mustHold(x!.dtype !== 'bool', name, 'input must be numbers', () => 'bool');
      return { shape: x!.shape, dtype: x!.dtype };
    },
    simplify([x], _attributes, shape) {
      const number = uniformValue(x!);
      return number === undefined || !isFloat(x!.dtype)
        ? undefined
        : expand(constant(value(number), [], x!.dtype), shape);
    },
    emit: (builder, inputs) => builder.add(opType, inputs),
    derivative: rule && ((node, gradient) => rule(node.inputs[0]!, node, gradient)),
  });
}

const negOperation = unary(
  'neg',
  'Neg',
  (x) => -x,
  (_x, _y, g) => neg(g),
);
const expOperation = unary('exp', 'Exp', Math.exp, (_x, y, g) => mul(g, y));
const logOperation = unary('log', 'Log', Math.log, (x, _y, g) => div(g, x));
const absOperation = unary('abs', 'Abs', Math.abs, (x, _y, g) => mul(g, sign(x)));
const signOperation = unary('sign', 'Sign', Math.sign);
const tanhOperation = unary('tanh', 'Tanh', Math.tanh, (_x, y, g) => mul(g, sub(1, square(y))));
const reluOperation = unary(
  'relu',
  'Relu',
  (x) => Math.max(0, x),
  (_x, y, g) => where(greater(y, 0), g, 0),
);
const sigmoidOperation = unary(
  'sigmoid',
  'Sigmoid',
  (x) => 1 / (1 + Math.exp(-x)),
  (_x, y, g) => mul(g, mul(y, sub(1, y))),
);
/** The slope of the root is infinite at 0; there the gradient is 0, so that `sqrt(max(0, x))` never gives NaN. */
const sqrtOperation = unary('sqrt', 'Sqrt', Math.sqrt, (_x, y, g) => {
  const atZero = equal(y, 0);
  return where(atZero, 0, div(mul(g, 0.5), where(atZero, 1, y)));
});

const squareOperation = defineOperation({
  name: 'square',
  infer: ([x]) => ({ shape: x!.shape, dtype: x!.dtype }),
  emit: (builder, [x]) => builder.add('Mul', [x!, x!]),
  derivative: (node, gradient) => mul(gradient, mul(node.inputs[0]!, 2)),
});

const erfOperation = defineOperation({
  name: 'erf',
  infer: ([x]) => ({ shape: x!.shape, dtype: x!.dtype }),
  emit: (builder, inputs) => builder.add('Erf', inputs),
  derivative: (node, gradient) =>
    mul(gradient, mul(2 / Math.sqrt(Math.PI), exp(neg(square(node.inputs[0]!))))),
});

const powerOperation = defineOperation<{ exponent: number }>({
  name: 'power',
  infer([x]) {
    mustHold(isFloat(x!.dtype), 'power', 'input must be float', () => x!.dtype);
    return { shape: x!.shape, dtype: x!.dtype };
  },
  simplify([x], { exponent }) {
    return exponent === 1 ? x : exponent === 2 ? square(x!) : undefined;
  },
  emit: (builder, [x], node, { exponent }) =>
    builder.add('Pow', [x!, builder.tensor(constant(exponent, [], node.dtype).value!)]),
  derivative: (node, gradient, _index, { exponent }) =>
    mul(gradient, mul(exponent, power(node.inputs[0]!, exponent - 1))),
});

/** `-x`. */
export function neg(x: Operand): Expr {
  const value = lift(x);
  return value.op === negOperation ? value.inputs[0]! : Expr.make(negOperation, [value], {});
}

/** e to the power of `x`. */
export function exp(x: Operand): Expr {
  return Expr.make(expOperation, [lift(x)], {});
}

/** Natural logarithm. */
export function log(x: Operand): Expr {
  return Expr.make(logOperation, [lift(x)], {});
}

/** Square root; its gradient at 0 is 0, never infinite. */
export function sqrt(x: Operand): Expr {
  return Expr.make(sqrtOperation, [lift(x)], {});
}

/** `x * x`. */
export function square(x: Operand): Expr {
  return Expr.make(squareOperation, [lift(x)], {});
}

/** Absolute value; its gradient at 0 is 0. */
export function abs(x: Operand): Expr {
  return Expr.make(absOperation, [lift(x)], {});
}

/** -1, 0 or 1. No gradient. */
export function sign(x: Operand): Expr {
  return Expr.make(signOperation, [lift(x)], {});
}

/** Hyperbolic tangent. */
export function tanh(x: Operand): Expr {
  return Expr.make(tanhOperation, [lift(x)], {});
}

/** `1 / (1 + exp(-x))`. */
export function sigmoid(x: Operand): Expr {
  return Expr.make(sigmoidOperation, [lift(x)], {});
}

/** `max(0, x)`; its gradient at 0 is 0. */
export function relu(x: Operand): Expr {
  return Expr.make(reluOperation, [lift(x)], {});
}

/** The error function. */
export function erf(x: Operand): Expr {
  return Expr.make(erfOperation, [lift(x)], {});
}

/** `x` to a fixed power. */
export function power(x: Expr, exponent: number): Expr {
  return Expr.make(powerOperation, [x], { exponent });
}

/** All of a list added up, in order; an empty list is an error of the caller. */
export function addAll(terms: readonly Expr[]): Expr {
  return terms.reduce((total, term) => add(total, term));
}
