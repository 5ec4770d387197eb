// An ONNX file as quantisation sees it: nodes in their order, the numbers that stand in the file, and what goes in and
// comes out. Constants are folded (nodes that hold one, and casts of weights that are stored as float16).
import schema, { type onnx as Onnx } from 'onnx-proto';
import { decodeModel } from '../../graph/index.js';
import type { Tensor } from '../../tensor.js';
import { wrong } from '../onnx/refusal.js';
import { decodeTensor } from './tensors.js';

const { onnx } = schema;

/** One operation. Unlike in the file, whatever may be absent is there. */
export interface NetworkNode {
  type: string;
  domain: string;
  inputs: string[];
  outputs: string[];
  attributes: readonly Onnx.IAttributeProto[];
}

/** A network between one input and its outputs. */
export interface OperationNetwork {
  input: Onnx.IValueInfoProto;
  outputs: Onnx.IValueInfoProto[];
  /** Each after those that it reads; only what the outputs need. */
  nodes: NetworkNode[];
  constants: ReadonlyMap<string, Tensor>;
  /** Weights of types that are not read here, as they stand in the file. */
  others: ReadonlyMap<string, Onnx.ITensorProto>;
  /** Version of the operations. */
  opset: number;
  /** Versions of other domains. */
  domains: ReadonlyMap<string, number>;
}

/**
 * The part of an ONNX file that leads to `outputs` (by default to all of them). Weights must be inside the file. Throws
 * `format` for a file without a graph, with more inputs than one, or without these outputs.
 */
export function readNetwork(bytes: Uint8Array, path: string, outputs?: readonly string[]): OperationNetwork {
  const { graph, opsetImport } = decodeModel(bytes);
  if (!graph) throw wrong(path, 'an ONNX file with a graph', 'none');
  const { constants, others } = readConstants(graph);
  const inputs = (graph.input ?? []).filter(({ name }) => !constants.has(name!) && !others.has(name!));
  if (inputs.length !== 1) throw wrong(path, 'a network of one input', `${inputs.length}`);
  const nodes = foldConstants((graph.node ?? []).map(nodeOf), constants);
  const given = graph.output ?? [];
  const wanted = (outputs ?? given.map(({ name }) => name!)).map((name) => {
    const found = given.find((one) => one.name === name);
    if (!found) throw wrong(path, `an output called ${name}`, given.map((one) => one.name).join(', '));
    return found;
  });
  const domains = new Map((opsetImport ?? []).map(({ domain, version }) => [domain ?? '', Number(version)]));
  const opset = domains.get('') ?? domains.get('ai.onnx') ?? 1;
  const network = { input: inputs[0]!, outputs: wanted, nodes, constants, others, opset, domains };
  return { ...network, nodes: needed(network) };
}

function nodeOf({ opType, domain, input, output, attribute }: Onnx.INodeProto): NetworkNode {
  return {
    type: opType ?? '',
    domain: domain ?? '',
    inputs: [...(input ?? [])],
    outputs: [...(output ?? [])],
    attributes: attribute ?? [],
  };
}

function readConstants({ initializer }: Onnx.IGraphProto) {
  const constants = new Map<string, Tensor>();
  const others = new Map<string, Onnx.ITensorProto>();
  for (const proto of initializer ?? []) {
    const tensor = decodeTensor(proto);
    if (tensor) constants.set(proto.name!, tensor);
    else others.set(proto.name!, proto);
  }
  return { constants, others };
}

/** Without nodes whose result stands in the file: it becomes a constant. */
function foldConstants(nodes: readonly NetworkNode[], constants: Map<string, Tensor>): NetworkNode[] {
  return nodes.filter((node) => {
    const value = constantOf(node, constants);
    if (value) constants.set(node.outputs[0]!, value);
    return !value;
  });
}

function constantOf(node: NetworkNode, constants: ReadonlyMap<string, Tensor>): Tensor | undefined {
  const { type, inputs, attributes } = node;
  if (type === 'Constant') {
    const proto = attributes.find(({ name }) => name === 'value')?.t;
    return proto ? decodeTensor(proto) : undefined;
  }
  const known = constants.get(inputs[0] ?? '');
  if (type === 'Identity') return known;
  // float16 is decoded to float32 already
  const isToFloat = type === 'Cast' && integer(node, 'to', 0) === onnx.TensorProto.DataType.FLOAT;
  return isToFloat && known?.dtype === 'float32' ? known : undefined;
}

/** The nodes that the outputs need. */
export function needed({ nodes, outputs }: Pick<OperationNetwork, 'nodes' | 'outputs'>): NetworkNode[] {
  const wanted = new Set(outputs.map(({ name }) => name!));
  const kept: NetworkNode[] = [];
  for (const node of [...nodes].reverse()) {
    if (!node.outputs.some((name) => wanted.has(name))) continue;
    kept.unshift(node);
    for (const name of readBy(node)) wanted.add(name);
  }
  return kept;
}

/** Names that a node reads, those in its branches too. */
export function readBy({ inputs, attributes }: NetworkNode): string[] {
  const inside = attributes.flatMap(({ g, graphs }) => [g ?? [], graphs ?? []].flat());
  const names = inside.flatMap((graph) => [
    ...(graph.node ?? []).flatMap((node) => readBy(nodeOf(node))),
    ...(graph.output ?? []).map(({ name }) => name ?? ''),
  ]);
  return [...inputs, ...names].filter((name) => name !== '');
}

/** How many nodes and outputs read each value. */
export function countReaders({
  nodes,
  outputs,
}: Pick<OperationNetwork, 'nodes' | 'outputs'>): Map<string, number> {
  const readers = new Map<string, number>();
  const names = [...nodes.flatMap(readBy), ...outputs.map(({ name }) => name!)];
  for (const name of names) readers.set(name, (readers.get(name) ?? 0) + 1);
  return readers;
}

/** A whole number among a node's attributes. */
export function integer({ attributes }: NetworkNode, name: string, otherwise: number): number {
  const value = attributes.find((one) => one.name === name)?.i;
  return value === undefined || value === null ? otherwise : Number(value);
}

/** A list of whole numbers among a node's attributes. */
export function integers({ attributes }: NetworkNode, name: string): number[] | undefined {
  const all = attributes.find((one) => one.name === name)?.ints;
  return all?.length ? all.map(Number) : undefined;
}

/** A real number among a node's attributes. */
export function decimal({ attributes }: NetworkNode, name: string, otherwise: number): number {
  return attributes.find((one) => one.name === name)?.f ?? otherwise;
}
