// The features of one clip as the tensors of a store file.
import { int64, type Tensors } from '../../tensor.js';
import type { SafetensorsFile } from '../../model/index.js';
import type { FeatureExtractor, Grid } from '../../backbone/index.js';
import { formatError } from '../../errors.js';
import type { ClipFacts } from '../../infer/index.js';
import { ClipStore } from '../store.js';
import type { ClipShape } from '../prepare.js';
import { storedFacts } from '../storedFacts.js';
import { toFloat16 } from './float16.js';

/** `features` float16 `[n,C,h,w]`, `times` float64 `[n]` (seconds), `indices` int64 `[n]`; the rest as metadata. */
export function featuresToFile(
  clip: ClipFacts,
  features: Float32Array,
  { channels, height, width }: Grid,
): Required<SafetensorsFile> {
  const { times, indices, info, damagedFrames, missingFrames, warnings } = clip;
  const facts = { info, damagedFrames, missingFrames, warnings };
  const n = indices.length;
  const tensors: Tensors = {
    features: { dtype: 'float16', shape: [n, channels, height, width], data: toFloat16(features) },
    times: { dtype: 'float64', shape: [n], data: times },
    indices: int64(indices),
  };
  return { tensors, metadata: { clip: JSON.stringify(facts) } };
}

/** What is known of the clip besides its features. Throws `format`; `path` is where the file lies. */
export function factsFromFile({ tensors, metadata }: SafetensorsFile, path: string): ClipFacts {
  const { times, indices } = tensors;
  const facts = metadata.clip;
  if (!(times?.data instanceof Float64Array && indices?.data instanceof BigInt64Array) || !facts) {
    const expected = 'stored features: features, times, indices';
    const received = Object.keys(tensors).join(', ');
    throw formatError(path, expected, received);
  }
  return {
    ...storedFacts<Omit<ClipFacts, 'times' | 'indices'>>(facts, path),
    times: times.data,
    indices: Array.from(indices.data, Number),
  };
}

/** How frames must be sampled and scaled for this extractor. */
export function shapeFor(
  { preprocessing }: Pick<FeatureExtractor, 'preprocessing'>,
  { frames, sampling }: Pick<ClipShape, 'frames' | 'sampling'>,
): ClipShape {
  const { size, resize } = preprocessing;
  return { frames, sampling, size, resize };
}

/** The store in `folder` of what this extractor makes of clips of this shape. */
export function featureStore(
  folder: string,
  shape: ClipShape,
  { identity }: Pick<FeatureExtractor, 'identity'>,
): ClipStore {
  return new ClipStore(folder, { kind: 'features', ...shape, backbone: identity });
}
