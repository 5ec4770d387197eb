import { expect, it } from 'vitest';
import { occlude } from '../../src/infer/occlude.js';
import { float32 } from '../../src/tensor.js';

// Two frames of one channel on a grid of 1 x 2: 1 2 | 3 6; their mean is 3.
const one = float32([1, 2, 3, 6], [2, 1, 1, 2]);

it('puts the mean feature of the clip where a place is not kept, and leaves the rest', () => {
  expect(occlude(one, [1, 0, 1, 1])).toEqual(float32([1, 3, 3, 6], [2, 1, 1, 2]));
  expect(one.data).toEqual(Float32Array.of(1, 2, 3, 6));
});

it('has a mean for each channel', () => {
  // One frame, channels 2 4 (mean 3) and 10 30 (mean 20).
  const two = float32([2, 4, 10, 30], [1, 2, 1, 2]);
  expect(occlude(two, [0, 1]).data).toEqual(Float32Array.of(3, 4, 20, 30));
});

it('leaves a frame alone whose places are all kept, in every channel', () => {
  // Two frames of one place, channels 2 10 | 4 30: means 3 and 20.
  const four = float32([2, 10, 4, 30], [2, 2, 1, 1]);
  expect(occlude(four, [1, 0]).data).toEqual(Float32Array.of(2, 10, 3, 20));
});

it('refuses a mask of another shape', () => {
  expect(() => occlude(one, [1, 1])).toThrow(/occlude.keep: .*4 numbers.*2/);
});
