// On which side each take stands: those that are kept out, those that choose the epoch, and those that are learnt from.
import { splitValidation } from '../dataset/validationSplit.js';
import { WhereWhenError } from '../errors.js';
import type { StoredClip } from '../store/prepare.js';
import type { Recipe } from '../train/recipe/recipe.js';
import type { TakeClips } from './takeStore.js';

/** The sides, each in the order of the names. */
export interface TakeSides {
  train: StoredClip[];
  /** One more clip for each moment that was marked in a take of `train`. */
  moments: StoredClip[];
  validation: StoredClip[];
  leftOut: StoredClip[];
}

/** The sides of takes; none chooses the epoch, with a note, where no group can be held out. */
export function takeSides(
  { clips, moments, takeOf }: TakeClips,
  { validation: share, seed }: Pick<Recipe, 'validation' | 'seed'>,
  note: (text: string) => void,
): TakeSides {
  const isLeftOut = ({ key }: StoredClip): boolean => takeOf(key).isHeldOut === true;
  const leftOut = clips.filter(isLeftOut);
  const { train, validation } = split(
    clips.filter((clip) => !isLeftOut(clip)),
    { share, seed, note },
  );
  const learnt = new Set(train.map(({ key }) => key));
  return { train, validation, leftOut, moments: moments.filter(({ key }) => learnt.has(takeOf(key).id)) };
}

function split(
  clips: StoredClip[],
  { note, ...options }: { share: number; seed: number; note: (text: string) => void },
): Pick<TakeSides, 'train' | 'validation'> {
  try {
    const { train, validation } = splitValidation(clips, options);
    return { train: train as StoredClip[], validation: validation as StoredClip[] };
  } catch (error) {
    if (!(error instanceof WhereWhenError) || error.code !== 'input') throw error;
    note(
      `no take is held out: ${error.received} are too few, so nothing says how well others would be named`,
    );
    return { train: clips, validation: [] };
  }
}
