// Three steps of each optimiser beside the numbers that PyTorch gives for the same gradients and rates.
import { describe, expect, it } from 'vitest';
import {
  adam,
  adamw,
  clipByGlobalNorm,
  input,
  parameter,
  sgd,
  type Optimiser,
} from '../../src/graph/index.js';
import { compile, distance, type Feed } from './evaluate.js';

const gradients = [
  [0.5, -1, 2],
  [1, 0.25, -0.5],
  [-2, 0.125, 0],
];
const rates = [0.1, 0.05, 0.2];
const rate = input('rate', []);

/** The parameter after each step, from 1, -2, 3; state starts at zeros and is carried over by name. */
async function steps(optimiser: Optimiser, limit?: number): Promise<number[][]> {
  const p = parameter('p', [3]);
  const g = input('g', [3]);
  const slope = limit === undefined ? g : clipByGlobalNorm([g], limit).gradients[0]!;
  const { next, state } = optimiser.update(p, slope);
  const updates = [{ parameter: p, next }, ...state, ...optimiser.shared];
  const program = await compile({}, updates);
  const values: Record<string, Feed> = {};
  for (const { parameter: kept } of updates) {
    values[kept.name!] = {
      shape: kept.shape,
      data: kept === p ? [1, -2, 3] : kept.shape.length ? [0, 0, 0] : [0],
    };
  }
  const found: number[][] = [];
  for (const [i, gradient] of gradients.entries()) {
    const results = await program.run({
      ...values,
      g: { shape: [3], data: gradient },
      rate: { shape: [], data: [rates[i]!] },
    });
    for (const name of Object.keys(values))
      values[name] = { shape: values[name]!.shape, data: results[`next:${name}`]! };
    found.push(results['next:p']!);
  }
  return found;
}

interface Row {
  title: string;
  optimiser: Optimiser;
  limit?: number;
  expected: number[][];
}

const rows: Row[] = [
  {
    title: 'SGD',
    optimiser: sgd({ learningRate: rate }),
    expected: [
      [0.95, -1.9, 2.8],
      [0.9, -1.9125, 2.825],
      [1.3, -1.9375, 2.825],
    ],
  },
  {
    title: 'SGD with momentum 0.9 and decay 0.01',
    optimiser: sgd({ learningRate: rate, momentum: 0.9, weightDecay: 0.01 }),
    expected: [
      [0.949, -1.898, 2.797],
      [0.875575, -1.863651, 2.729251],
      [1.009496, -1.761267, 2.479898],
    ],
  },
  {
    title: 'Adam with decay 0.01',
    optimiser: adam({ learningRate: rate, weightDecay: 0.01 }),
    expected: [
      [0.9, -1.9, 2.9],
      [0.851683, -1.875547, 2.875778],
      [0.889085, -1.813253, 2.799127],
    ],
  },
  {
    title: 'AdamW with decay 0.1',
    optimiser: adamw({ learningRate: rate, weightDecay: 0.1 }),
    expected: [
      [0.89, -1.88, 2.87],
      [0.837291, -1.847127, 2.832177],
      [0.859304, -1.753528, 2.702953],
    ],
  },
  {
    title: 'SGD with gradients clipped to norm 1',
    optimiser: sgd({ learningRate: rate }),
    limit: 1,
    expected: [
      [0.978178, -1.956356, 2.912713],
      [0.934535, -1.967267, 2.934535],
      [1.134145, -1.979743, 2.934535],
    ],
  },
];

describe.each(rows)('$title', ({ optimiser, limit, expected }) => {
  it('takes the steps of PyTorch', async () => {
    const found = await steps(optimiser, limit);
    expect(distance(found.flat(), expected.flat()), JSON.stringify(found)).toBeLessThan(2e-6);
  });
});

describe('factors of one parameter', () => {
  it('scale its rate and its decay: p (1 - 2 * 0.1 * 0 ) - 2 * 0.1 * g', async () => {
    const p = parameter('p', [1]);
    const { next } = sgd({ learningRate: 0.1, weightDecay: 5 }).update(p, input('g', [1]), {
      learningRateFactor: 2,
      weightDecayFactor: 0,
    });
    const { out } = await (
      await compile({ out: next })
    ).run({ p: { shape: [1], data: [1] }, g: { shape: [1], data: [3] } });
    expect(out![0]).toBeCloseTo(0.4, 6);
  });
});
