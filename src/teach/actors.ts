// Who acts, learnt from takes as `train` learns it from clips: the label-free direction, with what was marked. Two looks are not
// compared: a page answers in one.
import type { ClipReader } from '../store/batches.js';
import type { StoredClip } from '../store/prepare.js';
import { allFeatures } from '../store/features/read.js';
import { DirectionSums, directionBetween } from '../train/actors/direction.js';
import type { LearntActors } from '../train/actors/learnt.js';
import { learntOf } from '../train/actors/learntOf.js';
import { finestOf, rangesOf } from '../train/actors/scales.js';
import type { Frozen } from '../train/data/frozen.js';
import { MarkedSums } from './marks.js';
import type { TeachTake } from './take.js';

/** What is looked at. */
export interface LookOptions {
  store: ClipReader;
  frozen: Frozen;
  takeOf: (key: string) => TeachTake;
  signal?: AbortSignal;
}

/** The direction of `clips`; undefined where nothing moves in any and nothing was marked. Throws the signal's reason. */
export async function learnDirection(
  clips: readonly StoredClip[],
  { store, frozen, takeOf, signal }: LookOptions,
): Promise<LearntActors | undefined> {
  const scales = rangesOf(frozen.scales);
  const scale = scales[finestOf(frozen.scales)]!;
  const free = new DirectionSums(scales, scale);
  const marked = new MarkedSums({ scales, finest: scale, frozen });
  for (const { key } of clips) {
    signal?.throwIfAborted();
    const features = allFeatures(await store.read(key), store.fileOf(key));
    free.add(features);
    marked.add(features, takeOf(key));
  }
  const sides = marked.joined(free.means);
  const direction = sides && directionBetween(sides);
  return direction && learntOf({ direction, scale, isTrusted: false });
}
