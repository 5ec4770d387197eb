// What every reader and every writer does with what cannot be: times and edges that are no numbers, ends before starts,
// times before the video, boxes outside the picture, empty names. Either refused, or mended and counted in the notes.
import type { TemporalDetection } from '../../metrics/index.js';
import type { Box } from '../../result.js';
import { WhereWhenError } from '../../errors.js';
import type { AnnotatedBox, AnnotatedClip, AnnotatedSegment, Annotations, Track } from './form.js';
import { lanesOf } from './lanes.js';

/** How often each thing was mended. */
type Counts = Map<string, number>;

const EARLY = 'times before the start of the video are set to 0';
const BEFORE = 'stretches or boxes before the start of the video are left out';
const CUT = 'boxes that reach beyond the picture are cut at its edge';
const TOGETHER = 'tracks have several boxes on one frame: each is a thing of its own';
const OUTSIDE = 'boxes outside the picture are left out';

/**
 * Annotations as they may be used. Refused (`format`, naming clip and item): numbers that are not finite, ends before
 * starts, inverted boxes, frames below 0, empty names, names with characters that a wrong decoding lost. Mended and
 * counted: negative times, several boxes of a track on one frame, and (not of official sets) boxes beyond the picture. Names are in Unicode's composed form.
 */
export function sound(annotations: Annotations, path: string, { keepsBoxes = false } = {}): Annotations {
  const counts: Counts = new Map();
  const clips = annotations.clips.map((clip) => soundClip(clip, { path, counts, keepsBoxes }));
  const classes = [...new Set(annotations.classes.map((label) => nameOf(label, 'a class', path)))];
  return { ...annotations, classes, clips, notes: [...annotations.notes, ...notesOn(counts, path)] };
}

/** Detections as they may be scored, with what was mended. Throws as {@link sound}. */
export function soundDetections(
  detections: readonly TemporalDetection[],
  path: string,
): { detections: TemporalDetection[]; notes: string[] } {
  const counts: Counts = new Map();
  const kept = detections.flatMap((one, i) => {
    const place = `${path} > detection ${i + 1}`;
    if (!Number.isFinite(one.score)) throw fault(place, 'a finite score', String(one.score));
    const video = nameOf(one.video, 'a video', place);
    return soundSegment(one, place, counts).map((segment) => ({ ...one, ...segment, video }));
  });
  return { detections: kept, notes: notesOn(counts, path) };
}

/** A stretch of time that is one: none, or itself, from 0 at the earliest. */
function soundSegment<S extends AnnotatedSegment>(segment: S, place: string, counts: Counts): S[] {
  const { startSeconds: start, endSeconds: end } = segment;
  const label = nameOf(segment.label, 'a class', place);
  if (!Number.isFinite(start) || !Number.isFinite(end))
    throw fault(place, 'finite times', `${start} to ${end}`);
  if (end < start) throw fault(place, 'an end that is not before the start', `${start} to ${end}`);
  if (end < 0) return (count(counts, BEFORE), []);
  if (start < 0) count(counts, EARLY);
  return [{ ...segment, label, startSeconds: Math.max(0, start) }];
}

interface Within {
  path: string;
  counts: Counts;
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
    if (lanes.length > 1) count(counts, TOGETHER);
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
  { place, counts, size }: { place: string; counts: Counts; size?: [number, number] },
): AnnotatedBox[] {
  const { box, frame, timeSeconds } = one;
  if (!box.every(Number.isFinite)) throw fault(place, 'four finite edges', box.join(', '));
  if (box[2] < box[0] || box[3] < box[1]) throw fault(place, 'edges x0 <= x1 and y0 <= y1', box.join(', '));
  if (frame !== null && (!Number.isSafeInteger(frame) || frame < 0))
    throw fault(place, 'a whole frame number from 0', String(frame));
  if (timeSeconds !== null && !Number.isFinite(timeSeconds))
    throw fault(place, 'a finite time', String(timeSeconds));
  if (timeSeconds !== null && timeSeconds < 0) return (count(counts, BEFORE), []);
  const cut = size ? (box.map((edge, e) => Math.min(size[e % 2]!, Math.max(0, edge))) as Box) : box;
  if (size && (box[2] < 0 || box[3] < 0 || box[0] > size[0] || box[1] > size[1]))
    return (count(counts, OUTSIDE), []);
  if (!cut.some((edge, e) => Math.abs(edge - box[e]!) > 1e-6)) return [one];
  count(counts, CUT);
  return [{ ...one, box: cut }];
}

function nameOf(name: string, what: string, place: string): string {
  const composed = name.normalize('NFC');
  if (composed.trim() === '') throw fault(place, `a name of ${what}`, `"${name}"`);
  if (!composed.includes('\uFFFD')) return composed;
  throw new WhereWhenError({
    code: 'format',
    path: place,
    expected: `a name of ${what} that was decoded whole`,
    received: `"${composed}"`,
    hint: 'an earlier program read the file in a wrong encoding: several names may have become one',
  });
}

function count(counts: Counts, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}

function notesOn(counts: Counts, path: string): string[] {
  return [...counts].map(([what, times]) => `${path}: ${times} ${what}`);
}

function fault(path: string, expected: string, received: string): WhereWhenError {
  return new WhereWhenError({ code: 'format', path, expected, received });
}
