// The backbone of `train` where none is named: that of the run it goes on with, or the usual one; and the weights of one
// that is named.
import type { BackboneSettings } from '../backbone/index.js';
import type { RecipeInput } from '../train/index.js';
import { chooseBackbone } from './chooseBackbone.js';
import { fetchNamed } from './fetchModel.js';
import type { Shell } from './shell.js';
import type { TrainCommandOptions } from './trainOptions.js';
import { wholeRecipe } from './trainRecipe.js';

/** The recipe of the command, and the network that it needs here. Throws `usage`, and `missing` for one that cannot be had. */
export async function recipeWithBackbone(
  shell: Shell,
  options: TrainCommandOptions,
  data: string,
): Promise<RecipeInput> {
  const { keptRecipe } = await import('../train/folder/beginRun.js');
  const kept = options.overwrite ? undefined : (await keptRecipe(options.out))?.backbone;
  const usual = (): Promise<BackboneSettings | undefined> => usualBackbone(shell, options, data);
  const recipe = await wholeRecipe(options, { kept, usual });
  if (recipe.backbone) await fetchNamed(shell, recipe.backbone as BackboneSettings, options);
  return recipe;
}

async function usualBackbone(
  shell: Shell,
  options: TrainCommandOptions,
  data: string,
): Promise<BackboneSettings | undefined> {
  const { flip, jitter, crop, trainFrom, resize, weights, preprocessing, size, offline } = options;
  const isResnet = trainFrom !== undefined;
  const changes = Object.entries({ flip, jitter, crop }).flatMap(([name, on]) => (on ? [`--${name}`] : []));
  if (changes.length > 0 && !isResnet) {
    shell.say(
      `backbone: small, trained from scratch: a pretrained one sees pictures as they are, and ${changes.join(' and ')} changes them; with --train-from layer4 its last stages learn from changed ones`,
    );
    return undefined;
  }
  const chosen = await chooseBackbone(shell, { data, weights, preprocessing, size, offline, isResnet });
  return chosen && resize ? { ...chosen, resize } : chosen;
}
