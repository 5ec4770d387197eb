// Trainer, recipe, schedule, checkpoint, log.
export { type TrainEvent, type TrainListener } from './events.js';
export { finetune, type FinetuneOptions, finetuneRecipe, type FinetuneSummary } from './finetune.js';
export { type Extracted, extractFeatures } from './frozen.js';
export { isFrozen } from './frozenRecipe.js';
export { openToLearn } from './gather.js';
export { type Grouping } from './groups/groupClips.js';
export { type HeldFigures } from './heldFigures.js';
export { type LeftOutAnswer, type LeftOutScore } from './leftOut.js';
export { type LogRow, readLog } from './log.js';
export { lossSettings } from './programs.js';
export { prepareTraining } from './prepareTraining.js';
export { parseRecipe, Recipe, type RecipeInput } from './recipe.js';
export {
  joinRecipes,
  namedRecipe,
  paperAttention,
  type RecipeName,
  recipeNames,
  type RecipeParts,
  recipes,
} from './recipes.js';
export { type TrainSummary } from './runParts.js';
export { isUnfinished, keptRecipe } from './start.js';
export { findGroups, train, type TrainOptions } from './trainer.js';
export {
  type VariantGroup,
  variantGroups,
  type VariantName,
  variantNames,
  variantOf,
  withVariant,
} from './variants.js';
