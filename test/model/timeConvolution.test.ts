import { describe, expect, it } from 'vitest';
import { gradients, input, mul, sum } from '../../src/graph/index.js';
import { timeConvolution } from '../../src/model/attention/timeConvolution.js';
import { Random } from '../../src/random.js';
import { float32 } from '../../src/tensor.js';
import { evaluate } from './evaluate.js';

const [B, C, D] = [2, 3, 4];
const random = Random.from(8);
const draw = (size: number): number[] => Array.from({ length: size }, () => random.normal());

/** Calls `visit` for every product of the sum: indices into x, weight and y. */
function eachProduct(n: number, k: number, visit: (x: number, w: number, y: number) => void): void {
  for (let i = 0; i < n; i++)
    for (let j = 0; j < k; j++) {
      const from = i + j - Math.floor(k / 2);
      if (from < 0 || from >= n) continue;
      for (let b = 0; b < B; b++)
        for (let c = 0; c < C; c++)
          for (let d = 0; d < D; d++) visit((from * B + b) * C + c, (d * C + c) * k + j, (i * B + b) * D + d);
    }
}

const sizes = [1, 3, 5].flatMap((k) => [1, 2, 3, 4, 5, 8, 9].map((n) => [k, n] as const));

describe('convolution along time', () => {
  it.each(sizes)('with %i taps over %i frames is the sum over taps, with its gradients', async (k, n) => {
    const [x, weight, bias, slope] = [draw(n * B * C), draw(D * C * k), draw(D), draw(n * B * D)];
    const y = slope.map((_, at) => bias[at % D]!);
    const [xSlope, weightSlope] = [x.map(() => 0), weight.map(() => 0)];
    eachProduct(n, k, (a, w, to) => {
      y[to]! += x[a]! * weight[w]!;
      xSlope[a]! += weight[w]! * slope[to]!;
      weightSlope[w]! += x[a]! * slope[to]!;
    });

    const [X, W, b] = [input('x', [n, B, C]), input('weight', [D, C, k]), input('bias', [D])];
    const output = timeConvolution(X, W, b);
    const [dX, dW] = gradients(sum(mul(output, input('slope', [n, B, D]))), [X, W]);
    const got = await evaluate(
      { output, dX: dX!, dW: dW! },
      {
        feeds: {
          x: float32(x, X.shape),
          weight: float32(weight, W.shape),
          bias: float32(bias),
          slope: float32(slope, output.shape),
        },
      },
    );
    for (const [ours, expected] of [
      [got.output, y],
      [got.dX, xSlope],
      [got.dW, weightSlope],
    ] as const) {
      expect(ours.length).toBe(expected.length);
      ours.forEach((value, at) => expect(value).toBeCloseTo(expected[at]!, 4));
    }
  });
});
