// What the nodes of an ONNX file say: their attributes, and those of their inputs that are whole numbers in the file.
import schema, { type onnx as Onnx } from 'onnx-proto';
import { decodeModel } from '../../graph/index.js';

const { onnx } = schema;

/** One operation of a file. */
export class OnnxNode {
  constructor(
    private readonly node: Onnx.INodeProto,
    private readonly constants: FileConstants,
  ) {}

  get type(): string {
    return this.node.opType ?? '';
  }

  /** Names of its inputs; an optional one that is left out is `''`. */
  get inputs(): readonly string[] {
    return this.node.input ?? [];
  }

  get outputs(): readonly string[] {
    return this.node.output ?? [];
  }

  /** The graphs inside, of which a run takes one (`If`) or many turns (`Loop`); they see every value around them. */
  get branches(): OnnxGraph[] {
    const all = (this.node.attribute ?? []).flatMap(({ g, graphs }) => [g ?? [], graphs ?? []].flat());
    return all.map((graph) => graphOf(graph, this.constants));
  }

  integer(name: string): number | undefined {
    const value = this.#attribute(name)?.i;
    return value === undefined || value === null ? undefined : Number(value);
  }

  integers(name: string): number[] | undefined {
    const all = this.#attribute(name)?.ints;
    return all?.length ? all.map(Number) : undefined;
  }

  decimals(name: string): number[] | undefined {
    const all = this.#attribute(name)?.floats;
    return all?.length ? [...all] : undefined;
  }

  text(name: string): string | undefined {
    const bytes = this.#attribute(name)?.s;
    return bytes?.length ? new TextDecoder().decode(bytes) : undefined;
  }

  /** The numbers of input `index`, where they stand in the file. */
  numbers(index: number): number[] | undefined {
    return this.constants.numbers(this.inputs[index]);
  }

  /** The shape of input `index`, where it is a weight of the file. */
  shape(index: number): number[] | undefined {
    return this.constants.shape(this.inputs[index]);
  }

  #attribute(name: string): Onnx.IAttributeProto | undefined {
    return this.node.attribute?.find((one) => one.name === name);
  }
}

/** Operations that give a weight another type and leave its shape. */
const SHAPE_KEEPING = new Set(['Cast', 'Identity', 'DequantizeLinear']);

/** The tensors that stand in a file. */
class FileConstants {
  readonly #tensors = new Map<string, Onnx.ITensorProto>();

  constructor({ initializer, node }: Onnx.IGraphProto, outer?: FileConstants) {
    if (outer) for (const [name, tensor] of outer.#tensors) this.#tensors.set(name, tensor);
    for (const tensor of initializer ?? []) this.#tensors.set(tensor.name ?? '', tensor);
    for (const { opType, input, output, attribute } of node ?? []) {
      const name = output?.[0] ?? '';
      const value = attribute?.find((one) => one.name === 'value')?.t;
      const source = this.#tensors.get(input?.[0] ?? '');
      if (opType === 'Constant' && value) this.#tensors.set(name, value);
      else if (source && SHAPE_KEEPING.has(opType ?? '')) this.#tensors.set(name, source);
    }
  }

  shape(name: string | undefined): number[] | undefined {
    return name ? this.#tensors.get(name)?.dims?.map(Number) : undefined;
  }

  numbers(name: string | undefined): number[] | undefined {
    const tensor = name ? this.#tensors.get(name) : undefined;
    return tensor && numbersOf(tensor);
  }
}

/** Numbers of a small tensor of whole or real ones; undefined for other types and for those in files of their own. */
function numbersOf({
  dataType,
  rawData,
  int64Data,
  int32Data,
  floatData,
  dims,
}: Onnx.ITensorProto): number[] | undefined {
  const listed = [int64Data, int32Data, floatData].find((all) => all?.length);
  if (listed) return listed.map(Number);
  const { INT64, INT32, FLOAT } = onnx.TensorProto.DataType;
  if (!rawData?.length) return dims?.some((length) => Number(length) === 0) ? [] : undefined;
  const view = new DataView(rawData.buffer, rawData.byteOffset, rawData.byteLength);
  if (dataType === INT64)
    return Array.from({ length: view.byteLength / 8 }, (_, i) => Number(view.getBigInt64(8 * i, true)));
  const read = dataType === INT32 ? view.getInt32 : dataType === FLOAT ? view.getFloat32 : undefined;
  return read && Array.from({ length: view.byteLength / 4 }, (_, i) => read.call(view, 4 * i, true));
}

/** Nodes, each after those that it reads, and the names of what they make. */
export interface OnnxGraph {
  nodes: OnnxNode[];
  outputs: string[];
}

/** The graph of an ONNX file. */
export function readGraph(bytes: Uint8Array, path?: string): OnnxGraph {
  const { graph } = decodeModel(bytes, path);
  return graph ? graphOf(graph) : { nodes: [], outputs: [] };
}

function graphOf(graph: Onnx.IGraphProto, outer?: FileConstants): OnnxGraph {
  const constants = new FileConstants(graph, outer);
  return {
    nodes: (graph.node ?? []).map((node) => new OnnxNode(node, constants)),
    outputs: (graph.output ?? []).map(({ name }) => name ?? ''),
  };
}
