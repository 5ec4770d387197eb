// Training on features of a frozen backbone: clips go through it once, into the store, and the model begins there.
import { resolve } from 'node:path';
import { openExtractor, type BackboneSettings, type FeatureExtractor, type Grid } from '../backbone/index.js';
import {
  extractClips,
  featureStore,
  shapeFor,
  type ClipEntry,
  type ClipStore,
  type PreparedClips,
  type PrepareOptions,
} from '../data/index.js';
import { WhereWhenError } from '../errors.js';
import { openRuntime, type RuntimeOptions } from '../runtime/index.js';
import type { Recipe } from './recipe.js';

/** What a model on features must know of its backbone. */
export interface Frozen {
  /** The part of `config.json`. */
  backbone: BackboneSettings;
  grid: Grid;
  size: { width: number; height: number };
  resize: 'stretch' | 'crop';
}

/** Features of all clips, and what they came from. */
export interface Extracted {
  store: ClipStore;
  prepared: PreparedClips;
  frozen: Frozen;
}

/** Puts the features of all clips into the store in `cache`, those that are not there yet. */
export async function extractFeatures(
  entries: readonly ClipEntry[],
  {
    cache,
    recipe,
    stored: frames,
    device,
    threads,
    ...options
  }: Pick<PrepareOptions, 'strict' | 'signal' | 'onProgress'> & {
    cache: string;
    recipe: Recipe;
    /** Frames to store of a clip. */
    stored: number;
    device?: RuntimeOptions['device'];
    threads?: number;
  },
): Promise<Extracted> {
  const { flip, jitter, crop } = recipe.augment;
  if (flip + jitter + crop > 0) throw noAugmentation();
  await using runtime = await openRuntime({ device, threads, spin: false }); // clips are decoded beside it
  await using extractor = await openExtractor(recipe.backbone, { runtime });
  const sampling = recipe.sampling === 'segment-random' ? 'centred' : recipe.sampling;
  const shape = shapeFor(extractor, { frames, sampling });
  const store = featureStore(cache, shape, extractor);
  const prepared = await extractClips(entries, { store, shape, extractor, ...options });
  const { size, resize } = shape;
  return {
    store,
    prepared,
    frozen: { ...{ size, resize }, grid: extractor.grid, backbone: named(recipe, extractor) },
  };
}

/** The settings that open the same backbone from anywhere on this machine, with its identity. */
function named(
  { backbone }: Recipe,
  { identity, preprocessing, scales }: FeatureExtractor,
): BackboneSettings {
  const { file, weights, kind } = backbone;
  const isPath =
    typeof weights === 'string' && /[\\/.]/.test(weights) && /\.(safetensors|pth|pt|bin)$/i.test(weights);
  return {
    ...backbone,
    ...(typeof file === 'string' && { file: resolve(file) }),
    ...(isPath && { weights: resolve(weights) }),
    ...(kind === 'onnx' && { outputs: scales.map(({ name }) => name) }),
    scaleChannels: scales.map(({ channels }) => channels),
    preprocessing,
    weightsHash: identity,
    isFrozen: true,
  };
}

function noAugmentation(): WhereWhenError {
  return new WhereWhenError({
    code: 'usage',
    path: 'train: options: augment',
    expected: 'no flip, jitter or crop on a frozen backbone',
    hint: 'features are computed once, from the pictures as they are',
  });
}
