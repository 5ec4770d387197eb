// How a model answers on the clips that were left out of its training altogether, from what is stored of them.
import type { FeatureExtractor } from '../backbone/index.js';
import { encoderOf, readModelFolder, type StoredClip } from '../data/index.js';
import { inferenceGraph } from '../model/index.js';
import type { Runtime } from '../runtime/index.js';
import { batchesOf } from './batchesOf.js';
import type { Material } from './gather.js';
import type { Recipe } from './recipe.js';
import { scoreOf, type Score } from './schedule.js';
import { validate } from './validate.js';

/** What a model reached on left-out clips. */
export interface LeftOutScore extends Score {
  clips: number;
  /** Accuracy of the mean pool: the one kept beside the head, or else the plain mean by the head's own weights. */
  meanAccuracy?: number;
}

/** Scores the model in `folder` on `clips`; nothing of its training depends on them. */
export async function scoreLeftOut(
  folder: string,
  clips: readonly StoredClip[],
  { runtime, ...source }: { runtime: Runtime; recipe: Recipe; material: Material; front?: FeatureExtractor },
): Promise<LeftOutScore> {
  const { config, tensors } = await readModelFolder(folder);
  const size = source.recipe.batch;
  const batches = batchesOf(clips, source, { size });
  const { graph } = inferenceGraph({ config, clips: size, encoder: encoderOf(config) });
  const { logits, meanPoolLogits, meanLogits } = graph.outputs;
  const plain = meanPoolLogits ?? meanLogits;
  await runtime.write(tensors);
  const score = await scored(logits!);
  if (!plain) return score;
  return { ...score, meanAccuracy: (await scored(plain)).accuracy };

  async function scored(answer: typeof logits & object): Promise<LeftOutScore> {
    await using program = await runtime.compile({ outputs: { logits: answer }, updates: [] });
    const found = await validate(program, batches, config);
    return { clips: found.clips, ...scoreOf(found) }; // no temperature: it is never fitted on what is scored
  }
}
