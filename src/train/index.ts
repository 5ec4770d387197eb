// Public names of train/.
export type { TrainEvent, TrainListener } from './events.js';
export {
  foldsFile,
  trainFolds,
  type FoldResult,
  type FoldRule,
  type FoldsOptions,
  type FoldsSummary,
} from './folds.js';
export { finetune, finetuneRecipe, type FinetuneOptions, type FinetuneSummary } from './finetune.js';
export type { LeftOutAnswer, LeftOutScore } from './leftOut.js';
export { logFile, readLog, type LogRow } from './log.js';
export { isFrozen } from './frozenRecipe.js';
export {
  joinRecipes,
  namedRecipe,
  paperAttention,
  recipeNames,
  recipes,
  type Aim,
  type NamedRecipe,
  type RecipeName,
  type RecipeParts,
} from './recipes.js';
export { lossSettings } from './programs.js';
export { attentionPreset, parseRecipe, Recipe, type RecipeInput } from './recipe.js';
export type { TrainSummary } from './runParts.js';
export { train, type TrainOptions } from './trainer.js';
export { isUnfinished } from './start.js';
export {
  variantGroups,
  variantNames,
  variantOf,
  variants,
  withVariant,
  type Variant,
  type VariantGroup,
  type VariantName,
} from './variants.js';
export { extractFeatures, type Extracted } from './frozen.js';
export { modelConfig } from './programs.js';
