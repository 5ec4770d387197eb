// What every annotation writer takes and gives: clips in the readers' form, files of one format.
import type { AnnotatedBox, AnnotatedClip, AnnotatedSegment, Track } from '../readers/form.js';

/** A segment that may bear a score; only formats of detections keep it. */
export interface WrittenSegment extends AnnotatedSegment {
  score?: number;
}

/**
 * A clip to be written. Boxes are in pixels and have both frame and time; between the boxes of a track the thing moves
 * on a straight line, and where it is out of sight a track ends.
 */
export interface WrittenClip extends AnnotatedClip {
  frames: number;
  durationSeconds: number;
  frameRate: number;
  width: number;
  height: number;
  /** Width of a pixel over its height, where it is not 1: for formats whose boxes are in pixels as they are shown. */
  pixelAspect?: number;
  segments: WrittenSegment[];
}

/** One file. `name` is what follows the name that the caller chose: `''` for the file itself. */
export interface WrittenFile {
  name: string;
  content: string;
}

/** One format. */
export interface AnnotationWriter {
  readonly format: string;
  /** The usual ending of its file, `.json`. */
  readonly ending: string;
  /** What of a clip the format has a place for. */
  readonly holds: readonly ('boxes' | 'segments')[];
  /** A file holds one clip, so that several clips need several files. */
  readonly isPerClip?: boolean;
  /** The file, and files that belong beside it. */
  write(clips: readonly WrittenClip[]): WrittenFile[];
}

/** All boxes of clips with where they are from. */
export function boxesOf(
  clips: readonly WrittenClip[],
): { clip: WrittenClip; track: Track; box: AnnotatedBox }[] {
  return clips.flatMap((clip) =>
    clip.tracks.flatMap((track) => track.boxes.map((box) => ({ clip, track, box }))),
  );
}

/** The distinct labels of boxes and segments, in alphabetical order. */
export function labelsOf(clips: readonly WrittenClip[]): string[] {
  const labels = clips.flatMap(({ tracks, segments }) => [...tracks, ...segments].map(({ label }) => label));
  return [...new Set(labels)].sort();
}

/** The text of a JSON file. */
export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 1)}\n`;
}
