// Training: a recipe, a run, its log; a backbone fine-tuned.
export { type TrainEvent, type TrainListener } from './events.js';
export { finetune, type FinetuneOptions, type FinetuneSummary } from './finetune.js';
export { type LeftOutAnswer, type LeftOutScore } from './leftOut.js';
export { type LogRow, readLog } from './log.js';
export { parseRecipe, Recipe, type RecipeInput } from './recipe.js';
export { type RecipeName, type RecipeParts, recipes } from './recipes.js';
export { type TrainSummary } from './runParts.js';
export { train, type TrainOptions } from './trainer.js';
