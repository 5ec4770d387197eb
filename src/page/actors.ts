// Which actors of an answer words and pictures tell of, and where each is. An answer holds more than is worth telling: a
// class that hardly anything speaks for may still win some frames. The rule stands here, once, for all of them.
import type { Actor, ActorSegment, Box, Result, Segment } from '../result.js';
import { CLASS_COLOURS } from './colours.js';

/** A class is told as soon as it is so likely, in parts of the most probable class. */
const LIKELY = 1 / 3;
/** One that is less likely, but not below this part, is told where its own frames are surer than not. */
const POSSIBLE = 1 / 20;
const SURE = 1 / 2;

/**
 * Is a segment shown, given the probability of its class and that of the best class? Either the class is not far behind the
 * best one, or the segment's own frames speak for it and the clip does not speak against it. Constants are ours.
 */
export function isShown(probability: number, best: number, score: number): boolean {
  return probability >= LIKELY * best || (probability >= POSSIBLE * best && score >= SURE);
}

/** The actors that are told, in the order of the answer, each with those of its segments that are told. */
export function shownActors({ actors, classes }: Pick<Result, 'actors' | 'classes'>): Actor[] {
  const best = Math.max(0, ...classes.map(({ probability }) => probability));
  return actors.flatMap((actor): Actor[] => {
    const shown = (score: number): boolean =>
      isShown(probabilityOf(actor.label, classes, actor), best, score);
    if (actor.segments.length === 0) return shown(0) ? [actor] : [];
    const segments = actor.segments.filter(({ score }) => shown(score));
    return segments.length > 0 ? [{ ...actor, segments }] : [];
  });
}

/** Told segments of classes that have no actor (an answer of version 1), class by class. */
export function shownWithoutActor({
  segments,
  classes,
  actors,
}: Pick<Result, 'segments' | 'classes' | 'actors'>): Pick<Actor, 'label' | 'segments'>[] {
  const best = Math.max(0, ...classes.map(({ probability }) => probability));
  const left = segments.filter(
    ({ label, score }) =>
      !actors.some((actor) => actor.label === label) &&
      isShown(probabilityOf(label, classes, { score }), best, score),
  );
  return [...new Set(left.map(({ label }) => label))].map((label) => ({
    label,
    segments: left.filter((segment) => segment.label === label),
  }));
}

/** The class's probability; `predict --top` leaves classes out, then the score of what was found stands for it. */
function probabilityOf(label: string, classes: Result['classes'], { score }: { score: number }): number {
  return classes.find((one) => one.label === label)?.probability ?? score;
}

/** All segments that are told, with their class. */
export function shownSegments(result: Pick<Result, 'segments' | 'classes' | 'actors'>): Segment[] {
  return [...shownActors(result), ...shownWithoutActor(result)].flatMap(({ label, segments }) =>
    segments.map((segment) => ({ ...segment, label })),
  );
}

/**
 * The place of each class, which is the place of its colour: those of `order` first where there is a colour for each of them,
 * so that several answers agree; then classes of actors that are told, then the others.
 */
export function classPlaces(
  result: Pick<Result, 'segments' | 'classes' | 'actors'>,
  order: readonly string[] = [],
): Map<string, number> {
  const shown = [...shownActors(result), ...shownWithoutActor(result), ...result.classes];
  const first = order.length <= CLASS_COLOURS.length ? order : [];
  const labels = new Set([...first, ...shown.map(({ label }) => label)]);
  return new Map([...labels].map((label, place) => [label, place]));
}

/** All segments of one class, told or not: those of its actors, else those that have none. */
export function segmentsOfClass({ actors, segments }: Pick<Result, 'segments' | 'actors'>, label: string) {
  const own = actors.filter((actor) => actor.label === label).flatMap((actor) => actor.segments);
  const found = own.length > 0 ? own : segments.filter((segment) => segment.label === label);
  return found.map(({ startSeconds, endSeconds, score }): Segment => ({
    label,
    startSeconds,
    endSeconds,
    score,
  }));
}

/** Does one of these segments last at this time? Without segments every moment counts. */
export function lasts(segments: readonly ActorSegment[], seconds: number): boolean {
  if (segments.length === 0) return true;
  return segments.some(({ startSeconds, endSeconds }) => seconds >= startSeconds && seconds <= endSeconds);
}

/** Boxes of an actor on the sampled frames on which it acts. */
export function actingBoxes({ boxes, segments }: Actor, frames: Result['frames']): Box[] {
  return boxes.filter((box, i): box is Box => box !== null && lasts(segments, frames[i]!.timeSeconds));
}
