// How well the model as it stands answers on clips that it does not learn from.
import { classIndicesOf } from '../../dataset/clipClasses.js';
import type { Batches } from '../../store/batches.js';
import type { StoredClip } from '../../store/index.js';
import { fitTemperature } from '../../metrics/calibration.js';
import { multiLabelMap } from '../../metrics/averagePrecision.js';
import type { ModelConfig } from '../../model/index.js';
import { softplus } from '../../probability.js';
import type { Program } from '../../runtime/index.js';
import type { Score } from './schedule.js';

/** Clips below which one answer more or less moves the temperature by more than it mends. */
const leastForTemperature = 20;

/** What {@link validate} finds. */
export interface Validation extends Score {
  clips: number;
  /** Makes probabilities mean what they say (Guo et al. 2017); told from 20 clips on, some of them answered wrongly. */
  temperature?: number;
  /** Mean average precision over the classes, where clips have several. */
  mAP?: number;
}

/** The logits of a clip, and its true classes. */
interface Answered {
  scores: number[];
  truth: readonly number[];
}

/**
 * Accuracy, mean cross-entropy and temperature over all clips of `batches`. With several classes a clip an answer is right
 * whose best class is one of them, cross-entropy is that of training, and mAP stands beside, without a temperature.
 */
export async function validate(
  program: Program,
  batches: Batches,
  { probabilities }: Pick<ModelConfig, 'probabilities'>,
  onClip?: (clip: StoredClip, logits: Float32Array) => void,
): Promise<Validation> {
  let [correct, lost] = [0, 0];
  const answers: Answered[] = [];
  for await (const { inputs, clips: seen } of batches.all()) {
    const own = Object.fromEntries(program.feeds.map(({ name }) => [name, inputs[name]!])); // the mean pool takes fewer
    const { logits } = await program.run(own, { outputs: ['logits'], transfer: true });
    const [, classes] = logits!.shape as [number, number];
    seen.forEach((clip, i) => {
      const row = (logits!.data as Float32Array).subarray(i * classes, (i + 1) * classes);
      const truth = classIndicesOf(clip);
      onClip?.(clip, row);
      const best = Math.max(...truth.map((k) => row[k]!));
      if (row.every((logit, k) => truth.includes(k) || logit < best)) correct++;
      lost += probabilities === 'sigmoid' ? sumOfLosses(row, truth) : logSumExp(row) - meanOf(row, truth);
      answers.push({ scores: Array.from(row), truth });
    });
  }
  const clips = answers.length;
  const scored = { clips, accuracy: correct / clips, crossEntropy: lost / clips };
  if (answers.some(({ truth }) => truth.length > 1)) return { ...scored, mAP: mapOf(answers) };
  const isFitted =
    probabilities !== 'sigmoid' && clips >= leastForTemperature && correct < clips && correct > 0;
  const single = answers.map(({ scores, truth }) => ({ scores, truth: truth[0]! }));
  return { ...scored, ...(isFitted && { temperature: fitTemperature(single) }) };
}

function logSumExp(row: Float32Array): number {
  const top = row.reduce((a, b) => Math.max(a, b), -Infinity);
  return top + Math.log(row.reduce((sum, logit) => sum + Math.exp(logit - top), 0));
}

function meanOf(row: Float32Array, places: readonly number[]): number {
  return places.reduce((sum, k) => sum + row[k]!, 0) / places.length;
}

/** `sum_k log(1 + e^z_k) - y_k z_k`. */
function sumOfLosses(row: Float32Array, truth: readonly number[]): number {
  return row.reduce((sum, z, k) => sum + softplus(z) - (truth.includes(k) ? z : 0), 0);
}

function mapOf(answers: readonly Answered[]): number {
  return multiLabelMap(
    answers.map(({ scores }) => scores),
    answers.map(({ scores, truth }) => scores.map((_, k) => truth.includes(k))),
  ).mAP;
}
