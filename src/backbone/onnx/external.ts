// Weights that an ONNX file keeps in files beside it, brought inside.
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import schema, { type onnx as Onnx } from 'onnx-proto';
import { decodeModel } from '../../graph/index.js';
import { externalFiles, tensorsOf } from '../onnxHash.js';

const { onnx } = schema;

/** An ONNX file with all its weights inside. Throws what reading throws. */
export async function readWhole(path: string): Promise<Uint8Array> {
  const bytes = await readFile(path);
  if (externalFiles(bytes, path).length === 0) return bytes;
  const model = decodeModel(bytes, path);
  takeIn(model, dirname(path));
  return onnx.ModelProto.encode(model).finish();
}

/** Weights in files beside the model, read into it: in memory it has no folder that they could lie in. */
export function takeIn(model: Onnx.IModelProto, folder: string): void {
  const files = new Map<string, Uint8Array>();
  const { DEFAULT, EXTERNAL } = onnx.TensorProto.DataLocation;
  for (const tensor of tensorsOf(model)) {
    if (tensor.dataLocation !== EXTERNAL) continue;
    const facts = Object.fromEntries((tensor.externalData ?? []).map(({ key, value }) => [key, value]));
    const file = String(facts.location);
    if (!files.has(file)) files.set(file, readFileSync(join(folder, file)));
    const start = Number(facts.offset ?? 0);
    const end = facts.length === undefined ? undefined : start + Number(facts.length);
    tensor.rawData = files.get(file)!.subarray(start, end);
    tensor.dataLocation = DEFAULT;
    tensor.externalData = [];
  }
}
