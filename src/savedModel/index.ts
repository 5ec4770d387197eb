// A model folder: opened, asked, and exported to ONNX and the web.
export { answerClips, type AnswerClipsOptions, type AnswerOutcome } from './answerClips.js';
export {
  dividedAnswers,
  fingerprints,
  gatheredAnswers,
  type KeptAnswer,
  type KeptOutcome,
  pieceOf,
} from './answerParts.js';
export { answerRange, type AnswerRangeOptions } from './answerRange.js';
export { familiarFile, readFamiliar, writeFamiliar } from './familiar.js';
export { type ExportedOnnx, exportOnnx } from './export/exportOnnx.js';
export { exportWeb } from './export/exportWeb.js';
export { type ModelFolder, readModelFolder, writeModelFolder } from './modelFolder.js';
export { openModel, type OpenModelOptions } from './openModel.js';
export { type QueuedPrediction, questionsOf } from './queuedPrediction.js';
export { predictVideo } from './predictVideo.js';
export type { LearntClips, LearntSide } from './learntClips.js';
export type { Precision } from './eightBits.js';
