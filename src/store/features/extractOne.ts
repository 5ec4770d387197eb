// One clip into a store of features, for those to whom clips come one by one.
import type { FeatureExtractor } from '../../backbone/index.js';
import type { DecodePool } from '../../video/index.js';
import type { ClipShape } from '../prepare.js';
import type { ClipStore } from '../store.js';
import { featuresOf } from './extract.js';
import { featuresToFile, storedAs } from './file.js';
import type { StorePrecision } from './precision.js';

/** Its key in the store, where what is whole stays. Throws what is wrong with the clip, and `output`. */
export async function extractOne(
  path: string,
  {
    store,
    shape,
    extractor,
    pool,
    precision,
  }: {
    store: ClipStore;
    shape: ClipShape;
    extractor: FeatureExtractor;
    pool: DecodePool;
    /** That of the store. */
    precision?: StorePrecision;
  },
): Promise<string> {
  const key = await store.keyOf(path);
  if (await store.readVerified(key)) return key;
  const clip = await pool.readClip(path, shape);
  const features = await featuresOf([clip], extractor);
  const { tensors, metadata } = featuresToFile(clip, features, storedAs(extractor, precision));
  await store.write(key, tensors, metadata);
  return key;
}
