// Labelled clips: listing, index, splits, annotation formats, the doctor, the synthetic world.
export { type AnnotationSource, openDataset, readAnnotations } from './annotated.js';
export { type ClipEntry, type Dataset, type GroupRule, listDataset } from './clips.js';
export { DoctorReport } from './doctor/form.js';
export { type Diagnosis, type DoctorOptions, examine } from './doctor/examine.js';
export type {
  AnnotatedClip,
  AnnotatedSegment,
  AnnotationReader,
  Annotations,
  ReaderOptions,
  Subset,
  Track,
} from './formats/form.js';
export { readerOf, READERS } from './formats/index.js';
export { type Exported, writeClips } from './formats/writers/exportResults.js';
export type { AnnotationWriter, WrittenClip, WrittenSegment } from './formats/writers/form.js';
export { writerOf, WRITERS } from './formats/writers/index.js';
export { kFolds, leaveOneGroupOut } from './splits.js';
export { renderWorld, type World, type WorldOptions } from './synthetic/world.js';
