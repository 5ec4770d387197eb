// The start of METHOD section 8: one pass over the stored features finds mean and deviation of every channel over all
// places and the mean pool of every clip, and logistic regression on the mean pools gives the first classifier.
import type { Batches } from '../data/index.js';
import { averageName } from '../model/index.js';
import { float32, type Tensors } from '../tensor.js';
import { fitLogisticRegression } from './logisticRegression.js';
import { copied } from './programs.js';
import type { Recipe } from './recipe.js';
import { standardNames } from './standard.js';

/** What one pass over the training clips finds, per channel of features. */
export interface FeatureFacts {
  /** Over all places of all clips. */
  mean: Float64Array;
  deviation: Float64Array;
  /** The mean over a clip's places, `[clips][C]`. */
  pools: Float64Array[];
  labels: number[];
}

/** The state before the first step, with scalings and classifier from the features where the recipe asks for them. */
export async function startFromFeatures(
  state: Tensors,
  { recipe, training, classes }: { recipe: Recipe; training: Batches; classes: number },
): Promise<Tensors> {
  const facts = await measure(training);
  const C = facts.mean.length;
  const isStandard = recipe.isStandardised;
  const [mean, deviation] = isStandard
    ? [facts.mean, facts.deviation]
    : [new Float64Array(C), new Float64Array(C).fill(1)];
  const scalings: Tensors = isStandard
    ? {
        [standardNames.mean]: float32(Float32Array.from(mean)),
        [standardNames.scale]: float32(Float32Array.from(deviation, (one) => 1 / one)),
      }
    : {};
  if (recipe.start === 'random') return { ...state, ...scalings };
  const { weight, bias } = meanPoolClassifier(facts, {
    mean,
    deviation,
    classes,
    strength: recipe.regressionStrength,
  });
  const classifier: Tensors = {
    'classifier.weight': float32(weight, [classes, C]),
    'classifier.bias': float32(bias),
  };
  const averages = Object.entries(classifier).filter(([name]) => averageName(name) in state);
  const started = Object.fromEntries(averages.map(([name, tensor]) => [averageName(name), copied(tensor)]));
  return { ...state, ...scalings, ...classifier, ...started };
}

/** Mean, deviation and mean pools of all clips of `training`, read once. */
export async function measure(training: Batches): Promise<FeatureFacts> {
  let [sums, squares, count] = [new Float64Array(0), new Float64Array(0), 0];
  const pools: Float64Array[] = [];
  const labels: number[] = [];
  for await (const { inputs, clips } of training.all()) {
    const { data, shape } = inputs.features!;
    const [, n, C, h, w] = shape as [number, number, number, number, number];
    const P = h * w;
    if (sums.length === 0) [sums, squares] = [new Float64Array(C), new Float64Array(C)];
    clips.forEach(({ classIndex }, clip) => {
      const own = new Float64Array(C);
      for (let i = 0; i < n; i++) {
        for (let c = 0; c < C; c++) {
          const start = ((clip * n + i) * C + c) * P;
          let [sum, square] = [0, 0];
          for (let p = start; p < start + P; p++) {
            const x = data[p] as number;
            sum += x;
            square += x * x;
          }
          own[c]! += sum;
          squares[c]! += square;
        }
      }
      own.forEach((sum, c) => (sums[c]! += sum));
      pools.push(own.map((sum) => sum / (n * P)));
      labels.push(classIndex);
      count += n * P;
    });
  }
  const mean = sums.map((sum) => sum / count);
  const deviation = squares.map((square, c) => positiveRoot(square / count - mean[c]! ** 2));
  return { mean, deviation, pools, labels };
}

/** Logistic regression on standardised mean pools, as a layer on features that were standardised by `mean` and `deviation`. */
export function meanPoolClassifier(
  { pools, labels }: Pick<FeatureFacts, 'pools' | 'labels'>,
  {
    mean,
    deviation,
    classes,
    strength,
  }: { mean: Float64Array; deviation: Float64Array; classes: number; strength: number },
): { weight: Float32Array; bias: Float32Array } {
  const C = mean.length;
  const centre = new Float64Array(C);
  const spread = new Float64Array(C);
  for (const pool of pools) pool.forEach((x, c) => (centre[c]! += x / pools.length));
  for (const pool of pools) pool.forEach((x, c) => (spread[c]! += (x - centre[c]!) ** 2 / pools.length));
  const scale = spread.map(positiveRoot);
  const rows = pools.map((pool) => pool.map((x, c) => (x - centre[c]!) / scale[c]!));
  const fitted = fitLogisticRegression(rows, labels, { classes, strength });
  const weight = new Float32Array(classes * C);
  const bias = Float32Array.from(fitted.bias);
  for (let k = 0; k < classes; k++) {
    let shift = 0;
    for (let c = 0; c < C; c++) {
      const own = fitted.weight[k * C + c]! / scale[c]!; // on features as they are
      weight[k * C + c] = own * deviation[c]!;
      shift += own * (mean[c]! - centre[c]!);
    }
    bias[k]! += shift;
  }
  return { weight, bias };
}

/** The root, and 1 for a channel that never changes: it says nothing, whatever it is divided by. */
function positiveRoot(variance: number): number {
  return variance > 1e-12 ? Math.sqrt(variance) : 1;
}
