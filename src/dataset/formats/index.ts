// Annotation formats by name, each read and written by the rules that hold for all.
import { oneOf } from '../../checked.js';
import { usageError, WhereWhenError } from '../../errors.js';
import type { Annotations } from './form.js';
import type { AnnotationFormat, AnnotationReader, AnnotationWriter } from './format.js';
import { FORMATS } from './formats.js';
import { sound } from './sound.js';

export { readDetections } from './detections.js';
export { exportResults, readResults, soundClips, writeClips, type Exported } from './exportResults.js';
export {
  trueSegments,
  trueTubes,
  type AnnotatedBox,
  type AnnotatedClip,
  type AnnotatedSegment,
  type Annotations,
  type ReaderOptions,
  type Subset,
  type Track,
} from './form.js';
export type { AnnotationFormat, AnnotationReader, AnnotationWriter } from './format.js';
export { clipsOfResults } from './fromResults.js';
export { guessFormat } from './guess.js';
export { readDurations } from './thumos14.js';
export { truthOf, type DecodedVideo } from './truth.js';
export type { WrittenClip, WrittenFile, WrittenSegment } from './written.js';

/** Every annotation reader; what one gives has been checked by the same rules. */
export const READERS: readonly AnnotationReader[] = FORMATS.map(checking);

/** Every annotation writer. */
export const WRITERS: readonly AnnotationWriter[] = FORMATS.flatMap(({ name, written }) =>
  written === undefined ? [] : [{ format: name, ...written }],
);

function checking(format: AnnotationFormat): AnnotationReader {
  const { name, reads, takesAttribute, isOfficial } = format;
  return {
    ...{ format: name, reads, takesAttribute },
    async read(path, options): Promise<Annotations> {
      if (options?.attribute !== undefined && !takesAttribute) throw noAttribute(name);
      return sound(await format.read(path, options), path, { keepsBoxes: isOfficial });
    },
  };
}

function noAttribute(format: string): WhereWhenError {
  const known = FORMATS.filter(({ takesAttribute }) => takesAttribute).map(({ name }) => name);
  return usageError('--attribute', `annotations that have attributes: ${known.join(', ')}`, format);
}

/** The reader of a format. Throws `WhereWhenError` (usage) that lists the formats. */
export function readerOf(format: string): AnnotationReader {
  return named(READERS, 'annotations.format', format);
}

/** The writer of a format. Throws `WhereWhenError` (usage) that lists the formats. */
export function writerOf(format: string): AnnotationWriter {
  return named(WRITERS, '--format', format);
}

function named<T extends { format: string }>(all: readonly T[], path: string, name: string): T {
  const known = oneOf(
    all.map(({ format }) => format),
    path,
    name,
  );
  return all.find(({ format }) => format === known)!;
}
