// The end of a run on stored features: what its clips look like is kept beside the model, so that a clip unlike them is told.
import { changeBetween } from '../infer/frameOdds.js';
import { writeFamiliar } from '../savedModel/index.js';
import type { ClipStore, StoredClip } from '../store/index.js';
import { pooledFeatures, pooledWithNeighbours } from '../store/features/pooled.js';
import { evenly, fitFamiliarFrames, fitFamiliarity, mostRows, type FamiliarRow } from './familiarity.js';
import { inOrder } from './refit.js';
import type { Lock } from '../lock.js';
import type { Recipe } from './recipe/recipe.js';
import type { TrainingData } from './trainingData.js';

/** Clips and frames that single frames are known by. */
const [mostClips, mostFrames] = [150, 300];

/** Takes the statistics of the clips that were learnt from, and writes them into the model's folder; none of frames. */
export async function keepFamiliarity(
  { out, lock, data, recipe }: { out: string; lock: Lock; data: TrainingData; recipe: Recipe },
  { isRefit }: { isRefit: boolean },
): Promise<void> {
  const { train, validation, store, frozen } = data;
  const hasFeatures = frozen !== undefined && frozen.live === undefined;
  const clips = evenly(inOrder(isRefit ? [...train, ...validation] : train), mostRows);
  const rows = hasFeatures ? await pooledFeatures(clips, store) : [];
  const known = fitFamiliarity(
    rows.map((row, i) => ({ row, group: clips[i]!.group })),
    recipe.seed,
  );
  const frames = known && fitFamiliarFrames(await someFrames(clips, store), recipe.seed);
  await lock.requireHeld();
  await writeFamiliar(out, known && { ...known, frames });
}

/** Frames of 150 clips at most: they show what there is to show. */
async function someFrames(
  clips: readonly (StoredClip & { group: string })[],
  store: ClipStore,
): Promise<(FamiliarRow & { change: number })[]> {
  const few = evenly(clips, mostClips);
  const count = Math.max(2, Math.floor(mostFrames / few.length));
  const rows: (FamiliarRow & { change: number })[] = [];
  for (const clip of few)
    for (const { row, beside } of await pooledWithNeighbours(clip, store, count))
      rows.push({ row, group: clip.group, change: changeBetween(row, beside) });
  return rows;
}
