// Public names of train/.
export type { TrainEvent, TrainListener } from './events.js';
export { logFile, readLog, type LogRow } from './log.js';
export { parseRecipe, Recipe, type RecipeInput } from './recipe.js';
export { train, type TrainOptions, type TrainSummary } from './trainer.js';
