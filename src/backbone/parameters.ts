// Where the parameters of a backbone come from: a weight file that is named, one in the cache of the hub, or a draw where
// that is asked for.
import { z } from 'zod';
import { missingError } from '../errors.js';
import { initialise } from '../model/index.js';
import { parseWith } from '../model/config.js';
import { Random } from '../random.js';
import type { Tensors } from '../tensor.js';
import type { Environment } from '../environment.js';
import { findCached } from './hub/cache.js';
import { findHubModel, isHubName } from './hub/catalogue.js';
import { bringHint } from './hub/request.js';
import type { BackboneSettings } from './kinds.js';
import { parametersOf, readBackboneWeights } from './weights/read.js';

/** The word that asks for drawn weights instead of a file of trained ones. */
export const randomWeights = 'random';

/** A weight file, or a name of the hub whose file is in its cache; by default the usual one of the kind. */
const WeightSettings = z.looseObject({ weights: z.string().min(1).optional() });

/**
 * The parameters of the backbone that `settings` describe (of its trained stages where it begins at one), by their names
 * in the graph: from its weight file, or drawn where the settings ask for `random` weights, always the same ones. Throws
 * `missing` and `format`.
 */
export async function readParameters(
  settings: BackboneSettings,
  environment?: Environment,
): Promise<Tensors> {
  if (settings.weights === randomWeights)
    return initialise(parametersOf(settings), Random.from(0, 'backbone'));
  return readBackboneWeights(settings, await weightFile(settings, environment));
}

/** The weight file that settings mean; throws `missing` with what to do when the cache of the hub does not have it. */
export async function weightFile(settings: BackboneSettings, environment?: Environment): Promise<string> {
  const { weights = settings.kind } = parseWith(WeightSettings, settings, 'backbone');
  if (!isHubName(weights)) {
    if (weights !== settings.kind) return weights;
    throw missingError(
      'backbone.weights',
      `a weight file for ${settings.kind}`,
      'none',
      'name it: --weights FILE',
    );
  }
  const model = findHubModel(weights);
  const cached = await findCached(model, environment);
  if (cached) return cached;
  throw missingError(
    'backbone.weights',
    `the weights ${model.name}`,
    'nothing of that name in the cache of the hub',
    `\`wherewhen backbone get ${model.name}\` fetches them; without a network bring ${bringHint(model)}`,
  );
}
