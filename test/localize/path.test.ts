import { describe, expect, it } from 'vitest';
import { findSegments, localizeOptions, pathSegments } from '../../src/localize/index.js';

/** Curves `[n,2]` that say class 0 by `lead` on the frames marked 0, class 1 on those marked 1. */
function curves(marks: readonly number[], lead: number): number[] {
  return marks.flatMap((k) => (k === 0 ? [lead, 0] : [0, lead]));
}

describe('pathSegments', () => {
  it('cuts where the class changes', () => {
    const found = pathSegments(curves([0, 0, 0, 0, 1, 1, 1, 1], 3), 2);
    expect(found.map(({ classIndex, from, to }) => [classIndex, from, to])).toEqual([
      [0, 0, 4],
      [1, 4, 8],
    ]);
    // Every frame gives its class 1 / (1 + e^-3).
    expect(found[0]!.score).toBeCloseTo(1 / (1 + Math.exp(-3)), 6);
  });

  it('reads one odd frame over where two changes cost more than it says, and cuts it out where they cost less', () => {
    // Two changes cost 2 log(8 * 1) = 4.16; one frame of lead d gains d (log p of both classes differ by d).
    const odd = [0, 0, 0, 1, 0, 0, 0, 0];
    expect(pathSegments(curves(odd, 4), 2)).toHaveLength(1);
    expect(pathSegments(curves(odd, 4.4), 2)).toHaveLength(3);
  });

  it('gives the whole clip to the only class', () => {
    expect(pathSegments([1, 5, 2], 1)).toEqual([{ classIndex: 0, from: 0, to: 3, score: 1 }]);
  });
});

describe('the rule path', () => {
  it('finds two classes that no one named, best first', () => {
    const values = curves([0, 0, 0, 0, 1, 1, 1, 1], 3);
    values[0] = 0.5; // the first frame of class 0 is less sure
    const { when } = localizeOptions({ when: { rule: 'path', maximumSegments: 9 } });
    const found = findSegments(
      {
        ...{ frames: 8, classes: 2, weights: Array<number>(8).fill(1 / 8), probabilities: [0.9, 0.1] },
        curves: values,
      },
      when,
    );
    expect(found.map(({ classIndex, from, to }) => [classIndex, from, to])).toEqual([
      [1, 4, 8],
      [0, 0, 4],
    ]);
  });
});
