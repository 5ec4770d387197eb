// What is mended of a truth, whoever brings it: a `truth.json`, saved labels, a request of the page. The rules are those of
// the annotation readers: what reaches beyond the start of the video or the edge of the picture is cut there and counted;
// what cannot be (ends before starts, inverted boxes, empty names) the form of the truth refuses.
import { checked } from '../checked.js';
import { boxInside, countMended, MENDED, mendedNotes, type Mended } from '../dataset/formats/mending.js';
import { Truth, type TruthClip, type TruthFrame } from '../truth.js';

const FORM =
  'the form is {version: 1, clips: {"Class/clip.mp4": {label, startSeconds, endSeconds, width, height, frames}}}';

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
  const kept = instances?.flatMap((one) =>
    one.endSeconds >= 0 ? [one] : (countMended(own, MENDED.before), []),
  );
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

function fromStart(
  { startSeconds, endSeconds }: { startSeconds: number; endSeconds: number },
  mended: Mended,
): { startSeconds: number; endSeconds: number } {
  if (startSeconds < 0) countMended(mended, MENDED.early);
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
    countMended(mended, MENDED.before);
    return { ...frame, timeSeconds: time, box: null };
  }
  if (box === null) return timeSeconds < 0 ? { ...frame, timeSeconds: time } : frame;
  const inside = boxInside(box, [width, height], mended);
  return inside === box ? frame : { ...frame, box: inside };
}
