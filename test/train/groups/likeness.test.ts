import { expect, it } from 'vitest';
import { groupsOfLikeness } from '../../../src/train/groups/likeness.js';

const row = (...numbers: number[]): Float32Array => Float32Array.from(numbers);

it('groups rows that point the same way from their mean, however far they lie from it', () => {
  // Less the mean (10, 10) and over the deviations sqrt(5) and sqrt(1/8): (0.45, 0) and (1.34, 1.41), cosine 0.69, and two
  // that point the other way.
  const rows = [row(11, 10), row(9, 10), row(13, 10.5), row(7, 9.5)];
  expect(groupsOfLikeness(rows)).toEqual([0, 1, 0, 1]);
});

it('takes 1 - cos below the cut: at a right angle it is 1', () => {
  const rows = [row(1, 0), row(0, 1), row(-1, 0), row(0, -1)]; // their mean is 0
  expect(groupsOfLikeness(rows)).toEqual([0, 1, 2, 3]);
  expect(groupsOfLikeness(rows, 1.01)).toEqual([0, 0, 1, 1]); // then (1 + 2) / 2 and (1 + 2) / 2
});

it('finds one group where all rows are alike, and none of no rows', () => {
  expect(groupsOfLikeness([row(3, 4), row(3, 4), row(3, 4)])).toEqual([0, 0, 0]);
  expect(groupsOfLikeness([row(3, 4)])).toEqual([0]);
  expect(groupsOfLikeness([])).toEqual([]);
});
