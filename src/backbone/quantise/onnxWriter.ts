// Collects the nodes and weights of an ONNX file that is made from another one.
import schema, { type onnx as Onnx } from 'onnx-proto';
import type { Tensor } from '../../tensor.js';
import { readBy, type OperationNetwork, type NetworkNode } from './network.js';
import { encodeInt8, encodeTensor } from './tensors.js';

const { onnx } = schema;
const { INT, INTS, FLOAT } = onnx.AttributeProto.AttributeType;

/** Operations of ONNX Runtime that the standard lacks. */
export const MICROSOFT = 'com.microsoft';

/** The attribute of a whole number or of several. */
export function whole(name: string, value: number | readonly number[]): Onnx.IAttributeProto {
  return typeof value === 'number' ? { name, type: INT, i: value } : { name, type: INTS, ints: [...value] };
}

/** The attribute of a real number. */
export function real(name: string, value: number): Onnx.IAttributeProto {
  return { name, type: FLOAT, f: value };
}

/** A file in the making. */
export class OnnxWriter {
  readonly #nodes: Onnx.INodeProto[] = [];
  readonly #weights = new Map<string, Onnx.ITensorProto>();
  readonly #read = new Set<string>();

  /** Adds an operation that makes `output`; gives that name back. */
  add(
    type: string,
    inputs: readonly string[],
    output: string,
    { attributes = [], domain = '' }: { attributes?: readonly Onnx.IAttributeProto[]; domain?: string } = {},
  ): string {
    this.copy({ type, domain, inputs: [...inputs], outputs: [output], attributes });
    return output;
  }

  /** Adds a node as it is. */
  copy(node: NetworkNode): void {
    const { type, domain, inputs, outputs, attributes } = node;
    const [name] = outputs;
    for (const read of readBy(node)) this.#read.add(read);
    this.#nodes.push({
      ...{ opType: type, domain, name, input: [...inputs], output: [...outputs] },
      attribute: [...attributes],
    });
  }

  /** Adds numbers under a name, once; gives the name back. */
  weight(name: string, tensor: Tensor): string {
    if (!this.#weights.has(name)) this.#weights.set(name, encodeTensor(name, tensor));
    return name;
  }

  /** Adds whole numbers of -128..127 under a name. */
  int8(name: string, data: Int8Array, shape: readonly number[]): string {
    this.#weights.set(name, encodeInt8(name, data, shape));
    return name;
  }

  /** A float32 that is named by its value. */
  real(value: number): string {
    return this.weight(`float/${value}`, { dtype: 'float32', shape: [], data: Float32Array.of(value) });
  }

  /** A byte that is named by its value. */
  byte(value: number): string {
    return this.weight(`byte/${value}`, { dtype: 'uint8', shape: [], data: Uint8Array.of(value) });
  }

  /** Whole numbers that are named by their values. */
  integers(values: readonly number[]): string {
    const data = BigInt64Array.from(values, BigInt);
    return this.weight(`integers/${values.join()}`, { dtype: 'int64', shape: [values.length], data });
  }

  /** Adds those constants of `network` that are read. */
  #keep(network: OperationNetwork): void {
    for (const name of this.#read) {
      const tensor = network.constants.get(name);
      const other = network.others.get(name);
      if (tensor) this.weight(name, tensor);
      else if (other && !this.#weights.has(name)) this.#weights.set(name, other);
    }
  }

  /** The file: what was added, and those constants of `network` that it reads. */
  finish(
    network: OperationNetwork,
    {
      input = network.input,
      outputs = network.outputs,
      metadata = {},
    }: {
      input?: Onnx.IValueInfoProto;
      outputs?: readonly Onnx.IValueInfoProto[];
      metadata?: Readonly<Record<string, string>>;
    } = {},
  ): Uint8Array {
    this.#keep(network);
    const domains = new Map([...network.domains, ['', network.opset], [MICROSOFT, 1]]);
    const model = onnx.ModelProto.create({
      irVersion: 8,
      opsetImport: [...domains].map(([domain, version]) => ({ domain, version })),
      producerName: 'wherewhen',
      metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
      graph: {
        name: 'wherewhen',
        node: this.#nodes,
        initializer: [...this.#weights.values()],
        input: [input],
        output: [...outputs],
      },
    });
    return onnx.ModelProto.encode(model).finish();
  }
}
