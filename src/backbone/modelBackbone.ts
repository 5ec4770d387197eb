// The backbone inside a model folder of ours, frozen: other heads are trained on what it has learnt.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { formatError, missingError } from '../errors.js';
import { decodeSafetensors, parseModelConfig } from '../model/index.js';
import { parseWith } from '../model/config.js';
import type { Runtime } from '../runtime/index.js';
import type { FeatureExtractor } from './extractor.js';
import { freeze } from './graphExtractor.js';
import { createBackbone, type BackboneSettings } from './kinds.js';
import { preprocessingOf } from './preprocessing.js';

const ModelBackboneSettings = z.looseObject({ file: z.string().min(1) });

/** Opens the backbone of the model in `settings.file`. Throws `missing` and `format` for a folder without one. */
export async function openModelBackbone(
  settings: BackboneSettings,
  { runtime, batch }: { runtime: Runtime; batch?: number },
): Promise<FeatureExtractor> {
  const { file: folder } = parseWith(ModelBackboneSettings, settings, 'backbone');
  const path = join(folder, 'config.json');
  const config = parseModelConfig(JSON.parse(new TextDecoder().decode(await part(path))), path);
  if (config.backbone.isFrozen) {
    throw formatError(
      path,
      'a model that was trained together with its backbone',
      `one on features of ${config.backbone.kind}`,
      'name that backbone itself',
    );
  }
  const weights = join(folder, 'model.safetensors');
  const { tensors } = decodeSafetensors(await part(weights), weights);
  const preprocessing = preprocessingOf(config.transform);
  return freeze(createBackbone(config.backbone), { tensors, preprocessing, runtime, batch });
}

async function part(path: string): Promise<Uint8Array> {
  return readFile(path).catch((cause: unknown) => {
    const expected = 'a model folder with config.json and model.safetensors';
    throw missingError(path, expected, 'no readable file', undefined, cause);
  });
}
