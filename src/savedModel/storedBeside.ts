// The features that a training left in its model folder, for whoever asks the model of the same clips: they are looked up by
// the content of a clip, and nothing is put there.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClipFacts, Predictor } from '../infer/index.js';
import type { ModelConfig } from '../model/index.js';
import { featureStore, type ClipStore } from '../store/index.js';
import { allFeatures } from '../store/features/read.js';
import { factsFromFile } from '../store/features/file.js';
import { type StorePrecision } from '../store/features/precision.js';
import type { Tensor } from '../tensor.js';

/** The features of a clip `[n,C,h,w]`, and what is known of it besides. */
export interface StoredFeatures {
  features: Tensor;
  facts: ClipFacts;
}

/** The folder that `train` keeps features in where no other is named; undefined where there is none. */
export async function cacheBeside(model: string): Promise<string | undefined> {
  const folder = join(model, 'cache');
  const facts = await stat(folder).catch(() => undefined);
  return facts?.isDirectory() ? folder : undefined;
}

/** How the features that a model was trained on are stored; older models do not say, and half precision will do for them. */
export function storedPrecision({ backbone }: Pick<ModelConfig, 'backbone'>): StorePrecision {
  return backbone.stored ?? 'float16';
}

/** The store of what the model's frozen backbone makes of clips; undefined where the backbone is a part of the model. */
export function modelStore(
  folder: string,
  { config, shape }: Pick<Predictor, 'config' | 'shape'>,
): ClipStore | undefined {
  const { weightsHash: identity } = config.backbone;
  return identity === undefined
    ? undefined
    : featureStore(folder, shape, { identity }, storedPrecision(config));
}

/** What the store holds of the clip at `path`; undefined where it holds nothing, or the clip cannot be read. */
export async function storedOf(store: ClipStore, path: string): Promise<StoredFeatures | undefined> {
  const { key, state } = await store.find(path).catch(() => ({ key: '', state: 'missing' as const }));
  if (state !== 'whole') return undefined;
  const file = await store.read(key);
  return { features: allFeatures(file, path), facts: factsFromFile(file, path) };
}
