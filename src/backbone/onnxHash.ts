// What decides the numbers of an ONNX file: its own bytes, and those of the files beside it in which exporters put large
// weights (`model.onnx.data`). A store keyed by the first alone would read stale features after the second changed.
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import schema, { type onnx as Onnx } from 'onnx-proto';
import { WhereWhenError } from '../errors.js';
import { hashFacts, hashFile } from './identity.js';

const { onnx } = schema;

/** SHA-256 (hex) of the file, or over it and the files that its tensors name. Throws `missing` where one is not there. */
export async function hashOnnx(path: string): Promise<string> {
  const own = await hashFile(path);
  const names = externalFiles(await readFile(path));
  if (names.length === 0) return own;
  const others = names.map(async (name) => [name, await hashOther(join(dirname(path), name))]);
  return hashFacts({ own, others: await Promise.all(others) });
}

function hashOther(path: string): Promise<string> {
  return hashFile(path).catch((cause: unknown) => {
    const expected = 'the weights that the ONNX file keeps beside itself';
    throw new WhereWhenError({ code: 'missing', path, expected, received: 'no readable file' }, { cause });
  });
}

/** Names of the files beside it in which an ONNX file keeps tensors, sorted. */
export function externalFiles(bytes: Uint8Array): string[] {
  const names = new Set<string>();
  const { EXTERNAL } = onnx.TensorProto.DataLocation;
  const note = (tensor: Onnx.ITensorProto): void => {
    if (tensor.dataLocation !== EXTERNAL) return;
    for (const { key, value } of tensor.externalData ?? []) if (key === 'location' && value) names.add(value);
  };
  const walkNodes = (nodes: readonly Onnx.INodeProto[]): void => {
    for (const { t, tensors, g, graphs } of nodes.flatMap(({ attribute }) => attribute ?? [])) {
      for (const tensor of [t ?? [], tensors ?? []].flat()) note(tensor);
      for (const graph of [g ?? [], graphs ?? []].flat()) walk(graph);
    }
  };
  const walk = ({ initializer, node }: Onnx.IGraphProto): void => {
    for (const tensor of initializer ?? []) note(tensor);
    walkNodes(node ?? []);
  };
  const { graph, functions } = onnx.ModelProto.decode(bytes);
  if (graph) walk(graph);
  for (const { node } of functions ?? []) walkNodes(node ?? []);
  return [...names].sort();
}
