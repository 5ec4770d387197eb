// Who acts, by the first look: one thing in the class-free box, or several classes, each where its own map lies.
//
//   a class acts where a window of its own gives it `who.least` (names.ts); two act apart where their boxes overlap by less than
//   a half
//   segments of one of several = the best path of its log odds against all others and nothing, in the cells of its boxes
import type { Box } from '../result.js';
import { logSumExp } from '../probability.js';
import { middles, placesIn, type CellLine } from './cells.js';
import { boxOverlap, type Picture, type ScoredBox } from './boxes.js';
import type { FrameLook } from './looks.js';
import type { MapGrid } from './maps.js';
import type { LocalizeOptions, WhoOptions } from './options.js';
import { pathSegments, type FrameSegment } from './path.js';
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
  /** Draws boxes and points from a map. */
  draw: (map: Float32Array) => FrameLook[];
}

/** Who acts, best first; those that were only asked for come last. */
export function actorsOf(input: ActorInput, { who }: Pick<LocalizeOptions, 'who'>): ActorLook[] {
  const windows = namedWindows(input);
  const scores = scoresByWindows(windows, input.classes);
  const byMap = drawer(input, { scores, who });
  const acting = new Set(actingClasses(windows, input, who));
  const likely = ranked(scores).filter((k) => acting.has(k));
  const several = likely.length > 1 ? apart(likely.map(byMap)) : [];
  const told = several.length > 1 ? several : [classFree(input)];
  const others = input.asked.filter((k) => told.every(({ classIndex }) => classIndex !== k));
  return [...told, ...others.map((k) => ({ ...byMap(k), isShown: false }))];
}

/** Draws a class's actor from its own map, each class once; the shares of the classes are found when the first one is drawn. */
function drawer(
  input: ActorInput,
  { scores, who }: { scores: Float32Array; who: WhoOptions },
): (k: number) => ActorLook {
  const drawn = new Map<number, ActorLook>();
  let shares: Float32Array[] | undefined;
  return (k) => {
    const known = drawn.get(k);
    if (known) return known;
    shares ??= classShares(input, who);
    const map = classMap(input.foreground, shares[k]!, who.power);
    const own = actorOf(k, scores[k]!, input.draw(map));
    const segments = segmentsOf(k, own, input);
    const actor: ActorLook = { ...own, segments, map, source: 'classMap', isShown: true };
    drawn.set(k, actor);
    return actor;
  };
}

/** The one thing that acts: the likeliest class of the clip, in the boxes that know no class. */
function classFree({ probabilities, frames, segments, foreground: map }: ActorInput): ActorLook {
  const k = indexOfMax(probabilities);
  const own = actorOf(k, probabilities[k]!, frames);
  const segmentsOfClass = segments.filter(({ classIndex }) => classIndex === k);
  return { ...own, segments: segmentsOfClass, map, source: 'classFree', isShown: true };
}

function actorOf(
  classIndex: number,
  score: number,
  looks: readonly FrameLook[],
): Omit<ActorLook, 'segments' | 'map' | 'source' | 'isShown'> {
  return {
    ...{ classIndex, score },
    boxes: looks.map((look) => look.box && { box: look.box, score: look.score }),
    points: looks.map(({ point }) => point),
  };
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

/** When one of several acts: log odds of its class against the rest, in the cells of its boxes. */
function segmentsOf(k: number, { boxes }: Pick<ActorLook, 'boxes'>, input: ActorInput): FrameSegment[] {
  const { classes, grid, picture } = input;
  const odds = boxes.map((scored, i) => {
    const cells = cellsIn(scored?.box ?? [0, 0, picture.width, picture.height], grid, picture);
    const means = Array.from({ length: classes + 1 }, (_, j) => meanAt(input, i, j, cells));
    return means[k]! - logSumExp(means.filter((_, j) => j !== k));
  });
  const found = pathSegments(odds, 1, { probability: 'sigmoid' });
  return found.map((segment) => ({ ...segment, classIndex: k })).sort((a, b) => b.score - a.score);
}

/** Cells that look at a place in the box; the one that looks nearest to its centre where it holds none. */
function cellsIn([x0, y0, x1, y1]: Box, { height, width, cells }: MapGrid, picture: Picture): number[] {
  const along = (length: number, count: number, line?: CellLine): number[] =>
    middles(count, line).map((share) => share * length);
  const columns = placesIn([x0, x1], along(picture.width, width, cells?.x));
  const rows = placesIn([y0, y1], along(picture.height, height, cells?.y));
  return rows.flatMap((y) => columns.map((x) => y * width + x));
}

function meanAt(
  { scores, classes, grid }: ClassScores,
  i: number,
  k: number,
  cells: readonly number[],
): number {
  const from = (i * (classes + 1) + k) * grid.height * grid.width;
  return cells.reduce((sum, p) => sum + scores[from + p]!, 0) / cells.length;
}

/** Places in the order of their values, the largest first; equal ones in their own order. */
function ranked(values: ArrayLike<number>): number[] {
  return Array.from(values, (_, k) => k).sort((a, b) => values[b]! - values[a]!);
}
