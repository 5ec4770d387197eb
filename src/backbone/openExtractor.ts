// Any backbone as a frozen extractor, from its settings: the one door for extraction, prediction and training on features.
import { z } from 'zod';
import { Alignment } from '../model/index.js';
import { parseWith } from '../model/config.js';
import type { Runtime } from '../runtime/index.js';
import type { Tensors } from '../tensor.js';
import type { FeatureExtractor } from './extractor.js';
import { freeze } from './graphExtractor.js';
import type { Environment } from '../environment.js';
import { createBackbone, modelKind, onnxKind, type BackboneSettings } from './kinds.js';
import { openModelBackbone } from './modelBackbone.js';
import { autoOutputs, openOnnx, type OnnxSettings } from './onnxFile.js';
import { readParameters, weightFile } from './parameters.js';
import { findHubModel, isHubName } from './hub/catalogue.js';
import { knownPreprocessing, Preprocessing, usualSize } from './preprocessing.js';

/** What settings of graph backbones may say beside the network itself. */
const FrozenSettings = z.looseObject({
  kind: z.string(),
  size: Preprocessing.shape.size.default(usualSize),
  resize: Preprocessing.shape.resize,
  /** By default ImageNet's, as every weight file of torchvision and timm wants it. */
  preprocessing: Preprocessing.optional(),
  /** How several stages are laid on each other: by default where their cells look. */
  alignment: Alignment.default('centres'),
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

/** Settings of an ONNX file of the hub, `weights` being its name, are those of its file in the cache. */
async function onnxSettings(settings: BackboneSettings, environment?: Environment): Promise<OnnxSettings> {
  if (settings.file !== undefined) return settings as unknown as OnnxSettings;
  const file = await weightFile(settings, environment);
  const { weights } = settings as { weights?: string };
  const usual = weights !== undefined && isHubName(weights) && findHubModel(weights);
  return {
    ...(usual && { preprocessing: usual.preprocessing, outputs: autoOutputs }),
    ...settings,
    ...{ kind: 'onnx', file },
  } as OnnxSettings;
}

/**
 * Opens the network that `settings` describe. Throws `missing` for weights that are not there (saying which file to
 * bring), and `format` for settings, weights and files that do not fit.
 */
export async function openExtractor(
  settings: BackboneSettings,
  { runtime, batch, tensors, environment }: OpenExtractorOptions,
): Promise<FeatureExtractor> {
  if (settings.kind === onnxKind)
    return openOnnx(await onnxSettings(settings, environment), { runtime, batch });
  if (settings.kind === modelKind) return openModelBackbone(settings, { runtime, batch });
  const { size, resize, preprocessing, alignment } = parseWith(FrozenSettings, settings, 'backbone');
  const backbone = createBackbone({ ...settings, alignment });
  return freeze(backbone, {
    tensors: tensors ?? (await readParameters(settings, environment)),
    preprocessing: preprocessing ?? { ...knownPreprocessing.imagenet, size, resize },
    runtime,
    batch,
  });
}
