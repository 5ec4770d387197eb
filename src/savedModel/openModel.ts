// A model folder, ready to answer.
import { createBackbone, type FeatureExtractor } from '../backbone/index.js';
import { freeze } from '../backbone/graphExtractor.js';
import { hasFront } from '../backbone/front.js';
import { Predictor } from '../infer/index.js';
import { waysOf } from '../localize/options.js';
import type { LocalizeOptions } from '../localize/index.js';
import { withGeometry } from '../model/cells.js';
import { openRuntime, type Runtime, type RuntimeOptions } from '../runtime/index.js';
import { encoderOf } from '../backbone/encoder.js';
import { readModelFolder, type ModelFolder } from './modelFolder.js';
import { inOnePiece } from './export/onePiece.js';
import { readFamiliar } from './familiar.js';
import { openFrozen, requirePrecision } from './openFrozen.js';
import type { Precision } from './eightBits.js';

/** How a model is opened. */
export interface OpenModelOptions extends RuntimeOptions {
  /** Where the file of its frozen backbone lies now, if not where config.json says. */
  backboneFile?: string;
  /** The way that boxes and segments are read from the answer, if not the model's own (docs/localisation.md). */
  localize?: LocalizeOptions['way'];
  /** The arithmetic that its backbone must have; a model answers with that of its training only. By default whichever. */
  precision?: Precision;
}

/**
 * Reads a model folder and compiles it on a runtime of its own, which the predictor closes with itself.
 * Throws what {@link readModelFolder} throws, before a device is opened; `missing` and `format` for a frozen backbone
 * that is not there or is not the one that the model was trained on.
 */
export async function openModel(
  folder: string,
  { backboneFile, localize, precision = 'auto', ...options }: OpenModelOptions = {},
): Promise<Predictor> {
  const { config: kept, tensors, id } = await readModelFolder(folder);
  requirePrecision(kept, precision, folder);
  const familiarity = await readFamiliar(folder);
  const chosen = { ...kept, localize: localize ? waysOf(kept.localize, localize) : kept.localize };
  // Computing threads sleep while they wait: clips are decoded beside them.
  const runtime = await openRuntime({ spin: false, ...options });
  try {
    const encoder = encoderOf(chosen);
    const isWhole = encoder && !hasFront(chosen.backbone);
    const extractor = isWhole ? undefined : await openFrozen(chosen, runtime, backboneFile);
    // An older model does not say where its cells look; its backbone does.
    const scales = encoder?.scales(chosen.transform.size) ?? extractor?.scales ?? [];
    const config = withGeometry(chosen, scales);
    return await Predictor.open({ config, tensors, id, runtime, encoder, extractor, familiarity });
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
  if (config.backbone.isFrozen) return openFrozen(config, runtime, file);
  const whole = await inOnePiece({ config, tensors }, { runtime, backboneFile: file });
  const backbone = createBackbone(whole.config.backbone);
  return freeze(backbone, { ...whole, runtime, batch: config.frames });
}
