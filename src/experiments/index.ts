// Many trainings, one table: folds, ablation, reproduction.
export { ablate, type Ablation, type AblationOptions, type RowName, type RowRun } from './ablation/ablate.js';
export { answerOfGroup } from './ablation/answers.js';
export { ablationMarkdown } from './ablation/markdown.js';
export { type RowMeasures } from './ablation/measureRow.js';
export { tableOf } from './ablation/table.js';
export { type FoldsOptions, type FoldsSummary, trainFolds } from './folds.js';
export { gatherFolds, trainFoldsPart } from './foldsInParts.js';
export { type ReproduceName } from './reproduce/plan.js';
export { reproduce, type ReproduceRun } from './reproduce/run.js';
export { ReproduceReport } from './reproduce/summary.js';
export { writeReproduction } from './reproduce/writeReport.js';
export { readSweep, SweepFile, trialsOf } from './sweep/plan.js';
export { gatherSweep, sweep, sweepPart, type SweepOptions, type SweepSummary } from './sweep/run.js';
