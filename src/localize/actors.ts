// Who acts, by the first look: one thing in the class-free box, or several classes, each where its own map lies. One thing has its
// own map too where that lies elsewhere: a picture may show more than the one class that is told.
//
//   a class acts where a window of its own gives it `who.least` (names.ts); two are one thing where the squares around them overlap
//   by `who.together`, or, of models made before, their boxes by a half
import { actorSegments } from './actorSegments.js';
import { middles } from './cells.js';
import { boxOverlap, type Picture, type ScoredBox } from './boxes.js';
import { cropsAround, squaresOverlap, type Crop, type FrameLook } from './looks.js';
import { SecondLook, type LocalizeOptions, type WhoOptions } from './options.js';
import type { FrameSegment } from './path.js';
import { indexOfMax } from './tubes.js';
import { actingClasses, namedWindows, scoresByWindows, type ClassScores } from './names.js';
import { classMap, classShares } from './whoActs.js';

/** One class and whoever does it: a box (or none) and a point a frame, and when. */
export interface ActorLook {
  classIndex: number;
  score: number;
  boxes: (ScoredBox | null)[];
  points: [x: number, y: number][];
  segments: FrameSegment[];
  /** What its boxes were drawn from, `[n,h,w]`. */
  map: Float32Array;
  /** Whose boxes they are: those of the class's own map, or those of the foreground, whatever the class. */
  source: 'classMap' | 'classFree';
  /** Whether the clip says that it acts; else it was only asked for. */
  isShown: boolean;
  /** The same thing under its other likely names, less likely ones last. */
  names?: ActorLook[];
}

/** Who acts in a clip. */
export interface ActorLooks {
  /** Best first; those that were only asked for come last. */
  actors: ActorLook[];
  /** What is told instead where several act by the first look, but one by a second that chooses. */
  alone?: ActorLook;
}

/** What actors are found from. */
export interface ActorInput extends ClassScores {
  picture: Picture;
  /** Class probabilities of the clip, `[K]`. */
  probabilities: ArrayLike<number>;
  /** The map of the foreground `[n,h,w]` in 0..1, and what was drawn from it. */
  foreground: Float32Array;
  frames: readonly FrameLook[];
  /** Segments of the clip as it is. */
  segments: readonly FrameSegment[];
  /** Classes that are asked for, whether they act or not. */
  asked: readonly number[];
  /** Whether a second look chooses between names, after which one may be left. */
  isNear?: boolean;
  /** Draws boxes and points from a map. */
  draw: (map: Float32Array) => FrameLook[];
}

/** Who acts. */
export function actorsOf(
  input: ActorInput,
  { who, where }: Pick<LocalizeOptions, 'who' | 'where'>,
): ActorLooks {
  const windows = namedWindows(input);
  const scores = scoresByWindows(windows, input.classes);
  const mapOf = classMaps(input, who);
  const byMap = drawer(input, { scores, mapOf });
  const acting = new Set(actingClasses(windows, input, who));
  const likely = ranked(scores).filter((k) => acting.has(k));
  const several = likely.length > 1 ? thingsOf(likely.map(byMap), input.picture, { who, where }) : [];
  const isSeveral = several.length > 1;
  const one = (): ActorLook => alone(input, { who, mapOf, byMap });
  const told = isSeveral ? several : [one()];
  const others = input.asked.filter((k) => told.every(({ classIndex }) => classIndex !== k));
  const actors = [...told, ...others.map((k) => ({ ...byMap(k), isShown: false }))];
  return { actors, ...(isSeveral && input.isNear && { alone: one() }) };
}

/** The map of each class; the shares of the classes are found when the first one is asked for. */
function classMaps(input: ActorInput, who: WhoOptions): (k: number) => Float32Array {
  let shares: Float32Array[] | undefined;
  return (k) => {
    shares ??= classShares(input, who);
    return classMap(input.foreground, shares[k]!, input.grid, who);
  };
}

/** Draws a class's actor from its own map, each class once. */
function drawer(
  input: ActorInput,
  { scores, mapOf }: { scores: Float32Array; mapOf: (k: number) => Float32Array },
): (k: number) => ActorLook {
  const drawn = new Map<number, ActorLook>();
  return (k) => {
    const known = drawn.get(k);
    if (known) return known;
    const map = mapOf(k);
    const own = actorOf(k, scores[k]!, input.draw(map));
    const segments = actorSegments(k, own.boxes, input);
    const actor: ActorLook = { ...own, segments, map, source: 'classMap', isShown: true };
    drawn.set(k, actor);
    return actor;
  };
}

/** The one thing that acts: in the boxes that know no class, or in those of its own map where that peaks elsewhere. */
function alone(
  input: ActorInput,
  {
    who,
    mapOf,
    byMap,
  }: { who: WhoOptions; mapOf: (k: number) => Float32Array; byMap: (k: number) => ActorLook },
): ActorLook {
  const free = classFree(input);
  const { classIndex, score, segments } = free;
  if (who.alone === 0 || peaksIn(free.boxes, mapOf(classIndex), input) >= who.alone) return free;
  return { ...byMap(classIndex), score, segments };
}

/** The share of frames on which a map `[n,h,w]` peaks in a box, or less than a cell beside it, of those that have one; 1 where none has. */
function peaksIn(
  boxes: ActorLook['boxes'],
  map: Float32Array,
  { grid, picture }: Pick<ActorInput, 'grid' | 'picture'>,
): number {
  const { height, width, cells } = grid;
  const [columns, rows] = [middles(width, cells?.x), middles(height, cells?.y)];
  const [right, down] = [picture.width / width, picture.height / height];
  const hits = boxes.flatMap((scored, t) => {
    if (!scored) return [];
    const [x0, y0, x1, y1] = scored.box;
    const peak = indexOfMax(map.subarray(t * height * width, (t + 1) * height * width));
    const x = columns[peak % width]! * picture.width;
    const y = rows[Math.floor(peak / width)]! * picture.height;
    return [Number(x > x0 - right && x < x1 + right && y > y0 - down && y < y1 + down)];
  });
  return hits.length > 0 ? hits.reduce((sum, hit) => sum + hit, 0) / hits.length : 1;
}

/** The likeliest class of the clip, in the boxes that know no class. */
function classFree({ probabilities, frames, segments, foreground: map }: ActorInput): ActorLook {
  const k = indexOfMax(probabilities);
  const own = actorOf(k, probabilities[k]!, frames);
  const segmentsOfClass = segments.filter(({ classIndex }) => classIndex === k);
  return { ...own, segments: segmentsOfClass, map, source: 'classFree', isShown: true };
}

/** What one look says of an actor. */
export function looksOf({ boxes, points }: Pick<ActorLook, 'boxes' | 'points'>): FrameLook[] {
  return boxes.map((scored, t) => ({
    box: scored?.box ?? null,
    score: scored?.score ?? 0,
    point: points[t]!,
  }));
}

/** What an actor has of one look. */
export function boxesOf(looks: readonly FrameLook[]): Pick<ActorLook, 'boxes' | 'points'> {
  return {
    boxes: looks.map(({ box, score }) => box && { box, score }),
    points: looks.map(({ point }) => point),
  };
}

function actorOf(
  classIndex: number,
  score: number,
  looks: readonly FrameLook[],
): Omit<ActorLook, 'segments' | 'map' | 'source' | 'isShown'> {
  return { classIndex, score, ...boxesOf(looks) };
}

/** The things that classes are, surest first. */
function thingsOf(
  actors: readonly ActorLook[],
  picture: Picture,
  { who: { together }, where: { second } }: Pick<LocalizeOptions, 'who' | 'where'>,
): ActorLook[] {
  if (together === undefined) return apart(actors);
  const things: { actor: ActorLook; crops: Crop[]; names: ActorLook[] }[] = [];
  for (const actor of actors) {
    const crops = cropsAround(looksOf(actor), picture, second ?? SecondLook.parse({}));
    const same = things.find((thing) => squaresOverlap(thing.crops, crops) >= together);
    if (same) same.names.push(actor);
    else things.push({ actor, crops, names: [] });
  }
  return things.map(({ actor, names }) => (names.length > 0 ? { ...actor, names } : actor));
}

/** Those that stand apart from every better one: the same thing under two names acts once. */
function apart(actors: readonly ActorLook[]): ActorLook[] {
  const kept: ActorLook[] = [];
  for (const actor of actors) {
    if (kept.every((other) => meanOverlap(actor, other) < 0.5)) kept.push(actor);
  }
  return kept;
}

function meanOverlap(a: ActorLook, b: ActorLook): number {
  const overlaps = a.boxes.map((one, t) => {
    const other = b.boxes[t];
    return one && other ? boxOverlap(one.box, other.box) : 0;
  });
  return overlaps.reduce((sum, one) => sum + one, 0) / Math.max(1, overlaps.length);
}

/** Places in the order of their values, the largest first; equal ones in their own order. */
function ranked(values: ArrayLike<number>): number[] {
  return Array.from(values, (_, k) => k).sort((a, b) => values[b]! - values[a]!);
}
