// What every training with the same options needs first: clips decoded, features stored. Nothing is learnt.
import { join } from 'node:path';
import { gather } from './trainingData.js';
import { parseRecipe } from './recipe/recipe.js';
import type { TrainOptions } from './trainer.js';

/** Fills the cache; what is whole there stays. Throws what a training throws before its first step. */
export async function prepareTraining(options: TrainOptions): Promise<void> {
  const { data, out, cache = join(out, 'cache'), strict = false, onEvent = () => {}, ...rest } = options;
  const recipe = parseRecipe(options.recipe);
  await gather({ ...rest, data, out, cache, strict, recipe, leaveOut: undefined, listen: onEvent });
}
