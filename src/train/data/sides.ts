// On which side of a run each clip stands: test clips and left-out groups apart, held-out clips in whole groups.
import { type ClipEntry } from '../../dataset/index.js';
import { sidesOf } from '../../dataset/annotated.js';
import { splitValidation, type ValidationSplit } from '../../dataset/validationSplit.js';
import { WhereWhenError } from '../../errors.js';
import type { Recipe } from '../recipe/recipe.js';

/** What decides the sides. */
export interface SideOptions {
  data: string;
  recipe: Recipe;
  /** Somebody asked for its share of held-out clips: then it is held out, or the run does not begin. */
  isShareAsked?: boolean;
  /** Names of clips to keep out of the training altogether. */
  leftOutNames?: ReadonlySet<string>;
}

/** Test clips of a list and left-out groups apart; the validation side where a list has one. */
export function sides<Clip extends ClipEntry>(
  clips: readonly Clip[],
  { leftOutNames: out, data }: Pick<SideOptions, 'leftOutNames' | 'data'>,
): Record<'others' | 'validation' | 'leftOut', Clip[]> {
  if (out && out.size > 0) {
    const others = clips.filter(({ name }) => !out.has(name));
    return { others, validation: [], leftOut: clips.filter(({ name }) => out.has(name)) };
  }
  const { train, validation, test } = sidesOf({ clips: [...clips], folder: data });
  return { others: train as Clip[], validation: validation as Clip[], leftOut: test as Clip[] };
}

/** The sides: validation as the list has it, else held out of what is not a test clip. */
export function split<Clip extends ClipEntry>(
  clips: readonly Clip[],
  options: SideOptions,
): Record<'train' | 'validation' | 'leftOut', Clip[]> & { note?: string } {
  const { others, validation, leftOut } = sides(clips, options);
  if (validation.length > 0) return { train: others, validation, leftOut };
  const held = holdOut(others, options.recipe, options.isShareAsked ?? false);
  return {
    train: held.train as Clip[],
    validation: held.validation as Clip[],
    leftOut,
    ...(held.note !== undefined && { note: held.note }),
  };
}

/** Whether the clips that are learnt from can be held out in whole groups; always where none are to be. */
export function canSplitBy(options: SideOptions): (clips: readonly ClipEntry[]) => boolean {
  const { validation: share, seed } = options.recipe;
  return (clips) => {
    const { others, validation } = sides(clips, options);
    if (validation.length > 0) return true;
    try {
      splitValidation(others, { share, seed });
      return true;
    } catch (error) {
      if (error instanceof WhereWhenError && error.code === 'input') return false;
      throw error;
    }
  };
}

/** Held-out clips; none, with a word on it, where there are so few that a share nobody asked for leaves none. */
function holdOut(
  clips: readonly ClipEntry[],
  { validation: share, seed }: Recipe,
  isShareAsked: boolean,
): ValidationSplit & { note?: string } {
  try {
    return splitValidation(clips, { share, seed });
  } catch (error) {
    if (isShareAsked || !(error instanceof WhereWhenError) || error.code !== 'input') throw error;
    const note = `no clip is held out: ${error.received} are too few. All are learnt from, and nothing says how well other clips would be named`;
    return { train: [...clips], validation: [], note };
  }
}
