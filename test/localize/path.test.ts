import { describe, expect, it } from 'vitest';
import { findSegments } from '../../src/localize/segments.js';
import { localizeOptions } from '../../src/localize/index.js';
import { pathSegments } from '../../src/localize/path.js';

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

describe('pathSegments of classes that are told one by one', () => {
  const apart = { probability: 'sigmoid' } as const;

  it('leaves frames without a class where nothing is more likely than not', () => {
    // Class 0 has odds of e^3 on frames 1..3, class 1 on frames 6..8; elsewhere both have e^-3.
    const marks = [-1, 0, 0, 0, -1, -1, 1, 1, 1, -1];
    const values = marks.flatMap((k) => [k === 0 ? 3 : -3, k === 1 ? 3 : -3]);
    const found = pathSegments(values, 2, apart);
    expect(found.map(({ classIndex, from, to }) => [classIndex, from, to])).toEqual([
      [0, 1, 4],
      [1, 6, 9],
    ]);
    expect(found[0]!.score).toBeCloseTo(1 / (1 + Math.exp(-3)), 6);
    // By shares of the frame the same curves are a class throughout: where both are unlikely they are even.
    expect(pathSegments(values, 2).reduce((sum, { from, to }) => sum + to - from, 0)).toBe(10);
  });

  it('asks of a segment what two changes cost: 2 log(n K)', () => {
    // n = 8, K = 2: 2 log 16 = 5.55; one frame of 5.5 is not worth it, one of 5.6 is.
    const single = (lead: number): number[] => Array.from({ length: 16 }, (_, i) => (i === 6 ? lead : -9));
    expect(pathSegments(single(5.5), 2, apart)).toEqual([]);
    expect(pathSegments(single(5.6), 2, apart)).toMatchObject([{ classIndex: 0, from: 3, to: 4 }]);
  });
});

describe('a path that knows nothing', () => {
  const curves = new Array<number[]>(12).fill([3, -3]).flat(); // class 0 throughout, as a softmax has it

  it('leaves out frames on which nothing is likelier than any class', () => {
    const nothing = Array.from({ length: 12 }, (_, t) => (t < 6 ? -6 : 6));
    expect(pathSegments(curves, 2, { nothing })).toMatchObject([{ classIndex: 0, from: 0, to: 6 }]);
  });

  it('is the softmax path where nothing is never likely, but for the dearer change', () => {
    const nothing = new Array<number>(12).fill(-40);
    const [run] = pathSegments(curves, 2, { nothing });
    expect(run).toMatchObject({ classIndex: 0, from: 0, to: 12 });
    expect(run!.score).toBeCloseTo(1 / (1 + Math.exp(-6)), 6);
  });

  it('tells no segment where nothing happens at all', () => {
    expect(pathSegments(curves, 2, { nothing: new Array<number>(12).fill(8) })).toEqual([]);
  });
});
