import { expect, it } from 'vitest';
import {
  boxCentre,
  centreBox,
  chance,
  middleHalf,
  scaledBox,
  wholeClip,
  wholeFrame,
} from '../../src/metrics/trivial.js';

const picture = { width: 8, height: 4 };

it('the boxes that look at no picture', () => {
  expect(centreBox(picture)).toEqual([2, 1, 6, 3]);
  expect(wholeFrame(picture)).toEqual([0, 0, 8, 4]);
});

it('a box in parts of the picture, in its pixels, and its middle', () => {
  expect(scaledBox([0.25, 0.5, 0.75, 1], picture)).toEqual([2, 2, 6, 4]);
  expect(boxCentre([2, 1, 6, 4])).toEqual([4, 2.5]);
});

it('the times that look at no frame', () => {
  expect(wholeClip(8)).toEqual({ startSeconds: 0, endSeconds: 8 });
  expect(middleHalf(8)).toEqual({ startSeconds: 2, endSeconds: 6 });
});

it('chance of one class, of the first two, and of a clip with two right classes', () => {
  expect(chance(5)).toBe(0.2);
  expect(chance(5, 2)).toBe(0.4);
  expect(chance(2, 5)).toBe(1);
  expect(chance(5, 1, 2)).toBeCloseTo(2 / 5, 12); // 1 - C(3, 1) / C(5, 1)
  expect(chance(4, 2, 2)).toBeCloseTo(5 / 6, 12); // 1 - C(2, 2) / C(4, 2)
});
