// Any backbone as a frozen extractor, from its settings: the one door for extraction, prediction and training on features.
import { z } from 'zod';
import { WhereWhenError } from '../errors.js';
import { parseWith } from '../model/index.js';
import type { Runtime } from '../runtime/index.js';
import type { Tensors } from '../tensor.js';
import type { FeatureExtractor } from './extractor.js';
import { freeze } from './graphExtractor.js';
import { findCached, type Environment } from './hub/cache.js';
import { findHubModel, isHubName } from './hub/catalogue.js';
import { createBackbone, modelKind, onnxKind, type BackboneSettings } from './kinds.js';
import { openModelBackbone } from './modelBackbone.js';
import { openOnnx, type OnnxSettings } from './onnxFile.js';
import { knownPreprocessing, Preprocessing, usualSize } from './preprocessing.js';
import { readBackboneWeights } from './weights/read.js';

/** What settings of graph backbones may say beside the network itself. */
const FrozenSettings = z.looseObject({
  kind: z.string(),
  /** A weight file, or a name of the hub whose file is in its cache; by default the usual one of the kind. */
  weights: z.string().min(1).optional(),
  size: Preprocessing.shape.size.default(usualSize),
  resize: Preprocessing.shape.resize,
  /** By default ImageNet's, as every weight file of torchvision and timm wants it. */
  preprocessing: Preprocessing.optional(),
});

/** How an extractor is opened. */
export interface OpenExtractorOptions {
  runtime: Runtime;
  /** Frames a run, 8 by default. An ONNX file with a fixed batch has its own. */
  batch?: number;
  /** Parameters at hand, by their names in the graph; else they are read from the settings' weight file. */
  tensors?: Tensors;
  environment?: Environment;
}

/**
 * Opens the network that `settings` describe. Throws `missing` for weights that are not there (saying which file to
 * bring), and `format` for settings, weights and files that do not fit.
 */
export async function openExtractor(
  settings: BackboneSettings,
  { runtime, batch, tensors, environment }: OpenExtractorOptions,
): Promise<FeatureExtractor> {
  if (settings.kind === onnxKind) return openOnnx(settings as unknown as OnnxSettings, { runtime, batch });
  if (settings.kind === modelKind) return openModelBackbone(settings, { runtime, batch });
  const backbone = createBackbone(settings);
  const { size, resize, preprocessing } = parseWith(FrozenSettings, settings, 'backbone');
  return freeze(backbone, {
    tensors: tensors ?? (await readBackboneWeights(settings, await weightFile(settings, environment))),
    preprocessing: preprocessing ?? { ...knownPreprocessing.imagenet, size, resize },
    runtime,
    batch,
  });
}

/** The weight file that settings mean; throws `missing` with what to do when the cache of the hub does not have it. */
export async function weightFile(settings: BackboneSettings, environment?: Environment): Promise<string> {
  const { weights = settings.kind } = parseWith(FrozenSettings, settings, 'backbone');
  if (!isHubName(weights)) {
    if (weights !== settings.kind) return weights;
    throw new WhereWhenError({
      code: 'missing',
      path: 'backbone.weights',
      expected: `a weight file for ${settings.kind}`,
      received: 'none',
      hint: 'name it: --weights FILE',
    });
  }
  const model = findHubModel(weights);
  const cached = await findCached(model, environment);
  if (cached) return cached;
  throw new WhereWhenError({
    code: 'missing',
    path: 'backbone.weights',
    expected: `the weights ${model.name}`,
    received: 'nothing of that name in the cache of the hub',
    hint: `\`wherewhen backbone get ${model.name}\` fetches them; without a network bring ${model.file} of ${model.repository} and name it: --weights FILE`,
  });
}
