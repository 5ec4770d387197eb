// An ONNX file with other outputs than it was written with, in memory: any tensor inside it, tokens laid out as the grid of
// their patches, half precision as float32. The file itself stays as it is.
import { dirname } from 'node:path';
import schema, { type onnx as Onnx } from 'onnx-proto';
import { decodeModel } from '../../graph/index.js';
import { takeIn } from './external.js';
import type { PatchGrid } from './tokens.js';

const { onnx } = schema;
const { FLOAT, FLOAT16, INT64 } = onnx.TensorProto.DataType;
const { INT, INTS, TENSOR } = onnx.AttributeProto.AttributeType;

/** An output that is wanted. */
export interface WantedOutput {
  /** Of any tensor in the graph. */
  name: string;
  /** Tokens `[n,T,C]` that become `[n,C,rows,columns]`. */
  patches?: PatchGrid;
  /** Numbers of half precision. */
  isHalf?: boolean;
}

/** How a file is edited. */
export interface Edit {
  outputs: readonly WantedOutput[];
  /** The name of an input of half precision, which then takes float32. */
  halfInput?: string;
  /** Where the bytes come from: files in which it keeps weights lie beside it. */
  file: string;
}

/** The edited file, and the name in it of each output that was wanted. */
export function withOutputs(
  bytes: Uint8Array,
  { outputs, halfInput, file }: Edit,
): { model: Uint8Array; names: string[] } {
  const model = decodeModel(bytes, file);
  const graph = model.graph!;
  takeIn(model, dirname(file));
  if (halfInput !== undefined) castInput(graph, halfInput);
  const own = new Map((graph.output ?? []).map((value) => [value.name, value]));
  const names = outputs.map((output) => append(graph, output));
  graph.output = [...new Set(names)].map((name) => own.get(name) ?? onnx.ValueInfoProto.create({ name }));
  return { model: onnx.ModelProto.encode(model).finish(), names };
}

/** Names of all tensors that the nodes of the main graph make. */
export function tensorNames(bytes: Uint8Array, file?: string): Set<string> {
  const { graph } = decodeModel(bytes, file);
  return new Set((graph?.node ?? []).flatMap(({ output }) => output ?? []).filter((name) => name !== ''));
}

/** Appends what makes the wanted output of its tensor; returns its name. */
function append(graph: Onnx.IGraphProto, { name, patches, isHalf }: WantedOutput): string {
  const nodes: Onnx.INodeProto[] = [];
  let last = name;
  const add = (opType: string, suffix: string, attribute: Onnx.IAttributeProto[], more: string[] = []) => {
    const made = `${name}/${suffix}`;
    nodes.push({ opType, input: [last, ...more], output: [made], attribute });
    last = made;
  };
  const whole = (suffix: string, values: number[]): string => {
    const t = { dataType: INT64, dims: [values.length], int64Data: values };
    const made = `${name}/${suffix}`;
    nodes.push({ opType: 'Constant', output: [made], attribute: [{ name: 'value', type: TENSOR, t }] });
    return made;
  };
  if (isHalf) add('Cast', 'float32', [{ name: 'to', type: INT, i: FLOAT }]);
  if (patches) {
    const { rows, columns, prefix } = patches;
    const places = Array.from({ length: rows * columns }, (_, i) => prefix + i);
    if (prefix > 0) add('Gather', 'patches', [{ name: 'axis', type: INT, i: 1 }], [whole('places', places)]);
    add('Transpose', 'channels', [{ name: 'perm', type: INTS, ints: [0, 2, 1] }]);
    add('Reshape', 'grid', [], [whole('shape', [0, 0, rows, columns])]); // 0 keeps frames and channels
  }
  graph.node = [...(graph.node ?? []), ...nodes.map((node) => onnx.NodeProto.create(node))];
  return last;
}

/** The input under another name takes float32, and what was read of it is cast from there. */
function castInput(graph: Onnx.IGraphProto, name: string): void {
  const input = graph.input!.find((one) => one.name === name)!;
  input.name = `${name}/float32`;
  input.type!.tensorType!.elemType = FLOAT;
  const attribute = [{ name: 'to', type: INT, i: FLOAT16 }];
  const cast = { opType: 'Cast', input: [input.name], output: [name], attribute };
  graph.node = [onnx.NodeProto.create(cast), ...(graph.node ?? [])];
}
