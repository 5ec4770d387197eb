// The one form that every annotation reader gives: clips with their classes, segments and tracks of boxes.
import type { TrueSegment, Tube } from '../../metrics/index.js';
import type { Box } from '../../result.js';

/** The side of an official split that a clip is on. */
export type Subset = 'train' | 'validation' | 'test' | 'unused';

/** Sides by the names that lists give them. */
const SUBSETS: Readonly<Record<string, Subset>> = {
  train: 'train',
  training: 'train',
  val: 'validation',
  validate: 'validation',
  validation: 'validation',
  test: 'test',
  testing: 'test',
  unused: 'unused',
};

/** The side that a list means by `name`, in whatever case; undefined for another word. */
export function subsetNamed(name: string): Subset | undefined {
  const word = name.toLowerCase();
  return Object.hasOwn(SUBSETS, word) ? SUBSETS[word] : undefined;
}

/** The side that a list's own name tells: `train.csv`, `ava_val_v2.2.csv`. */
export function subsetOfFile(name: string): Subset | undefined {
  const found = /(?:^|[^a-z])(train(?:ing)?|val(?:id|idation)?|test(?:ing)?)(?:$|[^a-z]|list|set)/i.exec(
    name,
  );
  return found ? subsetNamed(found[1]!.toLowerCase().replace(/^valid$/, 'val')) : undefined;
}

/** A stretch of time of a class, in seconds; a moment starts and ends at once. `subject`: who does it, where that is told. */
export interface AnnotatedSegment {
  label: string;
  startSeconds: number;
  endSeconds: number;
  subject?: string;
}

/**
 * A box at a frame (index from 0) or, where the format knows only time, at a time. With both, the frame is counted at the
 * clip's `frameRate`, which is the tool's own: the time is what holds for the file.
 */
export interface AnnotatedBox {
  frame: number | null;
  timeSeconds: number | null;
  box: Box;
}

/** Boxes of one thing over time, in order. */
export interface Track {
  id: string;
  label: string;
  boxes: AnnotatedBox[];
}

/**
 * What a format says of one clip. `boxUnit`: box edges are parts (0..1) of the picture, or pixels of the stored picture,
 * or (`shown`) pixels of the picture as a browser shows it, which differ where pixels are not square.
 */
export interface AnnotatedClip {
  clip: string;
  /** Other names that its file may have: what a tool puts before an uploaded file's name, a video id without times. */
  alsoNamed?: string[];
  /** The format tells no name: that of its file stands for it. */
  isNameGuessed?: true;
  labels: string[];
  subset?: Subset;
  group?: string;
  frames?: number;
  durationSeconds?: number;
  frameRate?: number;
  width?: number;
  height?: number;
  segments: AnnotatedSegment[];
  boxUnit: 'pixels' | 'parts' | 'shown';
  tracks: Track[];
}

/** Everything a reader found. `notes` names what was read once, joined or left out: nothing is dropped silently. */
export interface Annotations {
  format: string;
  classes: string[];
  clips: AnnotatedClip[];
  notes: string[];
}

/** What some formats need to be told. */
export interface ReaderOptions {
  /** Official split, 1 to 3 (UCF101, HMDB51, JHMDB). */
  split?: number;
  /** The attribute, control, tier or column that holds the class, where a file has several. */
  attribute?: string;
}

/** A clip of which only the name is known yet. */
export function emptyClip(clip: string, labels: string[] = []): AnnotatedClip {
  return { clip, labels, segments: [], boxUnit: 'pixels', tracks: [] };
}

/** The distinct classes of clips, in order of first appearance. */
export function classesOf(clips: readonly AnnotatedClip[]): string[] {
  return [...new Set(clips.flatMap(({ labels }) => labels))];
}

/** Adds a class that a clip has not yet. */
export function addLabel(clip: AnnotatedClip, label: string): void {
  if (!clip.labels.includes(label)) clip.labels.push(label);
}

/** The clip of that name, made on first sight. */
export function clipNamed(clips: Map<string, AnnotatedClip>, name: string): AnnotatedClip {
  let clip = clips.get(name);
  if (!clip) clips.set(name, (clip = emptyClip(name)));
  return clip;
}

/** All segments of a subset (default: of every clip) in the form that the temporal protocols take. */
export function trueSegments({ clips }: Annotations, subset?: Subset): TrueSegment[] {
  return clips
    .filter((clip) => subset === undefined || clip.subset === subset)
    .flatMap(({ clip, segments }) => segments.map((segment) => ({ video: clip, ...segment })));
}

/**
 * Tracks as tubes for video-AP: boxes in pixels on frames that follow each other; a gap in a track starts a new
 * tube. Tracks known only by time are left out.
 */
export function trueTubes({ clip, tracks, boxUnit, width = 1, height = 1 }: AnnotatedClip): Tube[] {
  const scale = boxUnit === 'parts' ? [width, height, width, height] : [1, 1, 1, 1];
  return tracks.flatMap(({ label, boxes }) => {
    const tubes: { video: string; label: string; start: number; boxes: Box[] }[] = [];
    for (const { frame, box } of boxes) {
      if (frame === null) continue;
      const last = tubes.at(-1);
      const scaled = box.map((edge, i) => edge * scale[i]!) as Box;
      if (last && frame === last.start + last.boxes.length) last.boxes.push(scaled);
      else tubes.push({ video: clip, label, start: frame, boxes: [scaled] });
    }
    return tubes;
  });
}

/** From pixels as they are shown to stored ones, by their aspect: one side was stretched and neither shrunk. */
export function storedScale(pixelAspect = 1): [x: number, y: number] {
  return [Math.min(1, 1 / pixelAspect), Math.min(1, pixelAspect)];
}
