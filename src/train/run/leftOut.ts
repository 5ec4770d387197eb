// How a model answers on the clips that were left out of its training altogether, from what is stored of them.
import { classIndicesOf } from '../../dataset/clipClasses.js';
import { encoderOf } from '../../backbone/encoder.js';
import type { StoredClip } from '../../store/index.js';
import { indexOfMax } from '../../localize/tubes.js';
import { inferenceGraph, type ModelConfig } from '../../model/index.js';
import type { Runtime } from '../../runtime/index.js';
import type { Tensors } from '../../tensor.js';
import { batchesOf, type Source } from '../data/batchesOf.js';
import type { LeftOutAnswer } from './heldAnswers.js';
import { scoreOf, type Score } from './schedule.js';
import { clipsAnswered } from './together.js';
import { validate } from './validate.js';

/** What a model reached on left-out clips. */
export interface LeftOutScore extends Score {
  clips: number;
  /** Accuracy of the mean pool: the one kept beside the head, or else the plain mean by the head's own weights. */
  meanAccuracy?: number;
  /** What was answered for each clip. */
  answers: LeftOutAnswer[];
}

/** Scores a model on `clips`; nothing of its training depends on them. */
export async function scoreLeftOut(
  { config, tensors }: { config: ModelConfig; tensors: Tensors },
  clips: readonly StoredClip[],
  { runtime, ...source }: { runtime: Runtime } & Source,
): Promise<LeftOutScore> {
  const size = clipsAnswered(source.recipe, config);
  const batches = batchesOf(clips, source, { size });
  const { graph } = inferenceGraph({ config, clips: size, encoder: encoderOf(config) });
  const { logits, meanPoolLogits, meanLogits } = graph.outputs;
  const plain = meanPoolLogits ?? meanLogits;
  await runtime.write(tensors);
  const answers: LeftOutAnswer[] = [];
  const score = await scored(logits!, ({ name, group, ...clip }, answer) => {
    answers.push({ clip: name, group, truth: classIndicesOf(clip), answer });
  });
  if (!plain) return { ...score, answers };
  const byMean: number[] = [];
  const { accuracy: meanAccuracy } = await scored(plain, (_, answer) => byMean.push(answer));
  return { ...score, meanAccuracy, answers: answers.map((one, i) => ({ ...one, meanAnswer: byMean[i]! })) };

  async function scored(
    output: typeof logits & object,
    onAnswer: (clip: StoredClip, answer: number) => void,
  ): Promise<Score & { clips: number }> {
    await using program = await runtime.compile({ outputs: { logits: output }, updates: [] });
    const found = await validate(program, batches, config, (clip, row) => onAnswer(clip, indexOfMax(row)));
    return { clips: found.clips, ...scoreOf(found) }; // no temperature: it is never fitted on what is scored
  }
}
