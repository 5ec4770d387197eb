import { describe, expect, it } from 'vitest';
import { Random } from '../../src/random.js';
import { float32 } from '../../src/tensor.js';
import { gradients, input, sum } from '../../src/graph/index.js';
import { checkTensors } from '../../src/model/checkTensors.js';
import { convolution, linear } from '../../src/model/layers.js';
import { initialise, Scope } from '../../src/model/index.js';
import { evaluate } from './evaluate.js';

function twoLayers(training: boolean): Scope {
  const scope = new Scope({ training });
  const x = input('x', [2, 4, 3, 3]);
  scope.batchNorm('bn', convolution(scope, 'conv', x, 5, { bias: true }));
  linear(scope, 'head', input('y', [2, 9]), 3);
  return scope;
}

describe('Scope', () => {
  it('declares the same parameters for training and for inference, and running updates only for training', () => {
    const declared = (scope: Scope): unknown[] => scope.parameters.map(({ name, shape }) => [name, shape]);
    expect(declared(twoLayers(true))).toEqual(declared(twoLayers(false)));
    expect(twoLayers(true).updates.map(({ parameter }) => parameter.name)).toEqual([
      'bn.runningMean',
      'bn.runningVar',
    ]);
    expect(twoLayers(false).updates).toEqual([]);
  });

  it('follows the batch with momentum 0.1 and the unbiased variance', async () => {
    const scope = new Scope({ training: true });
    scope.batchNorm('bn', input('x', [1, 1, 4]));
    const [mean, variance] = scope.updates.map(({ next }) => next);
    const state = { 'bn.runningMean': float32([10]), 'bn.runningVar': float32([20]) };
    // 1 2 3 6: mean 3, squares about it 4 1 0 9 = 14, unbiased 14/3
    const feeds = { x: float32([1, 2, 3, 6], [1, 1, 4]) };
    const got = await evaluate({ mean: mean!, variance: variance! }, { feeds, state });
    expect(got.mean[0]).toBeCloseTo(0.9 * 10 + 0.1 * 3, 5);
    expect(got.variance[0]).toBeCloseTo(0.9 * 20 + (0.1 * 14) / 3, 5);
  });

  it('keeps the running statistics where it is told to, and weight and bias go on learning', async () => {
    const scope = new Scope({ training: true });
    const x = input('x', [1, 1, 4]);
    const kept = scope.withRunningStatistics(() => scope.batchNorm('kept', x));
    scope.batchNorm('followed', x);
    expect(scope.updates.map(({ parameter }) => parameter.name)).toEqual([
      'followed.runningMean',
      'followed.runningVar',
    ]);
    const [weight] = scope.parameters.filter(({ name }) => name === 'kept.weight');
    const [slope] = gradients(sum(kept), [weight!.expr]);
    const state = {
      'kept.weight': float32([2]),
      'kept.bias': float32([1]),
      'kept.runningMean': float32([3]),
      'kept.runningVar': float32([4 - 1e-5]), // with epsilon the deviation is 2
    };
    const feeds = { x: float32([1, 2, 3, 6], [1, 1, 4]) };
    const got = await evaluate({ kept, slope: slope! }, { feeds, state });
    [-1, 0, 1, 4].forEach((value, i) => expect(got.kept[i]).toBeCloseTo(value, 5)); // 2 (x - 3) / 2 + 1
    expect(got.slope[0]).toBeCloseTo((-2 - 1 + 0 + 3) / 2, 5);
  });

  it('gives the same parameter twice, and refuses another shape under its name', () => {
    const scope = new Scope({ training: false });
    const start = { kind: 'constant', value: 0 } as const;
    expect(scope.parameter('a', [2], start)).toBe(scope.parameter('a', [2], start));
    expect(() => scope.parameter('a', [3], start)).toThrow(/parameter a: one shape .*\[2\], got \[3\]/);
  });

  it('asks for a dropout mask only while training', () => {
    expect(new Scope({ training: false }).dropoutMask('mask', [2])).toBeUndefined();
    expect(new Scope({ training: true }).dropoutMask('mask', [2])?.shape).toEqual([2]);
  });

  it('reads trainable parameters from their averages when asked', () => {
    const scope = new Scope({ training: false, averaged: true });
    scope.batchNorm('bn', input('x', [1, 1, 4]));
    expect(scope.parameters.map(({ expr }) => expr.name)).toEqual([
      'average:bn.weight',
      'average:bn.bias',
      'bn.runningMean',
      'bn.runningVar',
    ]);
  });
});

describe('initialise', () => {
  const { parameters } = twoLayers(true);
  const values = initialise(parameters, Random.from(3));

  it('draws as PyTorch does: uniform in +-1/sqrt(fan-in), batch norm at one and zero', () => {
    for (const [name, bound] of [
      ['conv.weight', 1 / 6],
      ['conv.bias', 1 / 6],
      ['head.weight', 1 / 3],
    ] as const) {
      const data = Array.from(values[name]!.data, Number);
      expect(Math.max(...data.map(Math.abs))).toBeLessThanOrEqual(bound + 1e-7);
      if (data.length > 20) expect(Math.max(...data)).toBeGreaterThan(0.8 * bound);
      if (data.length > 20) expect(Math.min(...data)).toBeLessThan(-0.8 * bound);
    }
    expect(values['bn.weight']!.data).toEqual(new Float32Array(5).fill(1));
    expect(values['bn.runningMean']!.data).toEqual(new Float32Array(5));
  });

  it('is the same for the same seed, and for a parameter whatever stands beside it', () => {
    expect(initialise(parameters, Random.from(3))).toEqual(values);
    expect(initialise(parameters, Random.from(4))['conv.weight']).not.toEqual(values['conv.weight']);
    expect(initialise([...parameters].reverse(), Random.from(3))['conv.weight']).toEqual(
      values['conv.weight'],
    );
  });

  it('starts the named parameters at zero', () => {
    const zeroed = initialise(parameters, Random.from(3), { zeros: ['head.weight'] });
    expect(zeroed['head.weight']!.data).toEqual(new Float32Array(27));
    expect(zeroed['head.bias']).toEqual(values['head.bias']);
  });
});

describe('checkTensors', () => {
  const { parameters } = twoLayers(false);
  const whole = initialise(parameters, Random.from(1));

  it('passes tensors that fit', () => {
    expect(() => checkTensors(whole, parameters, 'model.safetensors')).not.toThrow();
  });

  it('lists missing, extra and wrongly shaped tensors in one error', () => {
    const rest = Object.fromEntries(Object.entries(whole).filter(([name]) => name !== 'head.bias'));
    const broken = { ...rest, 'head.weight': float32([1]), stray: float32([1]) };
    expect(() => checkTensors(broken, parameters, 'model.safetensors')).toThrow(
      /model\.safetensors: .*head\.weight is \[1\], expected \[3,9\]; head\.bias \[3\] is missing; stray is not of this model/,
    );
  });
});
