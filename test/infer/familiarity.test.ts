import { expect, it } from 'vitest';
import { distanceFrom, oddsOfUnlike, pooledOf, unlike, unlikeWarning } from '../../src/infer/familiarity.js';
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
  const frame = (...numbers: number[]) => float32(Float32Array.from(numbers), [1, 3, 1, 1]);
  expect(unlike(frame(1, 5, 0), known)).toEqual({ warning: unlikeWarning, unlike: 2.5 });
  expect(unlike(frame(1, 2, 0), known)).toBeUndefined(); // just at the limit
  expect(unlike(frame(1, NaN, 0), known)).toBeUndefined(); // told elsewhere
});

it('a frame is the more likely something else, the more deviations of the log distance it lies beyond the middle', () => {
  const frames = { ...known, middle: Math.log(2), spread: 0.5 };
  const far = 2 * Math.exp(2); // four deviations beyond a distance of 2
  const three = float32(Float32Array.from([1, 1, 0, 1, 2, 0, 1, far, 0]), [3, 3, 1, 1]);
  const even = Math.log((0.5 * Math.sqrt(2 * Math.PI)) / Math.log(10)) - Math.log(99); // -0.61 - 4.60
  const [near, middle, beyond] = oddsOfUnlike(three, frames);
  expect(near).toBeCloseTo(even); // no frame is too familiar
  expect(middle).toBeCloseTo(even);
  expect(beyond).toBeCloseTo(even + 8);
});
