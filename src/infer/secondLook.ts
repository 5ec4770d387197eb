// The second look at a clip: squares around what the first one found, cut out of its pictures, through the backbone and the
// head again. What comes back takes the place of the first look's boxes and points.
import type { ActorLook, Localization } from '../localize/index.js';
import { nameOf } from '../localize/closeNames.js';
import { segmentsOfActors } from '../localize/localize.js';
import type { WhoOptions } from '../localize/options.js';
import { boxesOf, isNothing, Looker, type LookerOptions } from './looker.js';

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
  const named = alone && (await namedThings(first, looker, options.rules.who));
  const isOne = named !== undefined && named.length < 2;
  const shown = isOne ? await drawn([alone!.actor]) : (named ?? (await drawn(first)));
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

/**
 * Those of several things that show something, under the names that fit, the surest first. What a glance sees nothing in is not
 * looked at; where only the surest is left, that one need not be looked at either, and none is named.
 */
async function namedThings(
  [surest, ...others]: readonly ActorLook[],
  looker: Looker,
  who: WhoOptions,
): Promise<ActorLook[]> {
  const left: ActorLook[] = [];
  for (const thing of others) if (!(await looker.showsNothing(thing))) left.push(thing);
  if (left.length === 0) return [];
  const told: ActorLook[] = [];
  for (const thing of [surest!, ...left]) {
    const { actor, shares } = await looker.thing(thing);
    if (shares && isNothing(shares, who.nothing)) continue;
    const name = shares ? nameOf(actor, shares, who) : actor;
    const isSame = name.classIndex === actor.classIndex;
    told.push(isSame ? name : (await looker.thing(name)).actor); // each name has a map, and so boxes, of its own
  }
  return told.sort((a, b) => b.score - a.score).map((actor) => ({ ...actor, names: undefined }));
}
