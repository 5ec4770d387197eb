// What a training step keeps of a batch norm, beside the running statistics of torch.nn.BatchNorm1d.
import { describe, expect, it } from 'vitest';
import { batchNormTraining } from '../../src/graph/ops/normalisation.js';
import { gradients, input, parameter, sum, zeros } from '../../src/graph/index.js';
import { evaluate } from './evaluate.js';

describe('batchNormTraining', () => {
  const x = input('x', [3, 2]);
  const { output, mean, unbiasedVariance } = batchNormTraining(x, {
    weight: parameter('weight', [2]),
    bias: parameter('bias', [2]),
  });

  it('gives the mean and the variance with n - 1: of 1, 2, 6 these are 3 and 7', async () => {
    const found = await evaluate(
      { mean, unbiasedVariance },
      { x: { shape: [3, 2], data: [1, 0, 2, 0, 6, 3] } },
    );
    expect(found.mean).toEqual([3, 1]);
    expect(found.unbiasedVariance![0]).toBeCloseTo(7, 5);
    expect(found.unbiasedVariance![1]).toBeCloseTo(3, 5);
  });

  it('passes no gradient through the statistics that it gives out', () => {
    expect(gradients(sum(mean), [x])[0]).toBe(zeros([3, 2]));
    expect(gradients(sum(output), [x])[0]).not.toBe(zeros([3, 2]));
  });
});
