// A model and the frozen network or front beside it as one network from frames to answers.
import { backboneKinds } from '../../backbone/kinds.js';
import { preprocessingOf } from '../../backbone/preprocessing.js';
import { readParameters } from '../../backbone/parameters.js';
import { wholeOf } from '../../backbone/front.js';
import type { BackboneSettings, Preprocessing } from '../../backbone/index.js';
import { usageError, WhereWhenError } from '../../errors.js';
import type { Runtime } from '../../runtime/index.js';
import type { ModelFolder } from '../modelFolder.js';
import { frozenSettings, openFrozen } from '../openFrozen.js';

/** What makes the whole network: the config without a frozen part, all tensors, and how frames are prepared for it. */
export interface OnePiece extends Pick<ModelFolder, 'config' | 'tensors'> {
  preprocessing: Preprocessing;
  /** Hash of what was frozen, or the model's own where nothing was. */
  identity: string;
}

/**
 * The model in one piece. Throws what `openModel` throws for a frozen network that is not there or is another one, and
 * `usage` for one that is not written in the graph.
 */
export async function inOnePiece(
  {
    config,
    tensors,
    folder = 'the model',
    id = '',
  }: Pick<ModelFolder, 'config' | 'tensors'> & Partial<ModelFolder>,
  { runtime, backboneFile }: { runtime: Runtime; backboneFile?: string },
): Promise<OnePiece> {
  const { backbone, transform } = config;
  const isWhole = !backbone.isFrozen && backbone.from === undefined;
  if (isWhole) return { config, tensors, preprocessing: preprocessingOf(transform), identity: id };
  if (!backboneKinds.includes(backbone.kind)) throw notWhole(folder, `a network of a file, ${backbone.kind}`);
  await using frozen = await openFrozen(config, runtime, backboneFile); // is it the one of the training?
  const front = await readParameters(frozenSettings(config, backboneFile));
  const whole = wholeOf(backbone as BackboneSettings);
  delete whole.isFrozen;
  const { preprocessing, identity } = frozen;
  return {
    config: { ...config, backbone: whole },
    tensors: { ...front, ...tensors },
    preprocessing,
    identity: backbone.isFrozen ? identity : id,
  };
}

/** Throws `usage` unless frames are prepared as the graph of a model does it itself. */
export function requireOwnPreprocessing(folder: string, { config, preprocessing }: OnePiece): void {
  const [seen, told] = [preprocessing, preprocessingOf(config.transform)].map((one) =>
    JSON.stringify(sorted(one)),
  );
  if (seen !== told) throw notWhole(folder, 'frames that are prepared otherwise');
}

function sorted(facts: object): object {
  return Object.fromEntries(Object.entries(facts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function notWhole(folder: string, received: string): WhereWhenError {
  return usageError(
    folder,
    'a model with its backbone inside',
    `one that was trained on features of ${received}`,
    'a frozen backbone is a file of its own: run it first, and the model on its features',
  );
}
