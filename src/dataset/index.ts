// Labelled clips: listing, index, splits, annotation formats, the doctor, the synthetic world.
export {
  type AnnotationSource,
  datasetOf,
  notesOf,
  openDataset,
  readAnnotations,
  sidesOf,
  testSideOf,
  videoFiles,
} from './annotated.js';
export { ClipIndex } from './clipIndex.js';
export {
  classIndicesOf,
  type ClipEntry,
  type Dataset,
  type GroupRule,
  isClipPath,
  listDataset,
} from './clips.js';
export { clipBytes, contentHash, framesOfFolder } from './contentHash.js';
export { DoctorReport } from './doctor/form.js';
export { examine, writeCleanList } from './doctor/index.js';
export { clipFingerprint } from './fingerprint.js';
export {
  type AnnotatedClip,
  type Annotations,
  exportResults,
  guessFormat,
  readDetections,
  readDurations,
  readerOf,
  READERS,
  readResults,
  soundClips,
  type Subset,
  trueSegments,
  trueTubes,
  truthOf,
  writeClips,
  writerOf,
  WRITERS,
  type WrittenClip,
} from './formats/index.js';
export { kFolds, leaveOneGroupOut, officialSplit, withoutLeaks } from './splits.js';
export { canHoldOut, groupsOfNames, type NameGroups } from './nameGroups.js';
export { renderWorld, isSyntheticWorld } from './synthetic/world.js';
export { splitValidation, type ValidationSplit } from './validationSplit.js';
export { nearestNames, videoKey } from './videoName.js';
export { boxInside, countMended, MENDED, mendedNotes, type Mended } from './formats/mending.js';
