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
export { familiarFile, readFamiliar, writeFamiliar } from './familiar.js';
export { type ExportedOnnx, exportOnnx } from './export/exportOnnx.js';
export { exportWeb, readWebModel } from './export/exportWeb.js';
export {
  auditFile,
  encoderOf,
  modelFiles,
  type ModelFolder,
  modelFoldersIn,
  modelParameters,
  readModelFolder,
  writeModelFolder,
} from './modelFolder.js';
export { openBackbone, openModel, type OpenModelOptions } from './openModel.js';
export { everySoOften, predictVideo } from './predictVideo.js';
export { readLearnt, learntFinder, type LearntClips, type LearntSide, writeLearnt } from './learntClips.js';
export { inEightBits, type Precision } from './eightBits.js';
export { requirePrecision } from './openFrozen.js';
export { cacheBeside, modelStore, storedOf, type StoredFeatures } from './storedBeside.js';
