import { describe, expect, it } from 'vitest';
import { boxOverlap } from '../../src/localize/boxes.js';
import { aboveMean, eitherOdds, classCurves, curveOf } from '../../src/localize/curves.js';
import { bestWindow } from '../../src/localize/windows.js';
import { classShares } from '../../src/localize/whoActs.js';

describe('curves of classes', () => {
  it('are what a class says beyond the mean of all classes of its frame', () => {
    // frames (1, 3) and (6, 2): means 2 and 4
    expect(Array.from(aboveMean([1, 3, 6, 2], 2))).toEqual([-1, 1, 2, -2]);
    expect(Array.from(curveOf([1, 3, 6, 2], 2, 1))).toEqual([3, 2]);
  });

  it('are means by the mask where one is given, and plain means where it is empty', () => {
    const grid = { frames: 2, height: 1, width: 2 };
    const evidence = [4, 8, 4, 8]; // one class, two cells a frame
    const masks = [1, 3, 0, 0]; // shares 1/4 and 3/4; then none
    expect(Array.from(classCurves(evidence, grid, 1, masks, { pool: 'mask' }))).toEqual([7, 6]);
  });
});

describe('the window rule', () => {
  it('weighs the mean of the ring outside against the mean inside', () => {
    // Inside 2, 2; the ring of one frame on either side has 1 and 0: sqrt(2) * (2 - 0.5)
    const rules = {
      rule: 'window',
      minimumLength: 2,
      maximumLength: 2,
      outerWeight: 1,
      outerShare: 0.5,
    } as const;
    const found = bestWindow([0, 1, 2, 2, 0, 0], rules, 0, 6)!;
    expect([found.from, found.to]).toEqual([2, 4]);
    expect(found.value).toBeCloseTo(Math.SQRT2 * (2 - 0.5), 5);
  });
});

describe('shares of classes at a cell', () => {
  // One class beside nothing, whose scores are 0: the share is the sigmoid of the class's score.
  const scores = [0, Math.log(3), 0, 0, Math.log(1 / 3), 0, 0, 0]; // [n=2, K+1=2, 1, 2]
  const given = { scores, classes: 1, grid: { frames: 2, height: 1, width: 2 } };

  it('are read frame by frame and cell by cell', () => {
    const [shares] = classShares(given, { neighbourhood: 1, smoothTime: 0 });
    [0.5, 0.75, 0.25, 0.5].forEach((share, i) => expect(shares![i]).toBeCloseTo(share, 5));
  });

  it('are those of the mean score of a neighbourhood, cut at the edge of the picture', () => {
    const [shares] = classShares(given, { neighbourhood: 3, smoothTime: 0 });
    const near = Math.sqrt(3) / (1 + Math.sqrt(3)); // sigmoid of (0 + ln 3) / 2
    [near, near, 1 - near, 1 - near].forEach((share, i) => expect(shares![i]).toBeCloseTo(share, 5));
  });
});

describe('overlap of boxes', () => {
  it('is 0 where they lie apart in one direction only', () => {
    expect(boxOverlap([0, 0, 1, 1], [5, 0, 6, 1])).toBe(0);
    expect(boxOverlap([0, 0, 1, 1], [0, 5, 1, 6])).toBe(0);
    expect(boxOverlap([0, 0, 2, 2], [1, 1, 3, 3])).toBeCloseTo(1 / 7, 12);
  });
});

it('one or the other holds: odds of what is known of either', () => {
  expect(eitherOdds()).toBeUndefined();
  expect([...eitherOdds([1, -2])!]).toEqual([1, -2]);
  expect([...eitherOdds(undefined, [3])!]).toEqual([3]);
  // Even chances of both: three in four that one of them holds, odds of 3; one that never holds changes nothing.
  const [even, never] = eitherOdds([0, 0.5], [0, -40])!;
  expect(even).toBeCloseTo(Math.log(3));
  expect(never).toBeCloseTo(0.5);
});
