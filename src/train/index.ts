// Training: a recipe, a run, its log; a backbone fine-tuned.
export { type TrainEvent, type TrainListener } from './events.js';
export { finetune, type FinetuneOptions, type FinetuneSummary } from './finetune.js';
export { type LeftOutAnswer } from './run/heldAnswers.js';
export { type LeftOutScore } from './run/leftOut.js';
export { type LogRow, readLog } from './folder/log.js';
export { parseRecipe, Recipe, type RecipeInput } from './recipe/recipe.js';
export { type RecipeName, type RecipeParts, recipes } from './recipe/recipes.js';
export { type TrainSummary } from './run/runParts.js';
export { train, type TrainOptions } from './trainer.js';
