// The features of one clip as the tensors of a store file.
import { int64, type Tensors } from '../../tensor.js';
import type { SafetensorsFile } from '../../model/index.js';
import type { Clip } from '../../video/index.js';
import type { FeatureExtractor, Grid } from '../../backbone/index.js';
import { ClipStore } from '../store.js';
import type { ClipShape } from '../prepare.js';
import { toFloat16 } from './float16.js';

/** `features` float16 `[n,C,h,w]`, `times` float64 `[n]` (seconds), `indices` int64 `[n]`; the rest as metadata. */
export function featuresToFile(
  clip: Clip,
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
