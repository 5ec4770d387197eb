// Cases of operations that move, choose, reduce or multiply elements.
import * as g from '../../../src/graph/index.js';
import { depthToSpace, spaceToDepth } from '../../../src/graph/ops/blocks.js';
import { scatterAdd } from '../../../src/graph/ops/indexing.js';
import { f, int, spread, type Case } from './case.js';

export const moves: Case[] = [
  {
    operation: 'reshape',
    title: 'finds the free length',
    feeds: [spread(2, 6)],
    build: (x) => g.sum(g.reshape(x, [3, -1]), { axes: 0 }),
  },
  {
    operation: 'reshape',
    title: 'keeps the order',
    feeds: [f([2, 2], 1, 2, 3, 4)],
    build: (x) => g.reshape(x, [4]),
    expected: [1, 2, 3, 4],
  },
  {
    operation: 'transpose',
    title: 'turns a matrix',
    feeds: [f([2, 3], 1, 2, 3, 4, 5, 6)],
    build: (x) => g.transpose(x),
    expected: [1, 4, 2, 5, 3, 6],
  },
  {
    operation: 'transpose',
    title: 'moves three axes',
    feeds: [spread(2, 3, 4)],
    build: (x) => g.transpose(x, [2, 0, 1]),
  },
  {
    operation: 'slice',
    title: 'counts from the end',
    feeds: [f([5], 1, 2, 3, 4, 5)],
    build: (x) => g.slice(x, { axis: 0, start: -3, end: -1 }),
    expected: [3, 4],
  },
  {
    operation: 'slice',
    title: 'walks in steps',
    feeds: [f([6], 1, 2, 3, 4, 5, 6)],
    build: (x) => g.slice(x, { axis: 0, start: 1, step: 3 }),
    expected: [2, 5],
  },
  {
    operation: 'concat',
    title: 'joins rows of different length',
    feeds: [f([2, 1], 1, 2), f([2, 2], 3, 4, 5, 6)],
    build: (a, b) => g.concat([a, b], 1),
    expected: [1, 3, 4, 2, 5, 6],
  },
  {
    operation: 'concat',
    title: 'stacks along a new last axis',
    feeds: [f([2], 1, 2), f([2], 3, 4)],
    build: (a, b) => g.stack([a, b], -1),
    expected: [1, 3, 2, 4],
  },
  {
    operation: 'pad',
    title: 'adds a frame',
    feeds: [f([1, 2], 1, 2)],
    build: (x) =>
      g.pad(
        x,
        [
          [1, 0],
          [0, 1],
        ],
        9,
      ),
    expected: [9, 9, 9, 1, 2, 9],
  },
  {
    operation: 'spaceToDepth',
    title: 'takes 2 x 2 blocks apart',
    feeds: [f([1, 1, 2, 4], 1, 2, 3, 4, 5, 6, 7, 8)],
    build: (x) => spaceToDepth(x, 2),
    expected: [1, 3, 2, 4, 5, 7, 6, 8],
  },
  {
    operation: 'depthToSpace',
    title: 'puts them together',
    feeds: [f([1, 4, 1, 2], 1, 3, 2, 4, 5, 7, 6, 8)],
    build: (x) => depthToSpace(x, 2),
    expected: [1, 2, 3, 4, 5, 6, 7, 8],
  },
  {
    operation: 'gather',
    title: 'takes columns, one twice',
    feeds: [f([2, 3], 1, 2, 3, 4, 5, 6), int([3], 2, 0, 2)],
    build: (x, i) => g.gather(x, i, 1),
    expected: [3, 1, 3, 6, 4, 6],
  },
  {
    operation: 'gather',
    title: 'puts two axes of indices in place of one',
    feeds: [spread(4, 2), int([2, 2], 3, 0, 1, 1)],
    build: (x, i) => g.gather(x, i, 0),
  },
  {
    operation: 'scatterRows',
    title: 'adds rows at their index',
    feeds: [f([3, 2], 1, 2, 3, 4, 5, 6), int([3], 1, 0, 1)],
    build: (x, i) => scatterAdd(x, i, [3, 2], 0),
    expected: [3, 4, 6, 8, 0, 0],
  },
  {
    operation: 'oneHot',
    title: 'makes rows',
    feeds: [int([2], 2, 0)],
    build: (x) => g.oneHot(x, 3),
    expected: [0, 0, 1, 1, 0, 0],
  },
];

export const reductions: Case[] = [
  {
    operation: 'sum',
    title: 'sums rows',
    feeds: [f([2, 2], 1, 2, 3, 4)],
    build: (x) => g.sum(x, { axes: -1 }),
    expected: [3, 7],
  },
  {
    operation: 'sum',
    title: 'averages over two axes that are no neighbours',
    feeds: [spread(2, 3, 2)],
    build: (x) => g.mean(x, { axes: [0, 2] }),
  },
  {
    operation: 'max',
    title: 'of columns',
    feeds: [f([2, 2], 1, 7, 3, 4)],
    build: (x) => g.max(x, { axes: 0, keepDims: true }),
    expected: [3, 7],
  },
  { operation: 'max', title: 'over all', feeds: [spread(3, 4)], build: (x) => g.max(x) },
  {
    operation: 'argMax',
    title: 'is the first place',
    feeds: [f([2, 3], 1, 7, 7, 4, 2, 3)],
    build: (x) => g.argMax(x, 1),
    expected: [1, 0],
  },
  {
    operation: 'softmax',
    title: 'of ln 1 and ln 3 is a quarter and three',
    feeds: [f([1, 2], 0, Math.log(3))],
    build: (x) => g.softmax(x, 1),
    expected: [0.25, 0.75],
  },
  {
    operation: 'softmax',
    title: 'along the first axis',
    feeds: [spread(3, 2)],
    build: (x) => g.softmax(x, 0),
  },
  {
    operation: 'logSoftmax',
    title: 'survives large numbers',
    feeds: [f([1, 2], 1000, 1000)],
    build: (x) => g.logSoftmax(x, 1),
    expected: [-Math.LN2, -Math.LN2],
  },
  {
    operation: 'matMul',
    title: 'multiplies matrices',
    feeds: [f([1, 2], 1, 2), f([2, 2], 3, 4, 5, 6)],
    build: g.matMul,
    expected: [13, 16],
  },
  {
    operation: 'matMul',
    title: 'flattens a batch against one matrix',
    feeds: [spread(2, 3, 2), spread(2, 2)],
    build: g.matMul,
  },
  {
    operation: 'matMul',
    title: 'broadcasts batches',
    feeds: [spread(2, 1, 2, 3), spread(3, 3, 2)],
    build: g.matMul,
  },
];
