// A sampled clip as the tensors of a store file, and back.
import type { SafetensorsFile } from '../model/index.js';
import { formatError } from '../errors.js';
import { int64, type Tensors } from '../tensor.js';
import type { Clip } from '../video/index.js';
import { storedFacts } from './storedFacts.js';

/** `frames` uint8 `[n,H,W,3]`, `times` float64 `[n]` (seconds), `indices` int64 `[n]`; the rest as metadata. */
export function clipToFile(clip: Clip): Required<SafetensorsFile> {
  const { frames, shape, times, indices, ...facts } = clip;
  const n = indices.length;
  const tensors: Tensors = {
    frames: { dtype: 'uint8', shape, data: frames },
    times: { dtype: 'float64', shape: [n], data: times },
    indices: int64(indices),
  };
  return { tensors, metadata: { clip: JSON.stringify(facts) } };
}

/** The clip of a stored file; `path` is where the clip lies now. Throws `format`. */
export function clipFromFile({ tensors, metadata }: SafetensorsFile, path: string): Clip {
  const { frames, times, indices } = tensors;
  const facts = metadata.clip;
  const isWhole =
    frames?.data instanceof Uint8Array &&
    times?.data instanceof Float64Array &&
    indices?.data instanceof BigInt64Array &&
    facts !== undefined;
  if (!isWhole) {
    throw formatError(path, 'a stored clip: frames, times, indices', Object.keys(tensors).join(', '));
  }
  return {
    ...storedFacts<Omit<Clip, 'frames' | 'shape' | 'times' | 'indices'>>(facts, path),
    path,
    frames: frames.data as Uint8Array,
    shape: frames.shape as unknown as Clip['shape'],
    times: times.data as Float64Array,
    indices: Array.from(indices.data as BigInt64Array, Number),
  };
}
