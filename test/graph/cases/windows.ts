// Cases of operations over [N,C,...spatial].
import * as g from '../../../src/graph/index.js';
import { reachable } from '../../../src/graph/gradients.js';
import { batchNormTraining } from '../../../src/graph/ops/normalisation.js';
import type { Expr } from '../../../src/graph/index.js';
import { f, positive, spread, type Case } from './case.js';

export const windows: Case[] = [
  {
    operation: 'conv',
    title: 'correlates',
    feeds: [f([1, 1, 3], 1, 2, 4), f([1, 1, 2], 1, -1)],
    build: (x, w) => g.conv(x, w),
    expected: [-1, -2],
  },
  {
    operation: 'conv',
    title: 'pads with zeros and adds its bias',
    feeds: [f([1, 1, 2], 1, 2), f([1, 1, 3], 1, 10, 100), f([1], 0.5)],
    build: (x, w, bias) => g.conv(x, w, { padding: 1, bias }),
    expected: [210.5, 21.5],
  },
  {
    operation: 'conv',
    title: '3x3, padding 1',
    feeds: [spread(2, 2, 4, 3), spread(3, 2, 3, 3)],
    build: (x, w) => g.conv(x, w, { padding: 1 }),
  },
  {
    operation: 'conv',
    title: 'stride 2 that leaves a row over',
    feeds: [spread(1, 2, 6, 5), spread(2, 2, 3, 3)],
    build: (x, w) => g.conv(x, w, { stride: 2, padding: 1 }),
  },
  {
    operation: 'conv',
    title: 'dilation, unequal axes and groups',
    feeds: [spread(2, 4, 7, 5), spread(6, 2, 3, 2)],
    build: (x, w) => g.conv(x, w, { dilation: [2, 1], stride: [1, 2], padding: [2, 0], groups: 2 }),
  },
  {
    operation: 'conv',
    title: '1x1',
    feeds: [spread(2, 3, 2, 2), spread(2, 3, 1, 1)],
    build: (x, w) => g.conv(x, w),
  },
  {
    operation: 'convInputGradient',
    title: 'spreads each number over the kernel',
    feeds: [f([1, 1, 2], 1, 2), f([1, 1, 2], 3, 5)],
    build: (y, w) => inputGradient(y, w),
    expected: [3, 11, 10],
  },
  {
    operation: 'convWeightGradient',
    title: 'correlates input with gradient',
    feeds: [f([1, 1, 3], 1, 2, 4), f([1, 1, 2], 1, -1)],
    build: (x, y) => weightGradient(x, y),
    expected: [-1, -2],
  },
  {
    operation: 'maxPool',
    title: 'takes each window',
    feeds: [f([1, 1, 4], 1, 3, 2, -1)],
    build: (x) => g.maxPool(x, { size: 2 }),
    expected: [3, 2],
  },
  {
    operation: 'maxPool',
    title: 'overlaps and pads',
    feeds: [spread(1, 2, 5, 4)],
    build: (x) => g.maxPool(x, { size: 3, stride: 2, padding: 1 }),
  },
  {
    operation: 'maxPoolPlaces',
    title: 'counts over all elements',
    feeds: [f([1, 2, 2], 1, 3, 2, -1)],
    build: (x) => places(x),
    expected: [1, 2],
  },
  {
    operation: 'averagePool',
    title: 'counts padding as zeros',
    feeds: [f([1, 1, 2], 1, 3)],
    build: (x) => g.averagePool(x, { size: 2, stride: 1, padding: 1 }),
    expected: [0.5, 2, 1.5],
  },
  {
    operation: 'averagePool',
    title: 'two axes',
    feeds: [spread(2, 2, 4, 5)],
    build: (x) => g.averagePool(x, { size: [2, 3], stride: [2, 1] }),
  },
  {
    operation: 'sum',
    title: 'pools globally',
    feeds: [f([1, 2, 2], 1, 3, 5, 8)],
    build: g.globalAveragePool,
    expected: [2, 6.5],
  },
  {
    operation: 'batchNorm',
    title: '(x - mean) / deviation * weight + bias',
    feeds: [f([1, 1, 2], 1, 3), f([1], 2), f([1], 0.5), f([1], 1), f([1], 4)],
    build: (x, weight, bias, mean, variance) =>
      g.batchNorm(x, {
        weight,
        bias,
        mean: g.stopGradient(mean),
        variance: g.stopGradient(variance),
        epsilon: 0,
      }),
    still: [3, 4],
    expected: [0.5, 2.5],
  },
  {
    operation: 'batchNormTraining',
    title: 'of 1 and 3: mean 2, deviation 1',
    feeds: [f([2, 1, 1], 1, 3), f([1], 2), f([1], 0.5)],
    build: (x, weight, bias) => batchNormTraining(x, { weight, bias, epsilon: 0 }).output,
    expected: [-1.5, 2.5],
  },
  {
    operation: 'batchNormTraining',
    title: 'with two channels',
    feeds: [spread(3, 2, 2, 2), positive(2), spread(2)],
    build: (x, weight, bias) => batchNormTraining(x, { weight, bias }).output,
  },
  {
    operation: 'matMul',
    title: 'resizes 2 to 4: quarters between',
    feeds: [f([1, 1, 1, 2], 0, 4)],
    build: (x) => g.resize(x, { height: 1, width: 4 }),
    expected: [0, 1, 3, 4],
  },
  {
    operation: 'matMul',
    title: 'resizes down and up',
    feeds: [spread(1, 2, 5, 3)],
    build: (x) => g.resize(x, { height: 3, width: 7 }),
  },
];

/** The nodes that only gradients make, reached through them. */
function inputGradient(y: Expr, w: Expr): Expr {
  const x = g.input('unused', [1, 1, 3]);
  return g.gradients(g.sum(g.mul(g.conv(x, w), y)), [x])[0]!;
}

function weightGradient(x: Expr, y: Expr): Expr {
  const w = g.input('unused', [1, 1, 2]);
  return g.gradients(g.sum(g.mul(g.conv(x, w), y)), [w])[0]!;
}

function places(x: Expr): Expr {
  const slope = g.gradients(g.sum(g.maxPool(x, { size: 2 })), [x])[0]!;
  return reachable([slope]).find((node) => node.op.name === 'maxPoolPlaces')!;
}
