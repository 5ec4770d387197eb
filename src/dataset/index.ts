// Labelled clips: listing, index, splits, annotation formats, the doctor, the synthetic world.
export { type AnnotationSource, openDataset, readAnnotations } from './annotated.js';
export { type ClipEntry, type Dataset, type GroupRule, listDataset } from './clips.js';
export { DoctorReport } from './doctor/form.js';
export { type Diagnosis, type DoctorOptions, examine } from './doctor/examine.js';
export type {
  AnnotatedClip,
  AnnotatedSegment,
  Annotations,
  ReaderOptions,
  Subset,
  Track,
} from './formats/form.js';
export type { AnnotationReader } from './formats/format.js';
export { readerOf, READERS } from './formats/index.js';
export { type Exported, writeClips } from './formats/exportResults.js';
export type { AnnotationWriter } from './formats/format.js';
export type { WrittenClip, WrittenSegment } from './formats/written.js';
export { writerOf, WRITERS } from './formats/index.js';
export { kFolds, leaveOneGroupOut } from './splits.js';
export { renderWorld, type World, type WorldOptions } from './synthetic/world.js';
