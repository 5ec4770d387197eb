// Writes a graph as an ONNX model, through the official schema. Nodes come in the order in which they were
// made and names are counted, so the same graph gives the same bytes.
import schema from 'onnx-proto';
import { missingError } from '../errors.js';
import { sizeOf, type Tensor, type Tensors } from '../tensor.js';
import {
  type Expr,
  isInput,
  isParameter,
  mustHold,
  sameShape,
  showShape,
  type OnnxAttribute,
  type OnnxBuilder,
} from './expr.js';
import { reachable } from './gradients.js';
import { onnxType } from './ops/compare.js';

const { onnx } = schema;

/** The version of ONNX's operations that is written. */
export const opset = 18;
const irVersion = 8; // the file format that goes with opset 18

/** A whole program: named results, and the next value of each state that it changes. */
export interface Graph {
  outputs: Record<string, Expr>;
  updates: { parameter: Expr; next: Expr }[];
}

/** How {@link toOnnx} writes. */
export interface ToOnnxOptions {
  /** Parameters to write into the file instead of asking for them as inputs; each one must be there. */
  weights?: Tensors;
  /**
   * Every operation in its plain form, which files for others and devices other than the CPU want. By default where
   * `weights` are given.
   */
  isPlain?: boolean;
  /** Text pairs for the file's `metadata_props`. */
  metadata?: Record<string, string>;
  producerVersion?: string;
}

/** Name of the output that holds the next value of the parameter `name`. */
export function nextName(name: string): string {
  return `next:${name}`;
}

/**
 * The graph as an ONNX file. Inputs keep their names; parameters are inputs under theirs, or initialisers
 * where `weights` are given; outputs are named by their key, and an update is the output `next:<parameter>`.
 */
export function toOnnx(
  graph: Graph,
  { weights, isPlain = weights !== undefined, metadata = {}, producerVersion = '' }: ToOnnxOptions = {},
): Uint8Array {
  const ends = [
    ...Object.entries(graph.outputs),
    ...graph.updates.map(({ parameter, next }): [string, Expr] => [nextName(parameter.name!), next]),
  ];
  const nodes = reachable(ends.map(([, expr]) => expr));
  const writer = new Writer(
    ends.map(([name]) => name),
    isPlain,
  );
  const names = new Map<Expr, string>();
  for (const node of nodes) names.set(node, writeNode(writer, node, names, weights));
  const outputs = ends.map(([name, expr]) => {
    writer.output(names.get(expr)!, name);
    return valueInfo(name, expr);
  });
  writer.finish();
  const model = onnx.ModelProto.create({
    irVersion,
    opsetImport: [{ domain: '', version: opset }],
    producerName: 'wherewhen',
    producerVersion,
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    graph: {
      name: 'wherewhen',
      node: writer.nodes,
      initializer: writer.initialisers,
      input: [...writer.inputs].map(([name, expr]) => valueInfo(name, expr)),
      output: outputs,
    },
  });
  return onnx.ModelProto.encode(model).finish();
}

function writeNode(writer: Writer, node: Expr, names: Map<Expr, string>, weights?: Tensors): string {
  if (node.value) return writer.tensor(node.value);
  if (isParameter(node) && weights) return writer.weight(node, weights);
  if (isInput(node) || isParameter(node)) return writer.input(node);
  const lowered = writer.isPlain ? undefined : node.op.lower?.(node, node.attributes);
  if (lowered) {
    for (const part of reachable([lowered], (known) => names.has(known))) {
      names.set(part, writeNode(writer, part, names, weights));
    }
    return names.get(lowered)!;
  }
  return node.op.emit(
    writer,
    node.inputs.map((input) => names.get(input)!),
    node,
    node.attributes,
  );
}

/** Collects the parts of the file. */
class Writer implements OnnxBuilder {
  readonly nodes: InstanceType<typeof onnx.NodeProto>[] = [];
  readonly initialisers: InstanceType<typeof onnx.TensorProto>[] = [];
  readonly inputs = new Map<string, Expr>();
  readonly #once = new Map<string, unknown>();
  readonly #constants = new Map<string, string>();
  readonly #weights = new Set<string>();
  readonly #taken: Set<string>;
  readonly #makers = new Set<string>();
  readonly #renamed = new Map<string, string>();

  constructor(
    outputs: readonly string[],
    readonly isPlain: boolean,
  ) {
    this.#taken = new Set(outputs);
  }

  add(opType: string, inputs: readonly string[], attributes: Record<string, OnnxAttribute> = {}): string {
    return this.addMany(opType, inputs, 1, attributes)[0]!;
  }

  addMany(
    opType: string,
    inputs: readonly string[],
    outputs: number,
    attributes: Record<string, OnnxAttribute> = {},
  ): string[] {
    const stem = `${opType}_${this.nodes.length}`;
    const output = Array.from({ length: outputs }, (_, i) => (i === 0 ? stem : `${stem}.${i}`));
    for (const name of output) this.#makers.add(name);
    const attribute = Object.entries(attributes).map(([name, value]) => attributeProto(name, value));
    this.nodes.push(onnx.NodeProto.create({ opType, name: stem, input: [...inputs], output, attribute }));
    return output;
  }

  ints(values: readonly number[]): string {
    return this.tensor({ dtype: 'int64', shape: [values.length], data: BigInt64Array.from(values, BigInt) });
  }

  tensor(value: Tensor): string {
    const key =
      value.data.length <= 64 ? `${value.dtype}[${value.shape.join()}]${value.data.join()}` : undefined;
    const known = key && this.#constants.get(key);
    if (known) return known;
    const name = `constant_${this.initialisers.length}`;
    if (key) this.#constants.set(key, name);
    this.initialisers.push(tensorProto(name, value));
    return name;
  }

  once<T>(key: string, make: () => T): T {
    if (!this.#once.has(key)) this.#once.set(key, make());
    return this.#once.get(key) as T;
  }

  input(node: Expr): string {
    const name = node.name!;
    this.#check(node, this.inputs.get(name));
    this.inputs.set(name, node);
    return name;
  }

  weight(node: Expr, weights: Tensors): string {
    const name = node.name!;
    const tensor = weights[name];
    if (!tensor) throw missingError('toOnnx', `weights must hold ${name}`);
    mustHold(
      sameShape(tensor.shape, node.shape) && tensor.dtype === node.dtype,
      'toOnnx',
      `${name} must be ${node.dtype} ${showShape(node.shape)}`,
      () => `${tensor.dtype} ${showShape(tensor.shape)}`,
    );
    if (!this.#weights.has(name)) this.initialisers.push(tensorProto(name, tensor));
    this.#weights.add(name);
    return name;
  }

  #check(node: Expr, other: Expr | undefined): void {
    const same =
      !other || (sameShape(other.shape, node.shape) && other.dtype === node.dtype && other.op === node.op);
    mustHold(
      same,
      'toOnnx',
      `one name must mean one value: ${node.name}`,
      () => `${showShape(other!.shape)} and ${showShape(node.shape)}`,
    );
    mustHold(
      !this.#taken.has(node.name!),
      'toOnnx',
      'an output must not have the name of an input',
      () => node.name!,
    );
  }

  /** Gives the value `from` the output name `to`. */
  output(from: string, to: string): void {
    if (this.#makers.has(from) && !this.#renamed.has(from)) {
      this.#renamed.set(from, to);
    } else {
      // an input, a constant, or a value that is an output already: a node of its own copies it
      const node = { opType: 'Identity', name: `output_${to}`, input: [from], output: [to] };
      this.nodes.push(onnx.NodeProto.create(node));
    }
  }

  /**
   * Puts the outputs' names in place; the last call. An unused second output of MaxPool is left out: with it the engine
   * keeps the pooling, and what stands around it, in its slower layout.
   */
  finish(): void {
    const used = new Set([...this.nodes.flatMap((node) => node.input), ...this.#renamed.keys()]);
    for (const node of this.nodes) {
      if (node.opType === 'MaxPool') node.output = node.output.filter((name, i) => i === 0 || used.has(name));
    }
    const named = (name: string): string => this.#renamed.get(name) ?? name;
    for (const node of this.nodes) {
      node.input = node.input.map(named);
      node.output = node.output.map(named);
    }
  }
}

function attributeProto(name: string, value: OnnxAttribute) {
  const { INT, FLOAT, STRING, INTS } = onnx.AttributeProto.AttributeType;
  if ('i' in value) return onnx.AttributeProto.create({ name, type: INT, i: value.i });
  if ('f' in value) return onnx.AttributeProto.create({ name, type: FLOAT, f: value.f });
  if ('s' in value)
    return onnx.AttributeProto.create({ name, type: STRING, s: new TextEncoder().encode(value.s) });
  return onnx.AttributeProto.create({ name, type: INTS, ints: [...value.ints] });
}

function tensorProto(name: string, { dtype, shape, data }: Tensor) {
  mustHold(
    data.length === sizeOf(shape),
    'toOnnx',
    `data of ${name} must fill ${showShape(shape)}`,
    () => `${data.length}`,
  );
  const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength); // little-endian, as every platform of ours
  return onnx.TensorProto.create({ name, dataType: onnxType[dtype], dims: [...shape], rawData });
}

function valueInfo(name: string, { shape, dtype }: Expr) {
  const dim = shape.map((length) => ({ dimValue: length }));
  return onnx.ValueInfoProto.create({
    name,
    type: { tensorType: { elemType: onnxType[dtype], shape: { dim } } },
  });
}
