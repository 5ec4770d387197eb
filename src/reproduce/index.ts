// A published figure, or one of one's own, made again from a data set on disk and told with everything that differs.
export { reproduceNames, type ReproduceName, type ReproduceOptions } from './plan.js';
export { reproduce, type Reproduced, type ReproduceRun } from './run.js';
export { ReproduceReport } from './summary.js';
export { writeReproduction } from './writeReport.js';
