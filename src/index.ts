// The door for programs: train, open a model, read a clip, answer, score, show. Each folder has more behind its
// own path: `wherewhen/graph`, `wherewhen/model`, `wherewhen/evaluate` and so on.
export { WhereWhenError, type ErrorFacts } from './errors.js';
export {
  parseResult,
  Result,
  type Actor,
  type Box,
  type ClassScore,
  type FrameAnswer,
  type Segment,
} from './result.js';
export type { TruthClip } from './truth.js';
export { train, type TrainEvent, type TrainOptions, type TrainSummary } from './train/index.js';
export { listDataset, renderWorld } from './dataset/index.js';
export { openModel } from './savedModel/index.js';
export { readTruth, scoreModel } from './evaluate/index.js';
export type { Answer, Predictor } from './infer/index.js';
export type { EvaluationReport } from './evaluate/index.js';
export { overlayVideo, writeReport } from './report/index.js';
export { sentences } from './page/sentences.js';
export { readClip, type Clip, type ClipOptions } from './video/index.js';
