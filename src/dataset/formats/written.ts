// What every format that is written takes and gives: clips in the readers' form, files; and what several of them need.
import type { Box } from '../../result.js';
import {
  storedScale,
  type AnnotatedBox,
  type AnnotatedClip,
  type AnnotatedSegment,
  type Track,
} from './form.js';

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
  /** Width of a stored pixel over its height, where it is not 1; size and boxes are those of the picture as it is shown. */
  pixelAspect?: number;
  segments: WrittenSegment[];
}

/** One file. `name` is what follows the name that the caller chose: `''` for the file itself. */
export interface WrittenFile {
  name: string;
  content: string;
}

/** The clip in pixels as they are stored: for tools that take frames out of a file without stretching them. */
export function asStored(clip: WrittenClip): WrittenClip {
  const [sx, sy] = storedScale(clip.pixelAspect);
  if (sx === 1 && sy === 1) return clip;
  const { width, height, tracks } = clip;
  const scaled = (box: Box): Box => [box[0] * sx, box[1] * sy, box[2] * sx, box[3] * sy];
  return {
    ...clip,
    pixelAspect: undefined,
    width: Math.round(width * sx),
    height: Math.round(height * sy),
    tracks: tracks.map((track) => ({
      ...track,
      boxes: track.boxes.map((one) => ({ ...one, box: scaled(one.box) })),
    })),
  };
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

/** Whole milliseconds of seconds. */
export function milliseconds(seconds: number): number {
  return Math.round(1000 * seconds);
}

/**
 * For each segment the first lane, from 0, in which none of the same key overlaps it: formats that let nothing overlap
 * write each lane by itself. Moments take a lane too where something begins or ends at them.
 */
export function segmentLanes(
  segments: readonly WrittenSegment[],
  keyOf: (segment: WrittenSegment) => string,
): number[] {
  const ends = new Map<string, number[]>();
  const lanes = new Array<number>(segments.length).fill(0);
  const order = segments
    .map((_, i) => i)
    .sort((a, b) => segments[a]!.startSeconds - segments[b]!.startSeconds);
  for (const i of order) {
    const { startSeconds, endSeconds } = segments[i]!;
    const own = ends.get(keyOf(segments[i]!)) ?? [];
    ends.set(keyOf(segments[i]!), own);
    const free = own.findIndex((end) => end < milliseconds(startSeconds));
    lanes[i] = free < 0 ? own.length : free;
    own[lanes[i]] = milliseconds(endSeconds);
  }
  return lanes;
}
