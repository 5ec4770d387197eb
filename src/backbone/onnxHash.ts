// What decides the numbers of an ONNX file: its own bytes, and those of the files beside it in which exporters put large
// weights (`model.onnx.data`). A store keyed by the first alone would read stale features after the second changed.
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import schema, { type onnx as Onnx } from 'onnx-proto';
import { decodeModel } from '../graph/index.js';
import { missingError } from '../errors.js';
import { hashFacts, hashFile } from './identity.js';

const { onnx } = schema;

/** SHA-256 (hex) of the file, or over it and the files that its tensors name. Throws `missing` where one is not there. */
export async function hashOnnx(path: string): Promise<string> {
  const own = await hashFile(path);
  const names = externalFiles(await readFile(path), path);
  if (names.length === 0) return own;
  const others = names.map(async (name) => [name, await hashOther(join(dirname(path), name))]);
  return hashFacts({ own, others: await Promise.all(others) });
}

function hashOther(path: string): Promise<string> {
  return hashFile(path).catch((cause: unknown) => {
    const expected = 'the weights that the ONNX file keeps beside itself';
    throw missingError(path, expected, 'no readable file', undefined, cause);
  });
}

/** Names of the files beside it in which an ONNX file keeps tensors, sorted. Throws `format` for bytes that are none. */
export function externalFiles(bytes: Uint8Array, path?: string): string[] {
  const { EXTERNAL } = onnx.TensorProto.DataLocation;
  const names = new Set<string>();
  for (const { dataLocation, externalData } of tensorsOf(decodeModel(bytes, path))) {
    if (dataLocation !== EXTERNAL) continue;
    for (const { key, value } of externalData ?? []) if (key === 'location' && value) names.add(value);
  }
  return [...names].sort();
}

/** Every tensor that stands in a model: weights, and those of attributes, in branches and functions too. */
export function* tensorsOf({ graph, functions }: Onnx.IModelProto): Generator<Onnx.ITensorProto> {
  if (graph) yield* tensorsOfGraph(graph);
  for (const { node } of functions ?? []) yield* tensorsOfNodes(node ?? []);
}

function* tensorsOfGraph({ initializer, node }: Onnx.IGraphProto): Generator<Onnx.ITensorProto> {
  yield* initializer ?? [];
  yield* tensorsOfNodes(node ?? []);
}

function* tensorsOfNodes(nodes: readonly Onnx.INodeProto[]): Generator<Onnx.ITensorProto> {
  for (const { t, tensors, g, graphs } of nodes.flatMap(({ attribute }) => attribute ?? [])) {
    yield* [t ?? [], tensors ?? []].flat();
    for (const graph of [g ?? [], graphs ?? []].flat()) yield* tensorsOfGraph(graph);
  }
}
