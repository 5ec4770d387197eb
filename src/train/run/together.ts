// How many clips are answered in one run where nothing is learnt. A step sees a part of the places of a batch; an answer sees
// all of them, so that a batch of clips on a fine grid would be most of a training's memory, and no quicker.
import type { ModelConfig } from '../../model/index.js';
import type { Recipe } from '../recipe/recipe.js';

/** Bytes of features that a run answers on: one clip of two scales, or a batch of clips on a coarse grid. */
const runBytes = 2 ** 25;

/** Clips of stored features in one run of answers, at most a batch; a batch where frames are what a model takes. */
export function clipsAnswered(
  { batch, frames }: Pick<Recipe, 'batch' | 'frames'>,
  { grid, backbone }: Pick<ModelConfig, 'grid'> & { backbone: { kind: string; isFrozen?: unknown } },
): number {
  if (backbone.isFrozen !== true) return batch;
  const clip = 4 * frames * grid.channels * grid.height * grid.width;
  return Math.min(batch, Math.max(1, Math.floor(runBytes / clip)));
}
