// The second look at a clip: squares around what the first one found, cut out of its pictures, through the backbone and the
// head again. What comes back takes the place of the first look's boxes and points.
import { looksOf } from '../localize/actors.js';
import { closeShares, nameOf } from '../localize/closeNames.js';
import { segmentsOfActors } from '../localize/localize.js';
import { boxesInCrops, cropsAround, squaresOverlap, type Crop, type FrameLook } from '../localize/looks.js';
import type { ActorLook, Localization, MapGrid, Picture } from '../localize/index.js';
import type { LocalizeOptions, SecondLook, WhoOptions } from '../localize/options.js';
import { cropTo, type Rectangle } from '../video/crop.js';
import { sizeOf, type Tensor } from '../tensor.js';
import type { Size } from '../video/types.js';
import type { BesideFrame } from './besideCamera.js';

/** The pictures of a clip that a second look cuts from: `data` uint8 `[n,height,width,3]`. */
export interface Pictures extends Size {
  data: Uint8Array;
  /** The part of the source picture that they show, in its pixels. */
  covers: Rectangle;
  /** The frames beside each of them, for models that look at what moves against the camera. */
  beside?: () => Promise<BesideFrame[]>;
}

/** What the network makes of squares. */
export interface CloseMaps {
  /** `[n,h,w]` */
  foreground: ArrayLike<number>;
  /** Of every class and of nothing, `[n,K+1,h,w]`, of models that have weights for it. */
  closeScores?: ArrayLike<number>;
}

/** Looks at squares, one a frame, in pixels of the picture that boxes are in. */
export type LookAt = (crops: readonly Crop[]) => Promise<CloseMaps>;

/** What is looked at again. */
export interface LookAgain {
  seen: Localization;
  grid: MapGrid;
  picture: Picture;
  rules: LocalizeOptions & { where: { second: SecondLook } };
  classes: number;
  /** Classes that are asked for, whether they act or not. */
  asked?: readonly number[];
  lookAt: LookAt;
}

/** What was looked at: squares, one a frame, and what they show. */
interface Looked {
  crops: readonly Crop[];
  maps: CloseMaps;
}

/** What is drawn in squares, of what a first look drew. */
type Drawn = Pick<Localization, 'map' | 'frames'> & Partial<Pick<Localization, 'sizes'>>;

/**
 * The localisation with the boxes of the second look: those that know no class, and those of every actor of its own map. Things
 * are called what their squares show, where the model knows that; one that shows nothing is not told.
 */
export async function lookAgain({
  seen,
  grid,
  picture,
  rules,
  classes,
  lookAt,
  asked = [],
}: LookAgain): Promise<Localization> {
  const { second } = rules.where;
  const lookOnce = sharedLooks(lookAt, second.shared);
  const again = async (
    { frames, sizes, map: first }: Drawn,
    cut: SecondLook['apart'] = second,
  ): Promise<Looked & { frames: FrameLook[] }> => {
    const looked = await lookOnce(cropsAround(frames, picture, second, sizes));
    const maps = { map: looked.maps.foreground, first, grid };
    const { smoothTime } = second;
    const drawing = { ...rules.where, smoothTime, ...cut };
    return { ...looked, frames: boxesInCrops(maps, looked.crops, picture, drawing) };
  };
  const { frames } = await again({ ...seen, map: seen.moving ?? seen.map });
  const ofActor = async (actor: ActorLook): Promise<Thing> => {
    if (actor.source === 'classFree') return { actor: { ...actor, ...boxesOf(frames) } };
    const { frames: own, ...looked } = await again({ frames: looksOf(actor), map: actor.map }, second.apart);
    const seenAgain = { ...actor, ...boxesOf(own) };
    const scores = looked.maps.closeScores;
    const shares = scores && closeShares({ scores, classes, grid }, seenAgain.boxes, looked.crops);
    return { actor: seenAgain, shares };
  };
  const drawn = async (actors: readonly ActorLook[]): Promise<ActorLook[]> => {
    const all: ActorLook[] = [];
    for (const one of actors) all.push((await ofActor(one)).actor);
    return all;
  };
  if (!seen.actors) return { ...seen, frames };
  const { alone, ...rest } = seen;
  const first = seen.actors.filter(({ isShown }) => isShown);
  const named = alone && (await namedThings(first, { ofActor, who: rules.who }));
  const isOne = named !== undefined && named.length < 2;
  const shown = await (isOne ? drawn([alone!.actor]) : (named ?? drawn(first)));
  const left = asked.filter((k) => shown.every(({ classIndex }) => classIndex !== k));
  const others = await drawn(left.map((k) => firstOf(seen.actors!, k)));
  const actors = [...shown, ...others.map((one) => ({ ...one, isShown: false }))];
  const several = named && segmentsOfActors(shown);
  return { ...rest, frames, actors, segments: (isOne ? alone?.segments : several) ?? seen.segments };
}

/** The actor of class `k` as the first look has it: told, or another name of what is told. */
function firstOf(actors: readonly ActorLook[], k: number): ActorLook {
  return actors.flatMap((one) => [one, ...(one.names ?? [])]).find(({ classIndex }) => classIndex === k)!;
}

/** Looks at squares, or finds what was seen in nearly the same ones: those whose mean IoU with these is `least` or more. */
function sharedLooks(lookAt: LookAt, least: number): (crops: readonly Crop[]) => Promise<Looked> {
  const looked: Looked[] = [];
  return async (crops) => {
    const known = looked.find((one) => squaresOverlap(one.crops, crops) >= least);
    if (known) return known;
    const seen = { crops, maps: await lookAt(crops) };
    looked.push(seen);
    return seen;
  };
}

/** An actor in the boxes of the second look, and the shares `[K+1]` that its squares show, where that is known. */
interface Thing {
  actor: ActorLook;
  shares?: Float32Array;
}

/** Those of several things that show something, under the names that fit, the surest first. */
async function namedThings(
  things: readonly ActorLook[],
  { ofActor, who }: { ofActor: (actor: ActorLook) => Promise<Thing>; who: WhoOptions },
): Promise<ActorLook[]> {
  const told: ActorLook[] = [];
  for (const thing of things) {
    const { actor, shares } = await ofActor(thing);
    if (shares && shares.at(-1)! > who.nothing) continue;
    const name = shares ? nameOf(actor, shares, who) : actor;
    const isSame = name.classIndex === actor.classIndex;
    told.push(isSame ? name : (await ofActor(name)).actor); // each name has a map, and so boxes, of its own
  }
  return told.sort((a, b) => b.score - a.score).map((actor) => ({ ...actor, names: undefined }));
}

function boxesOf(looks: readonly FrameLook[]): Pick<ActorLook, 'boxes' | 'points'> {
  return {
    boxes: looks.map(({ box, score }) => box && { box, score }),
    points: looks.map(({ point }) => point),
  };
}

/** The squares of all frames at the size that the backbone takes, uint8 `[n,H,W,3]`; `offset` is where boxes count from. */
export function cutSquares(
  pictures: Pictures,
  crops: readonly Crop[],
  size: Size,
  offset: { x: number; y: number },
): Tensor {
  const { data, width, height, covers } = pictures;
  const [sx, sy] = [width / covers.width, height / covers.height];
  const shape = [crops.length, size.height, size.width, 3];
  const out = new Uint8Array(sizeOf(shape));
  const one = width * height * 3;
  crops.forEach(({ x, y, side }, t) => {
    const from = {
      x: (x + offset.x - covers.x) * sx,
      y: (y + offset.y - covers.y) * sy,
      width: side * sx,
      height: side * sy,
    };
    const square = cropTo(data.subarray(t * one, (t + 1) * one), { width, height }, from, size);
    out.set(square, (t * out.length) / crops.length);
  });
  return { dtype: 'uint8', shape, data: out };
}
