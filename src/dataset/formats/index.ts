// Annotation formats by name. A new format is one file and one line here.
import { usageError, WhereWhenError } from '../../errors.js';
import { activitynet } from './activitynet.js';
import { ava, multisports } from './ava.js';
import { boris } from './boris.js';
import { boxesJson } from './boxesJson.js';
import { coco } from './coco.js';
import { cvat } from './cvat.js';
import { elan } from './elan.js';
import { fiftyone } from './fiftyone.js';
import type { AnnotationReader, Annotations } from './form.js';
import { hmdb51 } from './hmdb51.js';
import { jhmdb } from './jhmdb.js';
import { kinetics } from './kinetics.js';
import { labelStudio } from './labelStudio.js';
import { bouts, csvList, jsonList } from './list.js';
import { moments } from './moments.js';
import { mot } from './mot.js';
import { pathList } from './paths.js';
import { soccernet } from './soccernet.js';
import { sound } from './sound.js';
import { srt, webvtt } from './subtitles.js';
import { thumos14 } from './thumos14.js';
import { ucf101 } from './ucf101.js';
import { ucf24 } from './ucf24.js';
import { via } from './via.js';
import { yolo } from './yolo.js';
import { oneOf } from '../../checked.js';

export { readDetections } from './detections.js';
export { guessFormat } from './guess.js';
export { readDurations } from './thumos14.js';
export {
  trueFrameBoxes,
  trueSegments,
  trueTubes,
  type AnnotatedBox,
  type AnnotatedClip,
  type AnnotatedSegment,
  type AnnotationReader,
  type Annotations,
  type ReaderOptions,
  type Subset,
  type Track,
} from './form.js';
export { truthOf, type DecodedVideo } from './truth.js';

/** Every annotation reader; what one gives has been checked by the same rules. */
export const READERS: readonly AnnotationReader[] = [
  csvList,
  jsonList,
  ucf101,
  hmdb51,
  ucf24,
  boxesJson,
  jhmdb,
  thumos14,
  activitynet,
  kinetics,
  moments,
  ava,
  multisports,
  cvat,
  labelStudio,
  via,
  coco,
  pathList,
  bouts,
  boris,
  elan,
  webvtt,
  srt,
  mot,
  yolo,
  soccernet,
  fiftyone,
].map(checking);

function checking(reader: AnnotationReader): AnnotationReader {
  return {
    ...reader,
    async read(path, options): Promise<Annotations> {
      if (options?.attribute !== undefined && !reader.takesAttribute) throw noAttribute(reader.format);
      return sound(await reader.read(path, options), path, { keepsBoxes: reader.isOfficial });
    },
  };
}

function noAttribute(format: string): WhereWhenError {
  const known = READERS.filter(({ takesAttribute }) => takesAttribute).map((one) => one.format);
  return usageError('--attribute', `annotations that have attributes: ${known.join(', ')}`, format);
}

/** The reader of a format. Throws `WhereWhenError` (usage) that lists the formats. */
export function readerOf(format: string): AnnotationReader {
  const known = oneOf(
    READERS.map((one) => one.format),
    'annotations.format',
    format,
  );
  return READERS.find((one) => one.format === known)!;
}
