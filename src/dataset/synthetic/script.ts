// The script of one synthetic clip: who is on stage, where, and who does what when. Drawn from a
// seed, it is a plain description; `render.ts` turns it into pictures and `truth.ts` into truth.
import type { Random } from '../../random.js';
import { kinds, type Kind } from './shapes.js';

/** Four looks that one frame can tell, then four motions that only the order of frames can tell (all four are lit alike). */
export const actions = [
  'stripes', 'bars', 'checks', 'rings',
  'sweep-right', 'sweep-left', 'grow', 'shrink',
] as const; // prettier-ignore
export type Action = (typeof actions)[number];

/** Picture size in pixels, frames a second: small, and not square so that boxes must be scaled rightly. */
export const stage = { width: 160, height: 120, frameRate: 12 } as const;

/** A thing that moves slowly the whole time: `(x, y)` plus a wobble of `sway` pixels. */
export interface Body {
  kind: Kind;
  hue: number; // degrees
  lightness: number; // percent
  side: number; // square root of the bounding box's area, pixels
  x: number;
  y: number;
  sway: readonly [number, number]; // pixels
  rate: readonly [number, number]; // radians a frame
  phase: readonly [number, number];
  spin: number; // radians a frame
  angle: number;
}

/** Who does what when: frames `start .. end - 1` hold the action. */
export interface Act {
  action: Action;
  start: number;
  end: number;
  actor: Body;
  reach: number; // pixels that a sweep covers; side of the picture's box that a change of size ends with
}

/** One clip: its first act, and those that follow it in time, each of another class and by another actor. */
export interface Script extends Act {
  frames: number;
  later: readonly Act[];
  distractors: Body[];
  backdrop: { seed: number; drift: readonly [number, number]; phase: readonly [number, number] };
  flicker: number[]; // brightness factor of each frame
}

/** The share of the picture that a box of this side covers. */
export function coverage(side: number): number {
  return (side * side) / (stage.width * stage.height);
}

function sideOf(share: number): number {
  return Math.sqrt(share * stage.width * stage.height);
}

function body(random: Random, side: number): Body {
  return {
    kind: random.pick(kinds),
    hue: random.uniform(0, 360),
    lightness: random.uniform(45, 75),
    side,
    x: 0,
    y: 0,
    sway: [random.uniform(3, 7), random.uniform(3, 7)],
    rate: [random.uniform(0.08, 0.2), random.uniform(0.08, 0.2)],
    phase: [random.uniform(0, 2 * Math.PI), random.uniform(0, 2 * Math.PI)],
    spin: random.uniform(-0.03, 0.03),
    angle: random.uniform(0, 2 * Math.PI),
  };
}

/** A middle between `margin` and `length - margin`; the middle of the stage where it does not fit. */
function within(random: Random, length: number, margin: number): number {
  return margin * 2 >= length ? length / 2 : random.uniform(margin, length - margin);
}

/** Puts a body where its whole box stays on stage, with `extra` pixels to spare on both sides. */
function place(random: Random, thing: Body, extra = 0, largest = thing.side): Body {
  const margin = (axis: 0 | 1) => 0.62 * largest + thing.sway[axis]; // boxes are up to 1.24 as long as wide
  thing.x = within(random, stage.width, margin(0) + extra);
  thing.y = within(random, stage.height, margin(1));
  return thing;
}

function distractor(random: Random): Body {
  const thing = place(random, body(random, sideOf(random.uniform(0.03, 0.12))));
  return {
    ...thing,
    sway: [random.uniform(8, 18), random.uniform(8, 18)],
    rate: [random.uniform(0.04, 0.1), random.uniform(0.04, 0.1)],
  };
}

/** Sizes and reach of the actor: while it acts its box covers 4.5 to 18 percent of the picture. */
function actorFor(random: Random, action: Action): { actor: Body; reach: number } {
  const [small, large] = [sideOf(random.uniform(0.045, 0.065)), sideOf(random.uniform(0.14, 0.18))];
  if (action === 'grow') return { actor: place(random, body(random, small), 0, large), reach: large };
  if (action === 'shrink') return { actor: place(random, body(random, large), 0, large), reach: small };
  const isSweep = action.startsWith('sweep');
  const reach = isSweep ? random.uniform(0.35, 0.5) * stage.width : 0;
  const side = sideOf(random.uniform(0.05, isSweep ? 0.12 : 0.16));
  return { actor: place(random, body(random, side), reach / 2), reach };
}

/** A stretch of frames, the last one left out. */
interface Span {
  start: number;
  end: number;
}

/** One action somewhere in the clip: 22 to 48 percent of it. */
function oneSpan(random: Random): { frames: number; spans: Span[] } {
  const frames = random.integer(44, 57);
  const length = Math.round(frames * random.uniform(0.22, 0.48));
  const start = random.integer(0, frames - length + 1);
  return { frames, spans: [{ start, end: start + length }] };
}

/** Frames before, between and behind several actions in which nobody acts, at least. */
const leastPause = 2;

/** `count` actions one after another, 40 to 68 percent of the clip together; what is left is dealt out as pauses at random. */
function severalSpans(random: Random, count: number): { frames: number; spans: Span[] } {
  const frames = random.integer(32 * count, 43 * count);
  const lengths = Array.from({ length: count }, () =>
    Math.round((frames * random.uniform(0.4, 0.68)) / count),
  );
  const spare = frames - lengths.reduce((a, b) => a + b) - leastPause * (count + 1);
  const cuts = lengths.map(() => random.integer(0, spare + 1)).sort((a, b) => a - b);
  let acted = 0;
  const spans = lengths.map((length, i) => {
    const start = cuts[i]! + leastPause * (i + 1) + acted;
    acted += length;
    return { start, end: start + length };
  });
  return { frames, spans };
}

/** Writes the script of one clip, with `more` actions behind the first one: every choice comes from `random`. */
export function writeScript(action: Action, random: Random, more: readonly Action[] = []): Script {
  const { frames, spans } = more.length === 0 ? oneSpan(random) : severalSpans(random, more.length + 1);
  const [first, ...later] = [action, ...more].map((one, i): Act => ({
    action: one,
    ...spans[i]!,
    ...actorFor(random, one),
  }));
  return {
    ...first!,
    frames,
    later,
    distractors: Array.from({ length: random.integer(2, 5) }, () => distractor(random)),
    backdrop: {
      seed: random.uint32(),
      drift: [random.uniform(0.02, 0.06), random.uniform(0.02, 0.06)],
      phase: [random.uniform(0, 2 * Math.PI), random.uniform(0, 2 * Math.PI)],
    },
    flicker: Array.from({ length: frames }, () => random.uniform(0.88, 1.12)),
  };
}

/** Where a thing is and how it looks at one moment. */
export interface Pose {
  x: number;
  y: number;
  side: number;
  angle: number;
}

/** The idle motion at frame `t`: everybody on stage does this the whole time. */
export function idle(thing: Body, t: number): Pose {
  return {
    x: thing.x + thing.sway[0] * Math.sin(thing.rate[0] * t + thing.phase[0]),
    y: thing.y + thing.sway[1] * Math.sin(thing.rate[1] * t + thing.phase[1]),
    side: thing.side,
    angle: thing.angle + thing.spin * t,
  };
}

/** How far the action has come at frame `t`: 0 before, 1 after. */
function progress({ start, end }: Act, t: number): number {
  return Math.min(1, Math.max(0, (t - start + 0.5) / (end - start)));
}

/** The actor at frame `t`: idle motion plus what its action does to place and size. */
export function actorPose(act: Act, t: number): Pose {
  const pose = idle(act.actor, t);
  const done = progress(act, t);
  switch (act.action) {
    case 'sweep-right':
      return { ...pose, x: pose.x + act.reach * (done - 0.5) };
    case 'sweep-left':
      return { ...pose, x: pose.x - act.reach * (done - 0.5) };
    case 'grow':
    case 'shrink':
      return { ...pose, side: pose.side + (act.reach - pose.side) * done };
    default:
      return pose;
  }
}

/** The acts of a clip in the order of time. */
export function actsOf(script: Script): readonly Act[] {
  return [script, ...script.later];
}

/** Whether frame `t` shows the action. */
export function isActing({ start, end }: Act, t: number): boolean {
  return t >= start && t < end;
}
