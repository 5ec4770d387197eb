import { expect, it } from 'vitest';
import { distanceFrom, pooledFrames, pooledOf, unlike, unlikeWarning } from '../../src/infer/familiarity.js';
import { float32 } from '../../src/tensor.js';

/** Three channels around (1, 0, 0); along the first one they vary by 3 + 1, along the others by 1. */
const known = { mean: [1, 0, 0], directions: [1, 0, 0], variances: [3], rest: 1, limit: 2 };

it('along a direction of the training a clip may go farther than across it', () => {
  expect(distanceFrom([1, 0, 0], known)).toBe(0);
  expect(distanceFrom([5, 0, 0], known)).toBeCloseTo(2); // 16 / 4
  expect(distanceFrom([1, 4, 0], known)).toBeCloseTo(4); // 16 / 1
  expect(distanceFrom([3, 2, 1], known)).toBeCloseTo(Math.sqrt(1 + 5));
});

it('pools over frames and places', () => {
  // Two frames of three channels on one place: channel means 2, 5, 7.
  expect([...pooledOf(float32(Float32Array.from([1, 4, 6, 3, 6, 8]), [2, 3, 1, 1]))]).toEqual([2, 5, 7]);
});

it('a clip beyond the limit is told with how far it is, and one within is not', () => {
  const frame = (...numbers: number[]) => pooledFrames(float32(Float32Array.from(numbers), [1, 3, 1, 1]));
  expect(unlike(frame(1, 5, 0), known)).toEqual({ warning: unlikeWarning, unlike: 2.5 });
  expect(unlike(frame(1, 2, 0), known)).toBeUndefined(); // just at the limit
  expect(unlike(frame(1, NaN, 0), known)).toBeUndefined(); // told elsewhere
});
