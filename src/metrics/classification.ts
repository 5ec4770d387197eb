// WHAT: how well the class of a clip is told. Figures are shares in 0..1.
import { inputError, WhereWhenError } from '../errors.js';

/** One clip's answer: a number for each class (probability or logit) and the index of the true class. */
export interface ClassAnswer {
  scores: readonly number[];
  truth: number;
}

/** The class of the highest score; of equals the first, as argmax does. */
export function predictedClass(scores: readonly number[]): number {
  let best = 0;
  for (let k = 1; k < scores.length; k++) if (scores[k]! > scores[best]!) best = k;
  return best;
}

/** Whether the true class is among the `k` highest scores; equal scores rank by class index. */
export function isInTop(answer: ClassAnswer, k: number): boolean {
  checkAnswer(answer);
  const own = answer.scores[answer.truth]!;
  const ahead = answer.scores.filter((s, i) => s > own || (s === own && i < answer.truth)).length;
  return ahead < k;
}

/** Share of answers whose true class is among the `k` highest scores. NaN for no answers. */
export function topK(answers: readonly ClassAnswer[], k: number): number {
  return answers.filter((answer) => isInTop(answer, k)).length / answers.length;
}

/** Accuracy of each class in turn, then their plain mean; classes without a clip are left out. NaN for no answers. */
export function meanClassAccuracy(answers: readonly ClassAnswer[]): number {
  const shares = classAccuracies(confusionMatrix(answers)).filter((share) => share !== null);
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

/** `counts[true][predicted]`: clips of each true class by the class that was answered. */
export function confusionMatrix(answers: readonly ClassAnswer[], classes?: number): number[][] {
  const size = classes ?? answers[0]?.scores.length ?? 0;
  const counts = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  for (const answer of answers) {
    checkAnswer(answer);
    counts[answer.truth]![predictedClass(answer.scores)]!++;
  }
  return counts;
}

/** The share of each class that was told rightly; null for a class without a clip. */
export function classAccuracies(confusion: readonly (readonly number[])[]): (number | null)[] {
  return confusion.map((row, k) => {
    const clips = row.reduce((sum, count) => sum + count, 0);
    return clips === 0 ? null : row[k]! / clips;
  });
}

function checkAnswer({ scores, truth }: ClassAnswer): void {
  if (!Number.isInteger(truth) || truth < 0 || truth >= scores.length) {
    throw fault(`truth must be a class index below ${scores.length}`, String(truth));
  }
  if (scores.some(Number.isNaN)) throw fault('scores must be numbers', 'NaN');
}

function fault(expected: string, received: string): WhereWhenError {
  return inputError('evaluate.classification', expected, received);
}
