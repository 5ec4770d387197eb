import { expect, it } from 'vitest';
import { boxShares } from '../../src/localize/boxShares.js';

const grid = { frames: 2, height: 2, width: 4 };
const picture = { width: 40, height: 20 };
const sum = (values: Float32Array): number => values.reduce((all, one) => all + one, 0);

it('shares a frame between the cells in its box as they overlap', () => {
  // cells of 10 x 10; the box covers half of column 1, all of column 2, and the upper row
  const shares = boxShares([[15, 0, 30, 10], null], grid, picture, 1);
  const first = Array.from(shares.subarray(0, 8), (x) => Number((2 * x).toFixed(6)));
  expect(first).toEqual([0, 0.333333, 0.666667, 0, 0, 0, 0, 0]);
  expect(Array.from(shares.subarray(8))).toEqual(new Array(8).fill(1 / 16)); // no box: all of the picture
  expect(sum(shares)).toBeCloseTo(1, 6);
});

it('takes cells where they look, up to the middle between neighbours', () => {
  // middles at 0, 20, 40, 60 of 80 pixels: half the picture's scale, so at 0, 10, 20, 30; edges at -5, 5, 15, 25, 35
  const line = { offset: 0, stride: 20, size: 80 };
  const cells = { x: line, y: { offset: 10, stride: 20, size: 40 } };
  const shares = boxShares([[5, 0, 20, 20], null], { ...grid, cells }, picture, 1);
  const row = Array.from(shares.subarray(0, 4), (x) => Number((4 * x).toFixed(6)));
  expect(row).toEqual([0, 0.666667, 0.333333, 0]);
});

it('grows a box about its centre, and shares a frame evenly whose box no cell looks at', () => {
  const shares = boxShares(
    [
      [10, 0, 20, 20],
      [90, 0, 95, 5],
    ],
    grid,
    picture,
    2,
  );
  const row = Array.from(shares.subarray(0, 4), (x) => Number((4 * x).toFixed(6)));
  expect(row).toEqual([0.25, 0.5, 0.25, 0]);
  expect(Array.from(shares.subarray(8))).toEqual(new Array(8).fill(1 / 16));
});
