// Training anew on all clips: the epoch is chosen on clips that are held out, and the model that is kept learns from
// those too, for just as many epochs. Clips that are left out of the run altogether take no part in either.
import type { StoredClip } from '../store/index.js';
import type { Material } from './gather.js';
import type { Recipe } from './recipe.js';
import type { Course, Score } from './schedule.js';

/** What the first part of a run chose for the second. */
export interface Chosen {
  /** Epochs to train; 0 keeps the start. */
  epoch: number;
  /** What the first part reached there on its held-out clips. */
  score: Score;
  /** What the mean pool beside the head reached on them. */
  meanPool?: Score;
  /** How many clips those were. */
  clips: number;
  /** Epochs after which the plateau schedule cut the rate. */
  cuts: readonly number[];
  /** Epochs that the first part made. */
  made: number;
  /** Seconds that the first part took. */
  seconds: number;
}

/** Does a run by this recipe on this material have a second part? */
export function hasRefit({ refit }: Recipe, { validation }: Pick<Material, 'validation'>): boolean {
  return refit && validation.length > 0;
}

/** The same material with its held-out clips on the training side, all in the order of their names. */
export function refitMaterial(material: Material): Material {
  return { ...material, train: inOrder([...material.train, ...material.validation]), validation: [] };
}

/** Clips in the order of their names. */
export function inOrder(clips: readonly StoredClip[]): StoredClip[] {
  return clips.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** The schedule's state in `epoch` (from 0) of the second part: the cuts that the first part made by then. */
export function refitCourse({ epoch: chosen, score, cuts }: Chosen, epoch: number, recipe: Recipe): Course {
  const { schedule } = recipe;
  const made = cuts.filter((cut) => cut <= epoch);
  const factor = schedule.name === 'plateau' ? schedule.factor ** made.length : 1;
  return { best: { ...score, epoch: chosen }, waited: 0, stalled: 0, factor, cuts: made };
}
