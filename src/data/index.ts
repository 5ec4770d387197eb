// Public names of data/.
export { outputError, sweepTemporaries, writeAtomically } from './atomicFile.js';
export { Batches, middlePlaces, type Batch, type BatchOptions } from './batches.js';
export {
  datasetOf,
  notesOf,
  openDataset,
  readAnnotations,
  shortList,
  sidesOf,
  testSideOf,
  videoFiles,
  type AnnotationSource,
  type OpenDatasetOptions,
} from './annotated.js';
export { ClipIndex } from './clipIndex.js';
export {
  classIndicesOf,
  isClipPath,
  listDataset,
  type ClipClasses,
  type ClipEntry,
  type GroupRule,
  type Dataset,
  type DatasetOptions,
} from './clips.js';
export { contentHash, framesOfFolder } from './contentHash.js';
export {
  encoderOf,
  modelFiles,
  auditFile,
  modelFoldersIn,
  modelParameters,
  readModelFolder,
  writeModelFolder,
  type ModelFolder,
} from './modelFolder.js';
export {
  frameStore,
  prepareClips,
  storedClip,
  type BrokenClip,
  type ClipShape,
  type PreparedClips,
  type PrepareOptions,
  type PrepareProgress,
  type StoredClip,
} from './prepare.js';
export { lookPictures } from './lookPictures.js';
export { answerClips, type AnswerClipsOptions, type AnswerOutcome } from './answerClips.js';
export { openBackbone, openModel, type OpenModelOptions } from './openModel.js';
export {
  annotatedTruth,
  inOrderOf,
  readTruth,
  recordOf,
  scoreModel,
  truthFinder,
  type Scored,
  type ScoreOptions,
} from './scoreModel.js';
export { everySoOften, predictVideo, type PredictVideoOptions } from './predictVideo.js';
export { kept, keptAs } from './kept.js';
export { ClipStore } from './store.js';
export { renderWorld, type World, type WorldOptions } from './synthetic/index.js';
export { splitValidation, type SplitOptions, type ValidationSplit } from './validationSplit.js';
export * from './motion/index.js';
export * from './readers/index.js';
export {
  kFolds,
  leaksOf,
  leaveOneGroupOut,
  officialSplit,
  withoutLeaks,
  type Fold,
  type FoldOptions,
  type Leak,
  type SplitItem,
} from './splits.js';
export * from './protocols/index.js';
export { exportOnnx, ONNX_TOLERANCE, type ExportedOnnx } from './exportOnnx.js';
export { exportWeb, readWebModel, type ExportedWeb, type ExportWebOptions } from './exportWeb.js';
export * from './writers/index.js';
export * from './doctor/index.js';
export * from './features/index.js';
