// Logistic regression on numbers of several kinds, each kind a block that counts as much as its share says, however many
// numbers it has: every number is brought to mean 0 and deviation 1 over the training rows, and every block to a mean
// squared length of its share. What is fitted is folded back, so that the layers take the numbers as they are.
import { float32, type Tensor } from '../../tensor.js';
import { fitLogisticRegression, type RegressionOptions } from './logisticRegression.js';

/** Numbers of one kind. */
export interface Block {
  /** `[rows][numbers]`. */
  rows: readonly Float64Array[];
  /** The mean squared length of a row as the fit sees it; absent: each number has deviation 1, however many there are. */
  share?: number;
}

/** A layer of a block: `weight [K,numbers]`, and the `bias [K]` at which the mean of the block says nothing. */
export interface BlockLayer {
  weight: Tensor;
  bias: Tensor;
}

interface Scaling {
  mean: Float64Array;
  /** What a number is multiplied with, its mean taken off; 0 for one that never changes. */
  factor: Float64Array;
}

/** Fits all blocks together; the sum of the layers is the answer, and the first one has the shares of the classes too. */
export function fitBlocks(
  blocks: readonly Block[],
  labels: readonly (number | readonly number[])[],
  options: Pick<RegressionOptions, 'classes' | 'strength' | 'probabilities'>,
): BlockLayer[] {
  const scalings = blocks.map(scalingOf);
  const rows = labels.map((_, i) => joined(blocks.map(({ rows: own }, b) => scaled(own[i]!, scalings[b]!))));
  const fitted = fitLogisticRegression(rows, labels, options);
  const { classes: K } = options;
  const width = rows[0]!.length;
  let start = 0;
  return scalings.map(({ mean, factor }) => {
    const C = mean.length;
    const weight = new Float32Array(K * C);
    const bias = start === 0 ? fitted.bias.slice() : new Float64Array(K);
    for (let k = 0; k < K; k++)
      for (let c = 0; c < C; c++) {
        const own = fitted.weight[k * width + start + c]! * factor[c]!;
        weight[k * C + c] = own;
        bias[k]! -= own * mean[c]!;
      }
    start += C;
    return { weight: float32(weight, [K, C]), bias: float32(Float32Array.from(bias)) };
  });
}

function scalingOf({ rows, share }: Block): Scaling {
  const [n, C] = [rows.length, rows[0]!.length];
  const mean = new Float64Array(C);
  const variance = new Float64Array(C);
  for (const row of rows) for (let c = 0; c < C; c++) mean[c]! += row[c]! / n;
  for (const row of rows) for (let c = 0; c < C; c++) variance[c]! += (row[c]! - mean[c]!) ** 2 / n;
  const changes = variance.map((one) => (one > 1e-12 ? 1 : 0)); // a number that never changes says nothing
  const length = Math.max(
    1,
    changes.reduce((sum, one) => sum + one, 0),
  ); // mean squared length once standardised
  const factor = variance.map((one, c) => (changes[c] ? Math.sqrt((share ?? length) / length / one) : 0));
  return { mean, factor };
}

function scaled(row: Float64Array, { mean, factor }: Scaling): Float64Array {
  return row.map((x, c) => (x - mean[c]!) * factor[c]!);
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
