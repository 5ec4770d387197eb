// Annotation formats that answers are written in, by name. A new one is one file and one line here.
import { activitynetWriter } from './activitynet.js';
import { avaWriter } from './ava.js';
import { borisWriter } from './boris.js';
import { boutsWriter } from './bouts.js';
import { cocoWriter } from './coco.js';
import { cvatWriter } from './cvat.js';
import { elanWriter } from './elan.js';
import { fiftyoneWriter } from './fiftyone.js';
import type { AnnotationWriter } from './form.js';
import { labelStudioWriter } from './labelStudio.js';
import { motWriter } from './mot.js';
import { soccernetWriter } from './soccernet.js';
import { srtWriter, webvttWriter } from './subtitles.js';
import { viaWriter } from './via.js';
import { yoloWriter } from './yolo.js';
import { oneOf } from '../../../checked.js';

export type { AnnotationWriter, WrittenClip, WrittenFile, WrittenSegment } from './form.js';
export { clipsOfResults } from './fromResults.js';
export { exportResults, readResults, soundClips, writeClips, type Exported } from './exportResults.js';

/** Every annotation writer. */
export const WRITERS: readonly AnnotationWriter[] = [
  cvatWriter,
  labelStudioWriter,
  viaWriter,
  cocoWriter,
  activitynetWriter,
  avaWriter,
  boutsWriter,
  borisWriter,
  elanWriter,
  webvttWriter,
  srtWriter,
  motWriter,
  yoloWriter,
  soccernetWriter,
  fiftyoneWriter,
];

/** The writer of a format. Throws `WhereWhenError` (usage) that lists the formats. */
export function writerOf(format: string): AnnotationWriter {
  const known = oneOf(
    WRITERS.map((one) => one.format),
    '--format',
    format,
  );
  return WRITERS.find((one) => one.format === known)!;
}
