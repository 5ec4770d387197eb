// Who acts, learnt from takes as `train` learns it from clips: the label-free direction, with what was marked. Two looks are not
// compared: a page answers in one.
import type { StoredClip } from '../store/prepare.js';
import { directionBetween } from '../train/actors/direction.js';
import type { LearntActors } from '../train/actors/learnt.js';
import { learntOf } from '../train/actors/learntOf.js';
import { finestOf, rangesOf } from '../train/actors/scales.js';
import type { Frozen } from '../train/data/frozen.js';
import { MarkedSums } from './marks.js';
import type { TakeMemory } from './takeMemory.js';
import type { TakeClips } from './takeStore.js';

/** What is looked at. */
export interface LookOptions extends Pick<TakeClips, 'featuresOf' | 'takeOf'> {
  memory: TakeMemory;
  frozen: Frozen;
  signal?: AbortSignal;
}

/** The direction of `clips`; undefined where nothing moves in any and nothing was marked. Throws the signal's reason. */
export async function learnDirection(
  clips: readonly StoredClip[],
  { memory, frozen, featuresOf, takeOf, signal }: LookOptions,
): Promise<LearntActors | undefined> {
  const scales = rangesOf(frozen.scales);
  const scale = scales[finestOf(frozen.scales)]!;
  const free = memory.noDirection();
  const marked = new MarkedSums({ scales, finest: scale, frozen });
  for (const { key } of clips) {
    signal?.throwIfAborted();
    const features = featuresOf(key);
    free.join(memory.direction(features));
    const take = takeOf(key);
    if (take.marks?.length) marked.add(memory.whole(features), take);
  }
  const sides = marked.joined(free.means);
  const direction = sides && directionBetween(sides);
  return direction && learntOf({ direction, scale, isTrusted: false });
}
