// What WHERE is scored from class by class: on each sampled frame with something true, the true boxes with their classes and
// the boxes of the answer's actors.
import type { Actor, Box } from '../result.js';
import type { ClipRecord } from './record.js';
import type { ClassFrame } from '../metrics/spatial.js';
import type { PictureSize } from '../metrics/trivial.js';
import { trueBoxesAt, type TrueBox, type TruthClip } from '../truth.js';

/** A thing over the sampled frames of a clip: a box or null each. */
export interface SampledTube {
  label: string;
  boxes: readonly (Box | null)[];
}

/** One that was answered. */
export interface ScoredTube extends SampledTube {
  score: number;
}

/** One clip: what is true and what was answered on its acting frames. */
export interface ActorClip extends PictureSize {
  truth: readonly (readonly TrueBox[])[];
  trueTubes: readonly SampledTube[];
  /** Boxes of the actors, in the order of the answer. */
  actors: readonly ScoredTube[];
  /** The same, cut to their segments. */
  tubes: readonly ScoredTube[];
}

/** The clips that have both actors and true boxes; true boxes of classes that are not among `classes` are left out. */
export function actorClips(records: readonly ClipRecord[], classes: readonly string[]): ActorClip[] {
  return records.flatMap(({ frames, truth, actors }): ActorClip[] => {
    if (!truth || !actors) return [];
    const acting = frames
      .map((frame, i) => ({ i, time: frame.timeSeconds, all: trueBoxesAt(truth, frame) }))
      .filter(({ all }) => all.some(({ label }) => classes.includes(label)));
    if (acting.length === 0) return [];
    const cut = (boxes: Actor['boxes'], holds: (time: number) => boolean = () => true) =>
      acting.map(({ i, time }) => (holds(time) ? (boxes[i] ?? null) : null));
    return [
      {
        ...{ width: truth.width, height: truth.height, truth: acting.map(({ all }) => all) },
        trueTubes: trueTubes(
          truth,
          acting.map(({ i }) => frames[i]!),
        ).filter(({ label }) => classes.includes(label)),
        actors: actors.map(({ label, score, boxes }) => ({ label, score, boxes: cut(boxes) })),
        tubes: actors.flatMap(({ label, score, boxes, segments }): ScoredTube[] =>
          segments.length === 0
            ? [{ label, score, boxes: cut(boxes) }]
            : segments.map((s) => ({
                ...{ label, score },
                boxes: cut(boxes, (time) => time >= s.startSeconds && time <= s.endSeconds),
              })),
        ),
      },
    ];
  });
}

/** Things that are true, over these frames: every actor, or each class of a truth with one box a frame. */
function trueTubes(truth: TruthClip, frames: readonly ClipRecord['frames'][number][]): SampledTube[] {
  const parts: TruthClip[] = truth.actors
    ? truth.actors.map((actor) => ({ ...truth, actors: [actor] }))
    : [truth];
  return parts.flatMap((part) => {
    const found = frames.map((frame) => trueBoxesAt(part, frame)[0] ?? null);
    const labels = [...new Set(found.flatMap((one) => (one ? [one.label] : [])))];
    return labels.map((label) => ({
      label,
      boxes: found.map((one) => (one?.label === label ? one.box : null)),
    }));
  });
}

/** One entry for each true class of each frame, in order; `boxOf` answers another box in place of the actor's. */
export function classFrames(
  { truth, actors }: ActorClip,
  classes: readonly string[],
  boxOf?: Box,
): (ClassFrame & { label: string })[] {
  return truth.flatMap((all, f) => {
    const labels = [...new Set(all.map(({ label }) => label))].filter((label) => classes.includes(label));
    return labels.map((label) => ({
      label,
      own: all.filter((one) => one.label === label).map(({ box }) => box),
      others: all.filter((one) => one.label !== label).map(({ box }) => box),
      predicted: boxOf ?? actors.find((one) => one.label === label && one.boxes[f])?.boxes[f] ?? null,
    }));
  });
}
