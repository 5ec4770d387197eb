// How well the model as it stands answers on clips that it does not learn from.
import type { Batches } from '../data/index.js';
import type { Program } from '../runtime/index.js';
import type { Score } from './schedule.js';

/** Accuracy and mean cross-entropy over all clips of `batches`. */
export async function validate(program: Program, batches: Batches): Promise<Score & { clips: number }> {
  let [clips, correct, lost] = [0, 0, 0];
  for await (const { inputs, clips: seen } of batches.all()) {
    const { logits } = await program.run(inputs, { transfer: true });
    const [, classes] = logits!.shape as [number, number];
    seen.forEach(({ classIndex }, i) => {
      const row = (logits!.data as Float32Array).subarray(i * classes, (i + 1) * classes);
      if (row.every((logit, k) => k === classIndex || logit < row[classIndex]!)) correct++;
      lost += logSumExp(row) - row[classIndex]!;
      clips++;
    });
  }
  return { clips, accuracy: correct / clips, crossEntropy: lost / clips };
}

function logSumExp(row: Float32Array): number {
  const top = row.reduce((a, b) => Math.max(a, b), -Infinity);
  return top + Math.log(row.reduce((sum, logit) => sum + Math.exp(logit - top), 0));
}
