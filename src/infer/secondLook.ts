// The second look at a clip: squares around what the first one found, cut out of its pictures, through the backbone and the
// head again. What comes back takes the place of the first look's boxes and points.
import type { ActorLook, Localization } from '../localize/index.js';
import { boxesOf } from '../localize/actors.js';
import { isByChance, isNothing, nameOf } from '../localize/closeNames.js';
import { segmentsOfActors } from '../localize/localize.js';
import type { WhoOptions } from '../localize/options.js';
import { Looker, type LookerOptions } from './looker.js';

/** What is looked at again. */
export interface LookAgain extends LookerOptions {
  seen: Localization;
  /** Classes that are asked for, whether they act or not. */
  asked?: readonly number[];
}

/**
 * The localisation with the boxes of the second look: those that know no class, and those of every actor of its own map. Things
 * are called what their squares show, where the model knows that; one that shows nothing is not told.
 */
export async function lookAgain({ seen, asked = [], ...options }: LookAgain): Promise<Localization> {
  const looker = new Looker(options);
  const frames = await looker.boxes({ ...seen, map: seen.moving ?? seen.map });
  if (!seen.actors) return { ...seen, frames };
  const drawn = async (actors: readonly ActorLook[]): Promise<ActorLook[]> => {
    const all: ActorLook[] = [];
    for (const one of actors) {
      const isFree = one.source === 'classFree';
      all.push(isFree ? { ...one, ...boxesOf(frames) } : (await looker.thing(one)).actor);
    }
    return all;
  };
  const { alone, ...rest } = seen;
  const first = seen.actors.filter(({ isShown }) => isShown);
  const named = alone && (await namedThings(first, alone.actor, { looker, who: options.rules.who }));
  const isAlone = named?.length === 0;
  const shown = isAlone ? await drawn([alone!.actor]) : (named ?? (await drawn(first)));
  const left = asked.filter((k) => shown.every(({ classIndex }) => classIndex !== k));
  const others = await drawn(left.map((k) => firstOf(seen.actors!, k)));
  const actors = [...shown, ...others.map((one) => ({ ...one, isShown: false }))];
  const ofThings = named && segmentsOfActors(shown);
  return { ...rest, frames, actors, segments: (isAlone ? alone?.segments : ofThings) ?? seen.segments };
}

/** The actor of class `k` as the first look has it: told, or another name of what is told. */
function firstOf(actors: readonly ActorLook[], k: number): ActorLook {
  return actors.flatMap((one) => [one, ...(one.names ?? [])]).find(({ classIndex }) => classIndex === k)!;
}

/** What several things are named with. */
interface Naming {
  looker: Looker;
  who: WhoOptions;
}

/** Mean IoU of squares from which on two looks are at the same thing. */
const sameThing = 0.5;

/**
 * Those of several things that show something, under the names that fit, the surest first; none where only what is told `alone` is
 * left. What a glance sees nothing in is not looked at, nor is the surest thing where it is that one and no other is left.
 */
async function namedThings(
  [surest, ...others]: readonly ActorLook[],
  alone: ActorLook,
  { looker, who }: Naming,
): Promise<ActorLook[]> {
  const isAlone = (thing: ActorLook): boolean =>
    namesOf(thing).includes(alone.classIndex) && looker.overlap(thing, alone) >= sameThing;
  const left: ActorLook[] = [];
  for (const thing of others) if (!(await looker.showsNothing(thing))) left.push(thing);
  if (left.length === 0 && isAlone(surest!)) return [];
  const told: { thing: ActorLook; actor: ActorLook }[] = [];
  for (const thing of [surest!, ...left]) {
    const actor = await named(thing, { looker, who });
    if (actor) told.push({ thing, actor });
  }
  if (told.length === 1 && isAlone(told[0]!.thing)) return [];
  return told.map(({ actor }) => actor).sort((a, b) => b.score - a.score);
}

/** A thing under the name that fits what its squares show, if they show something, and that name rather than by chance. */
async function named(thing: ActorLook, { looker, who }: Naming): Promise<ActorLook | undefined> {
  const { actor, shares } = await looker.thing(thing);
  if (shares && isNothing(shares, who)) return undefined;
  const name = shares ? nameOf(actor, shares, who) : actor;
  if (shares && isByChance(name, shares, who)) return undefined;
  const isSame = name.classIndex === actor.classIndex;
  const own = isSame ? name : (await looker.thing(name)).actor; // each name has a map, and so boxes, of its own
  return { ...own, names: undefined };
}

function namesOf({ classIndex, names = [] }: ActorLook): number[] {
  return [classIndex, ...names.map((other) => other.classIndex)];
}
