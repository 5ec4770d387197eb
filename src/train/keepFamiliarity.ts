// The end of a run on stored features: what its clips look like is kept beside the model, so that a clip unlike them is told.
import { writeFamiliar } from '../savedModel/index.js';
import { pooledFeatures } from '../store/features/pooled.js';
import { fitFamiliarity } from './familiarity.js';
import { inOrder } from './refit.js';
import type { Lock } from '../lock.js';
import type { Recipe } from './recipe/recipe.js';
import type { TrainingData } from './trainingData.js';

/** Takes the statistics of the clips that were learnt from, and writes them into the model's folder; none of frames. */
export async function keepFamiliarity(
  { out, lock, data, recipe }: { out: string; lock: Lock; data: TrainingData; recipe: Recipe },
  { isRefit }: { isRefit: boolean },
): Promise<void> {
  const { train, validation, store, frozen } = data;
  const hasFeatures = frozen !== undefined && frozen.live === undefined;
  const clips = inOrder(isRefit ? [...train, ...validation] : train);
  const rows = hasFeatures ? await pooledFeatures(clips, store) : [];
  const known = fitFamiliarity(
    rows.map((row, i) => ({ row, group: clips[i]!.group })),
    recipe.seed,
  );
  await lock.requireHeld();
  await writeFamiliar(out, known);
}
