// The batches of a run's clips, as its model takes them.
import type { FeatureExtractor } from '../../backbone/index.js';
import { Batches, type BatchOptions } from '../../store/batches.js';
import type { StoredClip } from '../../store/index.js';
import type { Tensor } from '../../tensor.js';
import type { ActorViews } from '../actors/learnt.js';
import { oversampleOf, type Recipe } from '../recipe/recipe.js';
import type { RunData } from '../run/runData.js';

/** What the batches of all sides of a run have in common. */
export interface Source {
  recipe: Recipe;
  data: Pick<RunData, 'store' | 'frozen'>;
  /** The frozen front, where frames go through it at every step. */
  front?: FeatureExtractor;
  /** What a head of the actor form is fed beside features. */
  views?: ActorViews;
}

/** Batches of `clips` for training or, without any of the random changes, for answers. */
export function batchesOf(
  clips: readonly StoredClip[],
  { recipe, data: { store, frozen }, front, views }: Source,
  more: Pick<BatchOptions, 'size'> & Partial<BatchOptions>,
): Batches {
  const { seed, frames, cutFrom, transform } = recipe;
  const isStored = frozen !== undefined && front === undefined;
  return new Batches({
    ...{ store, clips, frames, seed, oversample: oversampleOf(recipe) },
    content: isStored ? 'features' : 'frames',
    ...(isStored && !frozen.backbone.isFrozen && { inputName: 'frontFeatures' }),
    ...(cutFrom && { window: frozen?.size ?? transform.size }),
    ...(views && { beside: ({ key }: StoredClip) => views.get(key)!.feeds }),
    ...(front && { encode: (frames: Tensor) => encoded(front, frames) }),
    ...more,
  });
}

/** Features `[N,n,c,h,w]` of frames `[N,n,H,W,3]`. */
async function encoded(front: FeatureExtractor, { shape, data, dtype }: Tensor): Promise<Tensor> {
  const [N, n, ...frame] = shape as [number, number, number, number, number];
  const features = await front.extract({ dtype, shape: [N * n, ...frame], data });
  return { ...features, shape: [N, n, ...features.shape.slice(1)] };
}
