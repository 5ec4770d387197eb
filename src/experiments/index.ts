// Many trainings, one table. Ablation and reproduction are commands and have no names here.
export { type FoldsOptions, type FoldsSummary, trainFolds } from './folds.js';
