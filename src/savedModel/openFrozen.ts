// The frozen backbone of a model, or the frozen front of one, as it was when the model was trained.
import { frontOf, hasFront } from '../backbone/front.js';
import { openExtractor, type BackboneSettings, type FeatureExtractor } from '../backbone/index.js';
import { formatError, usageError, WhereWhenError } from '../errors.js';
import type { ModelConfig } from '../model/index.js';
import type { Runtime } from '../runtime/index.js';
import type { Precision } from './eightBits.js';

/**
 * The settings of a model's frozen backbone, or of its frozen front, whose file may lie elsewhere by now. A model that does
 * not say how its scales are laid on each other was trained on `tiles`.
 */
export function frozenSettings({ backbone }: ModelConfig, file?: string): BackboneSettings {
  const kept: BackboneSettings = { alignment: 'tiles', ...backbone };
  const named: BackboneSettings =
    file === undefined ? kept : { ...kept, [typeof backbone.file === 'string' ? 'file' : 'weights']: file };
  return hasFront(named) ? frontOf(named) : named;
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
  throw formatError(
    String(settings.file ?? settings.weights ?? settings.kind),
    `the backbone that the model was trained on, ${short(backbone.weightsHash ?? 'unknown')}`,
    `another one, ${short(extractor.identity)}`,
    hint,
  );
}

const hint = 'name the file that the model was trained with: --backbone-file FILE';

/** Throws `usage` where a model is asked for in another arithmetic than that of the features that it was trained on. */
export function requirePrecision({ backbone }: ModelConfig, asked: Precision, folder: string): void {
  const own = backbone.precision === 'int8' ? 'int8' : 'float32';
  if (asked === 'auto' || asked === own) return;
  throw usageError(
    '--precision',
    `${own} or auto: ${folder} was trained on features in ${own}`,
    asked,
    'train it anew with --precision',
  );
}

function short(identity: string): string {
  return identity.slice(0, 12);
}
