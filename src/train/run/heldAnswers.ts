// What a model answered for the clips that were held out, as they come and with the mean pool's beside them.
import { classIndicesOf } from '../../dataset/clipClasses.js';
import { indexOfMax } from '../../localize/tubes.js';
import type { ModelConfig } from '../../model/index.js';
import { sigmoid, softmax } from '../../probability.js';
import type { StoredClip } from '../../store/prepare.js';

/** The answer for one clip, classes by their places. */
export interface LeftOutAnswer {
  clip: string;
  group: string;
  truth: readonly number[];
  answer: number;
  /** That of the mean pool. */
  meanAnswer?: number;
}

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
