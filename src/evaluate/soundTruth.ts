// What is mended of a truth, whoever brings it: a `truth.json`, saved labels, a request of the page. The rules are those of
// the annotation readers: what reaches beyond the start of the video or the edge of the picture is cut there and counted;
// what cannot be (ends before starts, inverted boxes, empty names) the form of the truth refuses.
import { checked } from '../checked.js';
import type { Box } from '../result.js';
import { Truth, type TruthClip, type TruthFrame } from '../truth.js';

/** What was mended, and how often, in the words of the readers. */
export type Mended = Map<string, number>;

const FORM =
  'the form is {version: 1, clips: {"Class/clip.mp4": {label, startSeconds, endSeconds, width, height, frames}}}';
const EARLY = 'times before the start of the video are set to 0';
const BEFORE = 'stretches or boxes before the start of the video are left out';
const CUT = 'boxes that reach beyond the picture are cut at its edge';
const OUTSIDE = 'boxes outside the picture are left out';

/**
 * Checks an already parsed JSON value; `notes` are told what was mended. Throws `WhereWhenError` (format) that names `path`
 * and the first field at fault.
 */
export function parseTruth(value: unknown, path = 'truth.json', notes?: string[]): Truth {
  return soundTruth(checked(path, value, Truth, FORM), path, notes);
}

/** A truth as it may be used. `notes` are told what was mended, each with its count. */
export function soundTruth(truth: Truth, path: string, notes?: string[]): Truth {
  const mended: Mended = new Map();
  const clips = Object.entries(truth.clips).map(([name, clip]) => [name, soundTruthClip(clip, mended)]);
  notes?.push(...mendedNotes(mended, path));
  return mended.size === 0 ? truth : { ...truth, clips: Object.fromEntries(clips) as Truth['clips'] };
}

/** One clip of it; the same object where nothing is to be mended. */
export function soundTruthClip(clip: TruthClip, mended: Mended): TruthClip {
  const own: Mended = new Map();
  const { width, height, instances, actors } = clip;
  const framesOf = (frames: readonly TruthFrame[]): TruthFrame[] =>
    frames.map((frame) => soundFrame(frame, { width, height }, own));
  const kept = instances?.filter(({ endSeconds: end }) => end >= 0 || count(own, BEFORE));
  const whole: TruthClip = {
    ...clip,
    ...fromStart(clip, own),
    frames: framesOf(clip.frames),
    ...(kept && { instances: kept.map((one) => ({ ...one, ...fromStart(one, own) })) }),
    ...(actors && { actors: actors.map((one) => ({ ...one, frames: framesOf(one.frames) })) }),
  };
  for (const [what, times] of own) mended.set(what, (mended.get(what) ?? 0) + times);
  return own.size === 0 ? clip : whole;
}

/** A line for each thing that was mended. */
export function mendedNotes(mended: Mended, path: string): string[] {
  return [...mended].map(([what, times]) => `${path}: ${times} ${what}`);
}

function fromStart(
  { startSeconds, endSeconds }: { startSeconds: number; endSeconds: number },
  mended: Mended,
): { startSeconds: number; endSeconds: number } {
  if (startSeconds < 0) count(mended, EARLY);
  return { startSeconds: Math.max(0, startSeconds), endSeconds: Math.max(0, endSeconds) };
}

function soundFrame(
  frame: TruthFrame,
  { width, height }: { width: number; height: number },
  mended: Mended,
): TruthFrame {
  const { box, timeSeconds } = frame;
  const time = Math.max(0, timeSeconds);
  if (box !== null && timeSeconds < 0) {
    count(mended, BEFORE);
    return { ...frame, timeSeconds: time, box: null };
  }
  if (box === null) return timeSeconds < 0 ? { ...frame, timeSeconds: time } : frame;
  const [x0, y0, x1, y1] = box;
  if (x1 < 0 || y1 < 0 || x0 > width || y0 > height) {
    count(mended, OUTSIDE);
    return { ...frame, box: null };
  }
  const inside = (edge: number, size: number): number => Math.min(size, Math.max(0, edge));
  const cut: Box = [inside(x0, width), inside(y0, height), inside(x1, width), inside(y1, height)];
  if (!cut.some((edge, e) => Math.abs(edge - box[e]!) > 1e-6)) return frame;
  count(mended, CUT);
  return { ...frame, box: cut };
}

/** Counts one; false, so that a filter which counts leaves it out. */
function count(mended: Mended, what: string): false {
  mended.set(what, (mended.get(what) ?? 0) + 1);
  return false;
}
