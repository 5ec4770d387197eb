// Shape errors name the operation, what must hold and what came.
import { describe, expect, it } from 'vitest';
import * as g from '../../src/graph/index.js';
import { batchNormTraining } from '../../src/graph/ops/normalisation.js';
import { WhereWhenError } from '../../src/errors.js';

const x = (...shape: number[]) => g.input('x', shape);
const labels = (...shape: number[]) => g.input('labels', shape, 'int64');

const broken: [() => unknown, string][] = [
  [() => g.add(x(2, 3), x(4)), 'add: shapes must broadcast, got [2,3] and [4]'],
  [() => g.add(x(2), labels(2)), 'add: dtypes must agree, got float32 and int64'],
  [() => g.conv(x(1, 3, 5, 5), x(8, 4, 3, 3)), 'conv: channels of input and weight must agree, got 3 and 4'],
  [() => g.conv(x(1, 3, 2, 2), x(8, 3, 3, 3)), 'conv: kernel must fit into the padded input, got 3 and 2'],
  [
    () => g.conv(x(1, 3, 5), x(8, 3, 3, 3)),
    'conv: input and weight must have the same three or more axes, got [1,3,5] and [8,3,3,3]',
  ],
  [() => g.conv(x(1, 3, 5), x(8, 3, 3), { stride: [1, 2] }), 'conv: one number or 1 are needed, got [1,2]'],
  [() => g.conv(x(1, 3, 5), x(8, 3, 3), { bias: x(3) }), 'conv: bias must have 8 elements, got [3]'],
  [
    () => g.matMul(x(2, 3), x(4, 5)),
    'matMul: columns of the first and rows of the second must agree, got [2,3] and [4,5]',
  ],
  [() => g.reshape(x(2, 3), [4, -1]), 'reshape: sizes must agree, got [2,3] to [4,-1]'],
  [() => g.transpose(x(2, 3), [0, 0]), 'transpose: perm must name each of the 2 axes once, got [0,0]'],
  [
    () => g.slice(x(4), { axis: 0, start: 3, end: 2 }),
    'slice: range must lie within 0..4 and hold something, got 3..2 step 1',
  ],
  [() => g.concat([x(2, 3), x(2, 4)], 0), 'concat: shapes must agree but for axis 0, got [2,3] and [2,4]'],
  [() => g.concat([], 0), 'concat: at least one input is needed, got none'],
  [() => g.sum(x(2, 3), { axes: 2 }), 'sum: axis must lie within rank 2, got 2'],
  [() => g.where(x(2), 1, 0), 'where: condition must be bool, got float32'],
  [() => g.oneHot(x(2), 3), 'oneHot: labels must be integers, got float32'],
  [() => g.expand(x(3), [2, 2]), 'expand: shapes must broadcast, got [3] and [2,2]'],
  [() => g.squeeze(x(2, 1), [0]), 'squeeze: axes must have length 1, got axis 0 of [2,1]'],
  [
    () => g.maxPool(x(1, 1, 4), { size: 2, padding: 2 }),
    'maxPool: padding must be at most half of the window, got 2',
  ],
  [
    () => batchNormTraining(x(1, 3), { weight: x(3), bias: x(3) }),
    'batchNormTraining: each channel needs more than one value, got [1,3]',
  ],
  [() => g.constant([1, 2], [3]), 'constant: data must fill the shape, got 2 numbers for [3]'],
  [() => x(0), 'input: lengths must be positive integers, got [0]'],
  [() => g.mean(labels(2)), 'mean: input must be float, got int64'],
];

describe('shape errors', () => {
  it.each(broken.map(([make, text]) => ({ make, text })))('$text', ({ make, text }) => {
    expect(make).toThrow(WhereWhenError);
    expect(make).toThrow(text);
  });
});
