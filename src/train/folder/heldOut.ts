// What the model that a run keeps answered for the clips that it held out, a file in the run's folder: so that the end of a run
// can say more than a share, also of one that was resumed or trained anew on those clips too.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../../atomicFile.js';
import { classIndicesOf } from '../../dataset/clips.js';
import { indexOfMax } from '../../localize/tubes.js';
import type { ModelConfig } from '../../model/index.js';
import { sigmoid, softmax } from '../../probability.js';
import type { StoredClip } from '../../store/prepare.js';
import type { LeftOutAnswer } from '../run/leftOut.js';

/** The name of the file in a run's folder. */
export const heldFile = 'held-out.json';

const place = z.number().int().min(0);
const HeldOutFile = z.object({
  version: z.literal(1),
  /** The epoch that was chosen on these clips. */
  epoch: place,
  answers: z.array(
    z.object({
      ...{ clip: z.string(), group: z.string(), truth: z.array(place), answer: place },
      meanAnswer: place.optional(),
      probability: z.number().optional(),
    }),
  ),
});

/** An answer, and how probable the model called it. */
export interface HeldAnswer extends LeftOutAnswer {
  probability?: number;
}

/** Answers of the chosen epoch. */
export interface HeldOut {
  epoch: number;
  answers: readonly HeldAnswer[];
}

/** Answers as they come, one clip after another. */
export interface HeldAnswers {
  answers: HeldAnswer[];
  /** Takes the logits of a clip. */
  take: (clip: StoredClip, logits: Float32Array) => void;
}

/** An empty list of answers, of a model whose logits mean this. */
export function answersOf(probabilities?: ModelConfig['probabilities']): HeldAnswers {
  const answers: HeldAnswer[] = [];
  const take = ({ name, group, ...clip }: StoredClip, logits: Float32Array): void => {
    const answer = indexOfMax(logits);
    const probability = probabilities === 'sigmoid' ? sigmoid(logits[answer]!) : softmax(logits)[answer]!;
    answers.push({ clip: name, group, truth: classIndicesOf(clip), answer, probability });
  };
  return { answers, take };
}

/** From this probability on an answer is told as sure. */
const sureFrom = 0.9;

/** Answers that were told as sure, and how many of them were right; undefined where it is not known of all. */
export function sureOf({ answers }: Pick<HeldOut, 'answers'>): { clips: number; right: number } | undefined {
  if (answers.some(({ probability }) => probability === undefined)) return undefined;
  const sure = answers.filter(({ probability }) => probability! >= sureFrom);
  return { clips: sure.length, right: sure.filter(({ truth, answer }) => truth.includes(answer)).length };
}

/** The same clips with what the mean pool answers for each. */
export function withMeanAnswers({ epoch, answers }: HeldOut, { answers: means }: HeldAnswers): HeldOut {
  const byClip = new Map(means.map(({ clip, answer }) => [clip, answer]));
  return {
    epoch,
    answers: answers.map((one) => ({
      ...one,
      ...(byClip.has(one.clip) && { meanAnswer: byClip.get(one.clip)! }),
    })),
  };
}

/** Writes the file. Throws `output`. */
export async function writeHeldOut(folder: string, { epoch, answers }: HeldOut): Promise<void> {
  await writeAtomically(join(folder, heldFile), `${JSON.stringify({ version: 1, epoch, answers })}\n`);
}

/** Reads it; undefined where nothing was held out, and for what is no such file: an older run's, or one cut by hand. */
export async function readHeldOut(folder: string): Promise<HeldOut | undefined> {
  const text = await readFile(join(folder, heldFile), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return HeldOutFile.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
