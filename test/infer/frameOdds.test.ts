import { expect, it } from 'vitest';
import { changeBetween, logLawOf, oddsOfOther } from '../../src/infer/frameOdds.js';
import { pooledFrames } from '../../src/infer/familiarity.js';
import { float32 } from '../../src/tensor.js';

/** Three channels around (1, 0, 0); distances of 2, by a factor of sqrt(e) to and fro. */
const known = {
  ...{ mean: [1, 0, 0], directions: [1, 0, 0], variances: [3], rest: 1 },
  distances: { middle: Math.log(2), spread: 0.5 },
};

function framesOf(...rows: number[][]): Float64Array[] {
  return pooledFrames(float32(Float32Array.from(rows.flat()), [rows.length, 3, 1, 1]));
}

/** What a frame in the middle of a law of spread .5 has: log(.5 sqrt(2 pi) / log 10) + log(1 / 99). */
const middle = -0.6085 - 4.5951;

it('a frame is the more likely something else, the more deviations of the log distance it lies beyond the middle', () => {
  const far = 2 * Math.E; // two deviations beyond a distance of 2: z^2 / 2 = 2
  const odds = oddsOfOther(framesOf([1, 1, 0], [1, 2, 0], [1, far, 0], [1, 2000, 0]), known);
  expect(odds[0]).toBeCloseTo(middle, 3); // no frame is too familiar
  expect(odds[1]).toBeCloseTo(middle, 3);
  expect(odds[2]).toBeCloseTo(middle + 2, 3);
  expect(odds[3]).toBeCloseTo(middle + (Math.LN10 / 0.5) ** 2 / 2, 3); // ten times beyond is the end
});

it('a frame that equals both its neighbours stands still, where those of the training did not', () => {
  const moving = { ...known, changes: { middle: Math.log(0.1), spread: 0.5 } };
  const odds = oddsOfOther(framesOf([1, 2, 0], [1, 2, 0], [1, 2, 0], [1, 3, 0]), moving);
  const still = middle + (Math.LN10 / 0.5) ** 2 / 2;
  expect(odds[1]).toBeGreaterThan(still);
  expect(odds[1]).toBeCloseTo(still, 1);
  // The third changes by 1 of 7 to its next frame, more than a tenth: not still.
  expect(odds[2]).toBeLessThan(-4);
  expect(oddsOfOther(framesOf([1, 2, 0]), moving)[0]).toBeCloseTo(middle, 3); // one frame alone says nothing of change
});

it('change is a share of what both rows hold, and its law knows no zeros', () => {
  expect(changeBetween([1, 3], [2, 2])).toBe(0.25);
  expect(changeBetween([0, 0], [0, 0])).toBe(0);
  const law = logLawOf([0, 0, ...new Array<number>(8).fill(1), ...new Array<number>(8).fill(Math.E)])!;
  expect(law.middle).toBeCloseTo(0.5);
  expect(law.spread).toBeCloseTo(0.5);
  expect(logLawOf(new Array<number>(20).fill(3))).toBeUndefined();
  expect(logLawOf([1, 2, 3])).toBeUndefined();
});
