// The time lines of several clips on one scale: what an ethogram draws. Pure.
import { classPlaces, shownSegments } from '../../../src/page/actors.js';
import { CLASS_COLOURS } from '../../../src/page/colours.js';
import type { Result } from '../../../src/result.js';

/** What is kept of an answer; masks and curves are not. */
export type LaneFacts = Pick<Result, 'video' | 'segments' | 'classes' | 'actors' | 'unseen'>;

/** A part of a lane, in percent of the longest clip. */
export interface LanePart {
  label: string;
  startSeconds: number;
  endSeconds: number;
  left: number;
  width: number;
}

/** One clip. */
export interface Lane {
  id: string;
  /** Percent of the longest clip. */
  width: number;
  pieces: LanePart[];
  /** Stretches that no sampled frame stands for. */
  unseen: LanePart[];
}

/** Lanes of clips in their order, `seconds` that the longest lasts, and the place of the colour of every class on them. */
export interface Lanes {
  lanes: Lane[];
  seconds: number;
  places: Map<string, number>;
}

/** `order`: classes in the order of their colours; where there are more than colours, those that take most time come first. */
export function lanesOf(clips: readonly { id: string; facts: LaneFacts }[], order: readonly string[]): Lanes {
  const seconds = Math.max(1e-3, ...clips.map(({ facts }) => facts.video.durationSeconds));
  const part = (span: Omit<LanePart, 'left' | 'width'>): LanePart => ({
    ...span,
    left: (100 * span.startSeconds) / seconds,
    width: (100 * Math.max(0, span.endSeconds - span.startSeconds)) / seconds,
  });
  const lanes = clips.map(({ id, facts }) => ({
    id,
    width: (100 * facts.video.durationSeconds) / seconds,
    pieces: shownSegments(facts).map(({ label, startSeconds, endSeconds }) =>
      part({ label, startSeconds, endSeconds }),
    ),
    unseen: (facts.unseen ?? []).map((span) => part({ label: '', ...span })),
  }));
  const named = order.length <= CLASS_COLOURS.length ? order : byTime(lanes);
  const places = classPlaces({ segments: [], classes: [], actors: [] }, named);
  for (const label of byTime(lanes)) if (!places.has(label)) places.set(label, places.size);
  return { lanes, seconds, places };
}

/** Classes on the lanes, that which takes most time first. */
function byTime(lanes: readonly Lane[]): string[] {
  const time = new Map<string, number>();
  for (const { label, width } of lanes.flatMap(({ pieces }) => pieces))
    time.set(label, (time.get(label) ?? 0) + width);
  return [...time].sort((a, b) => b[1] - a[1]).map(([label]) => label);
}
