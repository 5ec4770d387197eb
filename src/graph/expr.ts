// Expressions: immutable nodes with a static shape and dtype. Making a node checks it, simplifies it
// and shares it: the same operation on the same inputs is the same node, so that gradients and
// repeated formulas cost nothing twice. Nothing is computed here; `onnx.ts` writes what runs.
import { internalError, shapeError } from '../errors.js';
import { sizeOf, type DType, type Shape, type Tensor, type TensorArray } from '../tensor.js';

/** A node of a graph. Inputs always have a smaller `id`, so sorting by `id` is a topological order. */
export class Expr {
  static #count = 0;
  readonly id = ++Expr.#count;
  /** Nodes made from this one, by what they are: the table behind sharing. */
  readonly #made = new Map<string, Expr>();

  private constructor(
    readonly op: Operation,
    readonly inputs: readonly Expr[],
    readonly attributes: unknown,
    readonly shape: Shape,
    readonly dtype: DType,
    /** Name of an input or a parameter. */
    readonly name?: string,
    /** Data of a constant. */
    readonly value?: Tensor,
  ) {}

  /** Number of axes. */
  get rank(): number {
    return this.shape.length;
  }

  /** Makes a node without inputs. */
  static leaf(op: Operation, shape: Shape, dtype: DType, facts: { name?: string; value?: Tensor }): Expr {
    return new Expr(op, [], {}, [...shape], dtype, facts.name, facts.value);
  }

  /** Makes, simplifies or finds the node `op(inputs)`. */
  static make<A>(op: Operation<A>, inputs: readonly Expr[], attributes: A): Expr {
    const { shape, dtype } = op.infer(inputs, attributes);
    const simpler = op.simplify?.(inputs, attributes, shape);
    if (simpler) return simpler;
    const home = inputs.find((input) => input.value === undefined) ?? inputs[0]!;
    const key = `${op.name}(${inputs.map((input) => input.id).join()})${JSON.stringify(attributes, exactly)}`;
    const known = home.#made.get(key);
    if (known) return known;
    const made = new Expr(op, inputs, attributes, shape, dtype);
    home.#made.set(key, made);
    return made;
  }
}

/** JSON has no infinities; as text they stay apart. */
function exactly(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? `${value}` : value;
}

/** What an operation makes of its inputs. */
export interface Signature {
  shape: Shape;
  dtype: DType;
}

/** An attribute of an ONNX node: integer, float, text or list of integers. */
export type OnnxAttribute = { i: number } | { f: number } | { s: string } | { ints: readonly number[] };

/** Where an operation writes its ONNX form; values are named by text. */
export interface OnnxBuilder {
  /** The file is for others: each operation in ONNX's own form, even where another form runs faster here. */
  readonly isPlain: boolean;
  /** Adds a node with one output and returns the output's name. */
  add(opType: string, inputs: readonly string[], attributes?: Record<string, OnnxAttribute>): string;
  /** Adds a node with several outputs. */
  addMany(
    opType: string,
    inputs: readonly string[],
    outputs: number,
    attributes?: Record<string, OnnxAttribute>,
  ): string[];
  /** A constant; equal small ones are written once. */
  tensor(value: Tensor): string;
  /** A constant int64 vector. */
  ints(values: readonly number[]): string;
  /** What `make` returned at the first call with this key: several outputs of one node. */
  once<T>(key: string, make: () => T): T;
}

/** One operation in one place: shape rule, ONNX form, derivative. */
export interface Operation<A = unknown> {
  readonly name: string;
  /** Checks the inputs and says shape and dtype of the output; throws a `shape` error. */
  infer(inputs: readonly Expr[], attributes: A): Signature;
  /** Writes the ONNX form and returns the output's name. */
  emit(builder: OnnxBuilder, inputs: readonly string[], node: Expr, attributes: A): string;
  /** An expression to write in place of the ONNX form, where that runs faster; undefined: `emit` writes it. */
  lower?(node: Expr, attributes: A): Expr | undefined;
  /**
   * Gradient for input `index`, given the gradient of the output. It may have the output's shape where
   * the input was broadcast: `gradients` sums it back. Missing or undefined: no gradient flows.
   */
  derivative?(node: Expr, gradient: Expr, index: number, attributes: A): Expr | undefined;
  /** An equal expression that is cheaper, if there is one. */
  simplify?(inputs: readonly Expr[], attributes: A, shape: Shape): Expr | undefined;
  /** One node equal to the sum of these nodes of this operation, if there is one that costs less. */
  sumOf?(nodes: readonly Expr[], attributes: A): Expr | undefined;
}

/** Every operation by name, for tests that must not miss one. */
export const operations = new Map<string, Operation>();

/** Registers an operation. */
export function defineOperation<A>(operation: Operation<A>): Operation<A> {
  operations.set(operation.name, operation);
  return operation;
}

/** Throws the error of a broken shape rule unless `holds`: `conv: channels of input and weight must agree, got 3 and 4`. */
export function mustHold(holds: boolean, operation: string, expected: string, received: () => string): void {
  if (!holds) throw shapeError(operation, expected, received());
}

/** `[2,3,4]`, for messages. */
export function showShape(shape: Shape): string {
  return `[${shape.join()}]`;
}

function leafOperation(name: string): Operation {
  return defineOperation({
    name,
    infer: () => {
      throw internalError(name, 'a leaf is not applied');
    },
    emit: () => {
      throw internalError(name, 'a leaf is written by the writer');
    },
  });
}

const inputOperation = leafOperation('input');
const parameterOperation = leafOperation('parameter');
const constantOperation = leafOperation('constant');

/** A value fed at each run, by name. */
export function input(name: string, shape: Shape, dtype: DType = 'float32'): Expr {
  checkShape('input', shape);
  return Expr.leaf(inputOperation, shape, dtype, { name });
}

/** A named state that lives between runs: a trainable weight, a running statistic, an optimiser's moment. */
export function parameter(name: string, shape: Shape, dtype: DType = 'float32'): Expr {
  checkShape('parameter', shape);
  return Expr.leaf(parameterOperation, shape, dtype, { name });
}

/** True for the leaf that {@link input} makes. */
export function isInput(x: Expr): boolean {
  return x.op === inputOperation;
}

/** True for the leaf that {@link parameter} makes. */
export function isParameter(x: Expr): boolean {
  return x.op === parameterOperation;
}

const scalars = new Map<string, Expr>();

/**
 * A constant: a number (a scalar, or spread over `shape`), a list of numbers or an array of `dtype`
 * with its shape (by default a vector).
 */
export function constant(
  data: number | readonly number[] | TensorArray,
  shape?: Shape,
  dtype: DType = dtypeOf(data),
): Expr {
  if (typeof data === 'number' && (shape === undefined || shape.length === 0)) return scalar(data, dtype);
  const whole = typeof data === 'number' ? new Array<number>(sizeOf(shape!)).fill(data) : data;
  const lengths = shape ?? [whole.length];
  checkShape('constant', lengths);
  mustHold(
    whole.length === sizeOf(lengths),
    'constant',
    'data must fill the shape',
    () => `${whole.length} numbers for ${showShape(lengths)}`,
  );
  const value: Tensor = { dtype, shape: lengths, data: arrayOf(whole, dtype) };
  return Expr.leaf(constantOperation, lengths, dtype, { value });
}

/** A scalar constant, the same node for the same number. */
function scalar(x: number, dtype: DType): Expr {
  const key = `${dtype}:${Object.is(x, -0) ? '-0' : x}`;
  const known = scalars.get(key);
  if (known) return known;
  const value: Tensor = { dtype, shape: [], data: arrayOf([x], dtype) };
  const made = Expr.leaf(constantOperation, [], dtype, { value });
  scalars.set(key, made);
  return made;
}

function checkShape(operation: string, shape: Shape): void {
  mustHold(
    shape.every((length) => Number.isInteger(length) && length > 0),
    operation,
    'lengths must be positive integers',
    () => showShape(shape),
  );
}

function dtypeOf(data: unknown): DType {
  if (data instanceof BigInt64Array) return 'int64';
  if (data instanceof Int32Array) return 'int32';
  if (data instanceof Uint8Array) return 'uint8';
  if (data instanceof Float64Array) return 'float64';
  if (data instanceof Uint16Array) return 'float16';
  return 'float32';
}

/** `data` as the array of `dtype`; an array of the right kind is kept, not copied. */
function arrayOf(data: readonly number[] | TensorArray, dtype: DType): TensorArray {
  if (!Array.isArray(data)) return data as TensorArray;
  const numbers = data as readonly number[];
  if (dtype === 'int64') return BigInt64Array.from(numbers, (x) => BigInt(x));
  if (dtype === 'int32') return Int32Array.from(numbers);
  if (dtype === 'uint8' || dtype === 'bool') return Uint8Array.from(numbers);
  if (dtype === 'float64') return Float64Array.from(numbers);
  if (dtype === 'float32') return Float32Array.from(numbers);
  throw shapeError('constant', 'numbers make every dtype but float16', dtype);
}

/** True for float16, float32 and float64: what gradients flow through. */
export function isFloat(dtype: DType): boolean {
  return dtype.startsWith('float');
}

/** The shape that all of `shapes` broadcast to, as in numpy. */
export function broadcast(operation: string, shapes: readonly Shape[]): Shape {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    const lengths = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1);
    const length = Math.max(...lengths);
    mustHold(
      lengths.every((other) => other === length || other === 1),
      operation,
      'shapes must broadcast',
      () => shapes.map(showShape).join(' and '),
    );
    return length;
  });
}

/** True when both shapes are the same. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

/** `axis` counted from the front; negative ones count from the end. */
export function axisOf(operation: string, axis: number, rank: number): number {
  mustHold(
    Number.isInteger(axis) && axis >= -rank && axis < rank,
    operation,
    `axis must lie within rank ${rank}`,
    () => `${axis}`,
  );
  return axis < 0 ? axis + rank : axis;
}
