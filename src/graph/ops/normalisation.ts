// Batch normalisation over [N,C,...spatial], in both modes. Statistics belong to channels.
import { sizeOf } from '../../tensor.js';
import { defineOperation, Expr, mustHold, showShape, type OnnxBuilder } from '../expr.js';
import { stopGradient } from './compare.js';
import { add, div, mul, neg, sqrt, square, sub } from './elementwise.js';
import { mean, sum } from './reduce.js';
import { reshape } from './shape.js';

interface NormFacts {
  epsilon: number;
}

function checkChannels(operation: string, [x, ...perChannel]: readonly Expr[]): void {
  mustHold(x!.rank >= 2, operation, 'input must be [N,C,...]', () => showShape(x!.shape));
  for (const each of perChannel) {
    mustHold(
      each.rank === 1 && each.shape[0] === x!.shape[1],
      operation,
      `weight, bias, mean and variance must be [${x!.shape[1]}]`,
      () => showShape(each.shape),
    );
  }
}

/** Sum over all axes but the channels. */
function channelSum(x: Expr): Expr {
  return sum(x, { axes: x.shape.map((_, axis) => axis).filter((axis) => axis !== 1) });
}

/** A number a channel, shaped to broadcast over `x`. */
function spread(perChannel: Expr, x: Expr): Expr {
  return reshape(perChannel, x.shape.map((n, axis) => (axis === 1 ? n : 1)).slice(1));
}

function emitNorm(
  builder: OnnxBuilder,
  inputs: readonly string[],
  _node: Expr,
  { epsilon }: NormFacts,
): string {
  return builder.add('BatchNormalization', inputs, { epsilon: { f: epsilon } });
}

const inverseDeviation = (variance: Expr, epsilon: number): Expr => div(1, sqrt(add(variance, epsilon)));

/** With given statistics: a scale and a shift of each channel. Statistics get no gradient. */
const batchNormOperation = defineOperation<NormFacts>({
  name: 'batchNorm',
  infer(inputs) {
    checkChannels('batchNorm', inputs);
    return { shape: inputs[0]!.shape, dtype: inputs[0]!.dtype };
  },
  emit: emitNorm,
  derivative(node, gradient, index, { epsilon }) {
    const [x, weight, , average, variance] = node.inputs as [Expr, Expr, Expr, Expr, Expr];
    const inverse = inverseDeviation(variance, epsilon);
    if (index === 0) return mul(gradient, spread(mul(weight, inverse), x));
    if (index === 1) return mul(inverse, channelSum(mul(gradient, sub(x, spread(average, x)))));
    return index === 2 ? channelSum(gradient) : undefined;
  },
});

/** With the statistics of the batch itself (inputs 3 and 4), through which the gradient of `x` flows too. */
const batchNormTrainingOperation = defineOperation<NormFacts>({
  name: 'batchNormTraining',
  infer(inputs) {
    checkChannels('batchNormTraining', inputs);
    return { shape: inputs[0]!.shape, dtype: inputs[0]!.dtype };
  },
  emit: emitNorm,
  derivative(node, gradient, index, { epsilon }) {
    const [x, weight, , average, variance] = node.inputs as [Expr, Expr, Expr, Expr, Expr];
    const inverse = inverseDeviation(variance, epsilon);
    const biasGradient = channelSum(gradient);
    const centred = sub(x, spread(average, x));
    const weightGradient = mul(inverse, channelSum(mul(gradient, centred)));
    if (index > 0) return [undefined, weightGradient, biasGradient][index];
    // dx = w r (g - mean(g) - xhat mean(g xhat)), with r = 1/deviation: a channel's scale of g and of x - mean
    const count = sizeOf(x.shape) / x.shape[1]!;
    const scale = mul(weight, inverse);
    const slope = neg(div(mul(mul(scale, inverse), weightGradient), count));
    const shift = neg(div(mul(scale, biasGradient), count));
    return add(mul(gradient, spread(scale, x)), add(mul(centred, spread(slope, x)), spread(shift, x)));
  },
});

/** Parameters of a batch norm with stored statistics, each `[C]`. */
export interface BatchNormOptions {
  weight: Expr;
  bias: Expr;
  mean: Expr;
  variance: Expr;
  epsilon?: number;
}

/** `(x - mean) / sqrt(variance + epsilon) * weight + bias` for each channel. */
export function batchNorm(
  x: Expr,
  { weight, bias, mean: average, variance, epsilon = 1e-5 }: BatchNormOptions,
): Expr {
  return Expr.make(batchNormOperation, [x, weight, bias, average, variance], { epsilon });
}

/** What training needs of a batch norm: the output and the statistics of this batch (without gradient), each `[C]`. */
export interface BatchNormTraining {
  output: Expr;
  mean: Expr;
  /** With n - 1 in the denominator: what PyTorch's running variance takes. */
  unbiasedVariance: Expr;
}

/** Batch norm by the batch's own mean and biased variance. */
export function batchNormTraining(
  x: Expr,
  { weight, bias, epsilon = 1e-5 }: { weight: Expr; bias: Expr; epsilon?: number },
): BatchNormTraining {
  const still = stopGradient(x);
  const axes = x.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
  const average = mean(still, { axes });
  const variance = mean(square(sub(still, spread(average, x))), { axes });
  const count = sizeOf(x.shape) / x.shape[1]!;
  mustHold(count > 1, 'batchNormTraining', 'each channel needs more than one value', () =>
    showShape(x.shape),
  );
  const output = Expr.make(batchNormTrainingOperation, [x, weight, bias, average, variance], { epsilon });
  return { output, mean: average, unbiasedVariance: mul(variance, count / (count - 1)) };
}
