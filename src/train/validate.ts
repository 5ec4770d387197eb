// How well the model as it stands answers on clips that it does not learn from.
import type { Batches } from '../data/index.js';
import { fitTemperature } from '../evaluate/index.js';
import type { Program } from '../runtime/index.js';
import type { Score } from './schedule.js';

/** Clips below which one answer more or less moves the temperature by more than it mends. */
const leastForTemperature = 20;

/** What {@link validate} finds. */
export interface Validation extends Score {
  clips: number;
  /** Makes probabilities mean what they say (Guo et al. 2017); told from 20 clips on, some of them answered wrongly. */
  temperature?: number;
}

/** Accuracy, mean cross-entropy and temperature over all clips of `batches`. */
export async function validate(program: Program, batches: Batches): Promise<Validation> {
  let [clips, correct, lost] = [0, 0, 0];
  const answers: { scores: number[]; truth: number }[] = [];
  for await (const { inputs, clips: seen } of batches.all()) {
    const { logits } = await program.run(inputs, { outputs: ['logits'], transfer: true });
    const [, classes] = logits!.shape as [number, number];
    seen.forEach(({ classIndex }, i) => {
      const row = (logits!.data as Float32Array).subarray(i * classes, (i + 1) * classes);
      if (row.every((logit, k) => k === classIndex || logit < row[classIndex]!)) correct++;
      lost += logSumExp(row) - row[classIndex]!;
      answers.push({ scores: Array.from(row), truth: classIndex });
      clips++;
    });
  }
  const isTold = clips >= leastForTemperature && correct < clips && correct > 0;
  const temperature = isTold ? fitTemperature(answers) : undefined;
  return {
    ...{ clips, accuracy: correct / clips, crossEntropy: lost / clips },
    ...(temperature !== undefined && { temperature }),
  };
}

function logSumExp(row: Float32Array): number {
  const top = row.reduce((a, b) => Math.max(a, b), -Infinity);
  return top + Math.log(row.reduce((sum, logit) => sum + Math.exp(logit - top), 0));
}
