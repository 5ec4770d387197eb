// The features of one clip as the tensors of a store file.
import { int64, type Tensor, type Tensors } from '../../tensor.js';
import type { SafetensorsFile } from '../../model/index.js';
import type { FeatureExtractor } from '../../backbone/index.js';
import { formatError } from '../../errors.js';
import type { ClipFacts } from '../../infer/index.js';
import { ClipStore } from '../store.js';
import type { ClipShape } from '../prepare.js';
import { storedFacts } from '../storedFacts.js';
import { acceptable, usualStorePrecision, type StorePrecision } from './precision.js';
import { scalesToTensors, type ScaleLayout } from './scales.js';

/** How the scales of a network are stored. */
export interface StoredAs extends ScaleLayout {
  precision: StorePrecision;
}

/**
 * Scales float32 `[n,Ci,hi,wi]` as `features.i`, in eight bits with `steps.i` and `zeros.i` (codes.ts); `times` float64 `[n]`
 * (seconds), `indices` int64 `[n]`; the rest as metadata. Throws `input` for features that are not finite.
 */
export function featuresToFile(
  clip: ClipFacts,
  scales: readonly Tensor[],
  { precision, alignment, geometry }: StoredAs,
): Required<SafetensorsFile> {
  const { times, indices, info, damagedFrames, missingFrames, warnings } = clip;
  const facts = { info, damagedFrames, missingFrames, warnings };
  const tensors: Tensors = {
    ...scalesToTensors(scales, precision),
    times: { dtype: 'float64', shape: [indices.length], data: times },
    indices: int64(indices),
  };
  const layout: ScaleLayout = { alignment, ...(scales.length > 1 && geometry && { geometry }) };
  return { tensors, metadata: { clip: JSON.stringify(facts), layout: JSON.stringify(layout) } };
}

/** How the features of this extractor are stored. */
export function storedAs(
  { scales, alignment }: Pick<FeatureExtractor, 'scales' | 'alignment'>,
  precision: StorePrecision = usualStorePrecision,
): StoredAs {
  return { precision, alignment, geometry: scales.map(({ geometry }) => geometry) };
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
  precision: StorePrecision = usualStorePrecision,
): ClipStore {
  const settings = { kind: 'features', ...shape, backbone: identity };
  const [own, ...others] = acceptable(precision).map((stored) => ({ ...settings, ...stored }));
  return new ClipStore(folder, own!, others);
}
