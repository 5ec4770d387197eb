// A network of the hub with all its files: an ONNX file may keep its weights in others beside itself.
import { readFile } from 'node:fs/promises';
import { dirname, posix } from 'node:path';
import { externalFiles } from '../onnxHash.js';
import type { HubModel } from './catalogue.js';
import { fetchWeights, type Fetched, type FetchOptions } from './fetchFile.js';

/** Fetches the file of `model` and those that it names. Throws what {@link fetchWeights} throws. */
export async function fetchWhole(model: HubModel, options: FetchOptions = {}): Promise<Fetched> {
  const fetched = await fetchWeights(model, options);
  if (model.kind !== 'onnx') return fetched;
  for (const name of externalFiles(await readFile(fetched.path))) {
    const file = posix.join(dirname(model.file), name);
    await fetchWeights({ ...model, file }, options);
  }
  return fetched;
}
