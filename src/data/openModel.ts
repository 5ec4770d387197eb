// A model folder, ready to answer.
import {
  freeze,
  openExtractor,
  preprocessingOf,
  type BackboneSettings,
  type FeatureExtractor,
} from '../backbone/index.js';
import { WhereWhenError } from '../errors.js';
import { Predictor } from '../infer/index.js';
import { waysOf, type LocalizeOptions } from '../localize/index.js';
import type { ModelConfig } from '../model/index.js';
import { openRuntime, type Runtime, type RuntimeOptions } from '../runtime/index.js';
import { encoderOf, readModelFolder, type ModelFolder } from './modelFolder.js';

/** How a model is opened. */
export interface OpenModelOptions extends RuntimeOptions {
  /** Where the file of its frozen backbone lies now, if not where config.json says. */
  backboneFile?: string;
  /** The way that boxes and segments are read from the answer, if not the model's own (docs/localisation.md). */
  localize?: LocalizeOptions['way'];
}

/**
 * Reads a model folder and compiles it on a runtime of its own, which the predictor closes with itself.
 * Throws what {@link readModelFolder} throws, before a device is opened; `missing` and `format` for a frozen backbone
 * that is not there or is not the one that the model was trained on.
 */
export async function openModel(
  folder: string,
  { backboneFile, localize, ...options }: OpenModelOptions = {},
): Promise<Predictor> {
  const { config: kept, tensors, id } = await readModelFolder(folder);
  const config = { ...kept, localize: localize ? waysOf(kept.localize, localize) : kept.localize };
  // Computing threads sleep while they wait: clips are decoded beside them.
  const runtime = await openRuntime({ spin: false, ...options });
  try {
    const encoder = encoderOf(config);
    const extractor = encoder ? undefined : await openFrozen(config, runtime, backboneFile);
    return await Predictor.open({ config, tensors, id, runtime, encoder, extractor });
  } catch (error) {
    await runtime.close();
    throw error;
  }
}

/**
 * The backbone of a model as an extractor on `runtime`, whether it is a part of the model or stands beside it: what looks
 * at the model's features. Throws `missing` and `format` for a frozen one that is not there or is another one.
 */
export async function openBackbone(
  { config, tensors }: Pick<ModelFolder, 'config' | 'tensors'>,
  { runtime, file }: { runtime: Runtime; file?: string },
): Promise<FeatureExtractor> {
  const encoder = encoderOf(config);
  if (!encoder) return openFrozen(config, runtime, file);
  const preprocessing = preprocessingOf(config.transform);
  return freeze(encoder, { tensors, preprocessing, runtime, batch: config.frames });
}

/** The settings of a model's frozen backbone, whose file may lie elsewhere by now. */
export function frozenSettings({ backbone }: ModelConfig, file?: string): BackboneSettings {
  return file === undefined
    ? backbone
    : { ...backbone, [typeof backbone.file === 'string' ? 'file' : 'weights']: file };
}

/** The frozen backbone of a model, as it was when the model was trained. Throws `missing`, and `format` for another one. */
export async function openFrozen(
  config: ModelConfig,
  runtime: Runtime,
  file?: string,
): Promise<FeatureExtractor> {
  const { backbone } = config;
  const settings = frozenSettings(config, file);
  const extractor = await openExtractor(settings, { runtime }).catch((error: unknown) => {
    if (!(error instanceof WhereWhenError) || error.code !== 'missing') throw error;
    throw new WhereWhenError({ ...error.toJSON(), hint }, { cause: error });
  });
  if (extractor.identity === backbone.weightsHash) return extractor;
  await extractor.close();
  throw new WhereWhenError({
    code: 'format',
    path: String(settings.file ?? settings.weights ?? settings.kind),
    expected: `the backbone that the model was trained on, ${short(backbone.weightsHash ?? 'unknown')}`,
    received: `another one, ${short(extractor.identity)}`,
    hint,
  });
}

const hint = 'name the file that the model was trained with: --backbone-file FILE';

function short(identity: string): string {
  return identity.slice(0, 12);
}
