// Training on a frozen backbone, or behind the frozen front of one: clips go through it once, into the store, and the
// model begins there; or, where each step sees other pictures, frames go through it at every step.
import { resolve } from 'node:path';
import {
  createBackbone,
  openExtractor,
  type BackboneSettings,
  type FeatureExtractor,
  type FrameSize,
  type FeatureGrid,
  type FeatureScale,
} from '../../backbone/index.js';
import { frontOf, hasFront } from '../../backbone/front.js';
import { extractClips, featureStore, type ClipStore, type PreparedClips } from '../../store/index.js';
import { shapeFor } from '../../store/features/file.js';
import type { PrepareOptions } from '../../store/prepare.js';
import type { ClipEntry } from '../../dataset/index.js';
import { usageError, WhereWhenError } from '../../errors.js';
import { openRuntime } from '../../runtime/index.js';
import { answeredSampling, type Recipe } from '../recipe/recipe.js';
import { storePrecisions, usualStorePrecision, type StorePrecision } from '../../store/features/precision.js';

/** What a model on features must know of its backbone. */
export interface Frozen {
  /** The part of `config.json`. */
  backbone: BackboneSettings;
  /** Of the frozen network or front: weights, preprocessing and grids. */
  identity: string;
  /** Of the features that the attention sees. */
  grid: FeatureGrid;
  /** The grids that were stacked into it, where the features are those of the frozen network. */
  scales: readonly FeatureScale[];
  size: FrameSize;
  resize: 'stretch' | 'crop';
  /** Settings of the frozen front through which frames go at every step; absent where its features are stored. */
  live?: BackboneSettings;
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
    threads,
    ...options
  }: Pick<PrepareOptions, 'strict' | 'signal' | 'onProgress'> & {
    cache: string;
    recipe: Recipe;
    /** Frames to store of a clip. */
    stored: number;
    threads?: number;
  },
): Promise<Extracted> {
  await using runtime = await openRuntime({ threads, spin: false }); // clips are decoded beside it
  await using extractor = await openExtractor(frozenPart(recipe), { runtime });
  const shape = shapeFor(extractor, { frames, sampling: answeredSampling(recipe) });
  const precision = storedPrecision(recipe);
  const store = featureStore(cache, shape, extractor, precision);
  const prepared = await extractClips(entries, { store, shape, extractor, precision, ...options });
  const facts = factsOf(recipe, extractor);
  return { store, prepared, frozen: { ...facts, backbone: { ...facts.backbone, stored: precision } } };
}

/** How features are stored: as the settings of the backbone say. Throws `usage`. */
function storedPrecision({ backbone }: Recipe): StorePrecision {
  const asked = backbone.stored ?? usualStorePrecision;
  const known = storePrecisions.find((one) => one === asked);
  if (known) return known;
  throw usageError('train: options: backbone.stored', `one of ${storePrecisions.join(', ')}`, String(asked));
}

/** What a model must know of a backbone whose frozen front sees other pictures at every step. */
export async function liveFront(recipe: Recipe): Promise<Frozen> {
  if (!hasFront(recipe.backbone)) throw noAugmentation();
  const live = frozenPart(recipe);
  await using runtime = await openRuntime({ threads: 1 });
  await using extractor = await openExtractor(live, { runtime });
  return { ...factsOf(recipe, extractor), live };
}

/** Does every training step see other pictures of a clip? Then nothing can be computed of them beforehand. */
export function isAugmented({ augment: { flip, jitter, crop }, cutFrom }: Recipe): boolean {
  return flip + jitter + crop > 0 || cutFrom !== undefined;
}

/** Settings of what of a recipe's backbone stays as it is. */
export function frozenPart({ backbone }: Recipe): BackboneSettings {
  return hasFront(backbone) ? frontOf(backbone) : backbone;
}

function factsOf(recipe: Recipe, extractor: FeatureExtractor): Frozen {
  const { size, resize } = extractor.preprocessing;
  const backbone = named(recipe, extractor);
  const grid = hasFront(backbone) ? createBackbone(backbone).grid(size) : extractor.grid;
  const scales = hasFront(backbone) ? [] : extractor.scales;
  return { backbone, identity: extractor.identity, grid, scales, size, resize };
}

/** The settings that open the same backbone from anywhere on this machine, with the identity of what is frozen of it. */
function named(
  { backbone }: Recipe,
  { identity, preprocessing, scales: given, alignment }: FeatureExtractor,
): BackboneSettings {
  const { file, weights, kind } = backbone;
  const isFront = hasFront(backbone);
  // What attention sees: of a front that is only the way there, the stages that are trained.
  const scales = isFront ? createBackbone(backbone).scales(preprocessing.size) : given;
  const isPath =
    typeof weights === 'string' &&
    /[\\/.]/.test(weights) &&
    /\.(safetensors|pth|pt|bin|onnx)$/i.test(weights);
  return {
    ...backbone,
    ...(typeof file === 'string' && { file: resolve(file) }),
    ...(isPath && { weights: resolve(weights) }),
    ...(kind === 'onnx' && { outputs: scales.map(({ name }) => name) }),
    ...prefixOf(given),
    scaleChannels: given.map(({ channels }) => channels),
    geometry: scales.map(({ geometry }) => geometry),
    ...(given.length > 1 && { alignment }),
    preprocessing,
    weightsHash: identity,
    ...(!isFront && { isFrozen: true }),
  };
}

/** The tokens that a transformer has before its patches, as every scale of it has them. */
function prefixOf(scales: readonly FeatureScale[]): { prefixTokens?: number } {
  const prefixTokens = scales.find((scale) => scale.prefixTokens !== undefined)?.prefixTokens;
  return prefixTokens === undefined ? {} : { prefixTokens };
}

function noAugmentation(): WhereWhenError {
  return usageError(
    'train: options: augment',
    'no flip, jitter or crop on a frozen backbone',
    undefined,
    'features are computed once, from the pictures as they are; --train-from trains the last stages on changed ones',
  );
}
