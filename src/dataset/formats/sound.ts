// What every reader and every writer does with what cannot be: times and edges that are no numbers, ends before starts,
// times before the video, boxes outside the picture, empty names. Either refused, or mended and counted in the notes.
import { formatError, WhereWhenError } from '../../errors.js';
import type { TemporalDetection } from '../../metrics/index.js';
import type { AnnotatedBox, AnnotatedClip, AnnotatedSegment, Annotations, Track } from './form.js';
import { lanesOf } from './lanes.js';
import { boxInside, countMended, MENDED, mendedNotes, type Mended } from './mending.js';

const TOGETHER = 'tracks have several boxes on one frame: each is a thing of its own';

/**
 * Annotations as they may be used. Refused (`format`, naming clip and item): numbers that are not finite, ends before
 * starts, inverted boxes, frames below 0, empty names, names with characters that a wrong decoding lost. Mended and
 * counted: negative times, several boxes of a track on one frame, and (not of official sets) boxes beyond the picture. Names are in Unicode's composed form.
 */
export function sound(annotations: Annotations, path: string, { keepsBoxes = false } = {}): Annotations {
  const counts: Mended = new Map();
  const clips = annotations.clips.map((clip) => soundClip(clip, { path, counts, keepsBoxes }));
  const classes = [...new Set(annotations.classes.map((label) => nameOf(label, 'a class', path)))];
  return { ...annotations, classes, clips, notes: [...annotations.notes, ...mendedNotes(counts, path)] };
}

/** Detections as they may be scored, with what was mended. Throws as {@link sound}. */
export function soundDetections(
  detections: readonly TemporalDetection[],
  path: string,
): { detections: TemporalDetection[]; notes: string[] } {
  const counts: Mended = new Map();
  const kept = detections.flatMap((one, i) => {
    const place = `${path} > detection ${i + 1}`;
    if (!Number.isFinite(one.score)) throw fault(place, 'a finite score', String(one.score));
    const video = nameOf(one.video, 'a video', place);
    return soundSegment(one, place, counts).map((segment) => ({ ...one, ...segment, video }));
  });
  return { detections: kept, notes: mendedNotes(counts, path) };
}

/** A stretch of time that is one: none, or itself, from 0 at the earliest. */
function soundSegment<S extends AnnotatedSegment>(segment: S, place: string, counts: Mended): S[] {
  const { startSeconds: start, endSeconds: end } = segment;
  const label = nameOf(segment.label, 'a class', place);
  if (!Number.isFinite(start) || !Number.isFinite(end))
    throw fault(place, 'finite times', `${start} to ${end}`);
  if (end < start) throw fault(place, 'an end that is not before the start', `${start} to ${end}`);
  if (end < 0) return (countMended(counts, MENDED.before), []);
  if (start < 0) countMended(counts, MENDED.early);
  return [{ ...segment, label, startSeconds: Math.max(0, start) }];
}

interface Within {
  path: string;
  counts: Mended;
  keepsBoxes: boolean;
}

function soundClip(clip: AnnotatedClip, { path, counts, keepsBoxes }: Within): AnnotatedClip {
  const name = nameOf(clip.clip, 'a clip', path);
  const place = `${path} > ${name}`;
  const size = keepsBoxes ? undefined : sizeOf(clip);
  const segments = clip.segments.flatMap((one, i) =>
    soundSegment(one, `${place} > segment ${i + 1}`, counts),
  );
  const tracks = clip.tracks.flatMap((track, i): Track[] => {
    const own = `${place} > track ${i + 1}`;
    const boxes = track.boxes.flatMap((one, b) =>
      soundBox(one, { place: `${own} > box ${b + 1}`, counts, size }),
    );
    const lanes = lanesOf({ ...track, label: nameOf(track.label, 'a class', own), boxes });
    if (lanes.length > 1) countMended(counts, TOGETHER);
    return lanes;
  });
  const labels = [...new Set(clip.labels.map((label) => nameOf(label, 'a class', place)))];
  return { ...clip, clip: name, labels, segments, tracks };
}

function sizeOf({ boxUnit, width, height }: AnnotatedClip): [number, number] | undefined {
  if (boxUnit === 'parts') return [1, 1];
  return width && height ? [width, height] : undefined;
}

function soundBox(
  one: AnnotatedBox,
  { place, counts, size }: { place: string; counts: Mended; size?: [number, number] },
): AnnotatedBox[] {
  const { box, frame, timeSeconds } = one;
  if (!box.every(Number.isFinite)) throw fault(place, 'four finite edges', box.join(', '));
  if (box[2] < box[0] || box[3] < box[1]) throw fault(place, 'edges x0 <= x1 and y0 <= y1', box.join(', '));
  if (frame !== null && (!Number.isSafeInteger(frame) || frame < 0))
    throw fault(place, 'a whole frame number from 0', String(frame));
  if (timeSeconds !== null && !Number.isFinite(timeSeconds))
    throw fault(place, 'a finite time', String(timeSeconds));
  if (timeSeconds !== null && timeSeconds < 0) return (countMended(counts, MENDED.before), []);
  const inside = size ? boxInside(box, size, counts) : box;
  if (inside === null) return [];
  return [inside === box ? one : { ...one, box: inside }];
}

function nameOf(name: string, what: string, place: string): string {
  const composed = name.normalize('NFC');
  if (composed.trim() === '') throw fault(place, `a name of ${what}`, `"${name}"`);
  if (!composed.includes('\uFFFD')) return composed;
  throw formatError(
    place,
    `a name of ${what} that was decoded whole`,
    `"${composed}"`,
    'an earlier program read the file in a wrong encoding: several names may have become one',
  );
}

function fault(path: string, expected: string, received: string): WhereWhenError {
  return formatError(path, expected, received);
}
