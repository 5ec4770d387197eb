import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bestWindow,
  bestWindows,
  runsAbove,
  windowContrast,
  type WindowRules,
} from '../../src/localize/windows.js';
import { classCurves, windowAnswer } from '../../src/localize/curves.js';
import { findSegments, toSegment, windowOverlap, windowSeconds } from '../../src/localize/segments.js';
import { localizeOptions } from '../../src/localize/index.js';

const rules = (change: Partial<WindowRules> = {}): WindowRules => ({
  rule: 'window',
  minimumLength: 1,
  maximumLength: 100,
  ...change,
});

describe('bestWindow', () => {
  it('by sum q / sqrt(length) prefers three ones to one of 1.5', () => {
    // 3 / sqrt 3 = 1.73 beats 1.5; stretched over the -1 between both it would be (3 - 1 + 1.5) / sqrt 5 = 1.57.
    const window = bestWindow([1, 1, 1, -1, 1.5, -1], rules());
    expect(window).toMatchObject({ from: 0, to: 3 });
    expect(window!.value).toBeCloseTo(3 / Math.sqrt(3));
  });

  it('holds the shortest and the longest length', () => {
    expect(bestWindow([0, 5, 0, 0], rules({ minimumLength: 2 }))).toMatchObject({ from: 0, to: 2 });
    expect(bestWindow([1, 1, 1, 1], rules({ maximumLength: 2 }))).toMatchObject({ from: 0, to: 2 });
  });

  it('by outer-inner contrast cuts away a plateau that is lower than the core', () => {
    const curve = [0, 1, 3, 3, 3, 1, 0, 0];
    expect(bestWindow(curve, rules())).toMatchObject({ from: 2, to: 5 });
    expect(bestWindow([2, 2, 3, 3, 2, 2], rules())).toMatchObject({ from: 0, to: 6 });
    expect(bestWindow([2, 2, 3, 3, 2, 2], rules({ outerWeight: 1 }))).toMatchObject({ from: 2, to: 4 });
  });

  it('by the step rule finds the same window whatever constant is added', () => {
    const curve = [0.1, 0, 0.2, 1, 1.2, 1.1, 0, 0.1];
    const step = rules({ rule: 'step' });
    for (const level of [0, -5, 5]) {
      expect(
        bestWindow(
          curve.map((x) => x + level),
          step,
        ),
      ).toMatchObject({ from: 3, to: 6 });
    }
  });

  it('by the step rule is the least-squares fit of a curve with two levels, the inner one higher', () => {
    const mean = (part: number[]): number => part.reduce((a, b) => a + b, 0) / part.length;
    const spread = (part: number[]): number => part.reduce((a, x) => a + (x - mean(part)) ** 2, 0);
    const split = (curve: number[], from: number, to: number): [number[], number[]] => [
      curve.slice(from, to),
      [...curve.slice(0, from), ...curve.slice(to)],
    ];
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 4, maxLength: 10 }), (curve) => {
        const found = bestWindow(curve, rules({ rule: 'step', maximumLength: curve.length - 1 }))!;
        let best = spread(curve);
        for (let a = 0; a < curve.length; a++) {
          for (let b = a + 1; b <= curve.length && b - a < curve.length; b++) {
            const [inside, outside] = split(curve, a, b);
            if (mean(inside) >= mean(outside)) best = Math.min(best, spread(inside) + spread(outside));
          }
        }
        const [inside, outside] = split(curve, found.from, found.to);
        expect(spread(inside) + spread(outside)).toBeCloseTo(best, 6);
      }),
    );
  });
});

describe('bestWindows', () => {
  it('finds several stretches that do not overlap, best first, and drops the weak', () => {
    const curve = [-1, 2, 2, -1, -1, 3, 3, -1, 0.1];
    const windows = bestWindows(curve, rules(), { count: 5, minimumScore: 0.3 });
    expect(windows.map(({ from, to }) => [from, to])).toEqual([
      [5, 7],
      [1, 3],
    ]);
  });

  it('looks for the next one in what the others left only', () => {
    // 9 lies right of 5 and 4: what is right of 5 ends where 9 begins.
    const windows = bestWindows([-9, 5, -9, 4, -9, -9, 9, -9], rules(), { count: 5, minimumScore: 0.3 });
    expect(windows).toEqual([
      { from: 6, to: 7, value: 9 },
      { from: 1, to: 2, value: 5 },
      { from: 3, to: 4, value: 4 },
    ]);
  });
});

describe('windowContrast and runsAbove', () => {
  it('compares the mean inside with the mean outside', () => {
    expect(windowContrast([1, 4, 4, 1], { from: 1, to: 3, value: 0 })).toBeCloseTo(0.75);
    expect(windowContrast([1, 1], { from: 0, to: 2, value: 0 })).toBe(Infinity);
  });

  it('lists runs of values above a threshold', () => {
    expect(runsAbove([0.5, 0.1, 0.25, 0.25], 0.2)).toEqual([
      { from: 0, to: 1, value: 0.5 },
      { from: 2, to: 4, value: 0.5 },
    ]);
  });
});

describe('class curves', () => {
  const evidence = [1, 0, 3, 0, 5, 1, 7, 1]; // [2 frames, 1 x 2 cells, 2 classes]
  const grid = { frames: 2, height: 1, width: 2 };

  it('pool cells by plain mean, by mask or by the best cells', () => {
    expect([...classCurves(evidence, grid, 2, undefined)]).toEqual([2, 0, 6, 1]);
    expect([...classCurves(evidence, grid, 2, [1, 3, 0, 0], { pool: 'mask' })]).toEqual([2.5, 0, 6, 1]);
    expect([...classCurves(evidence, grid, 2, undefined, { pool: 'top', topShare: 0.5 })]).toEqual([
      3, 0, 7, 1,
    ]);
  });

  it('answer for a window by the softmax of its mean evidence', () => {
    const answer = windowAnswer([0, 0, 2 * Math.log(3), 0], 2, 0, 2);
    expect(answer[0]).toBeCloseTo(0.75);
    expect(answer[1]).toBeCloseTo(0.25);
  });
});

describe('classes that are told one by one', () => {
  // Class 0 acts strongly on frames 1..3, class 1 weakly on frames 6..8, class 2 nowhere.
  const rows = Array.from({ length: 10 }, (_, t) => [t > 0 && t < 4 ? 9 : -5, t > 5 && t < 9 ? 1 : -4, -6]);
  const input = {
    ...{ frames: 10, classes: 3, weights: Array<number>(10).fill(0.1) },
    ...{ curves: rows.flat(), q: rows.flat() },
    probabilities: [0.99, 0.6, 0.1],
  };
  const when = { smooth: 0, probability: 'sigmoid', maximumSegments: 9, maximumClasses: 9 } as const;
  const classesOf = (rules: object): number[] =>
    findSegments(input, localizeOptions({ when: { ...when, ...rules } }).when).map(
      ({ classIndex }) => classIndex,
    );

  it('have a segment each where they are likely, however strong the others are', () => {
    const found = findSegments(input, localizeOptions({ when: { ...when, minimumProbability: 0.5 } }).when);
    expect(found.map(({ classIndex, from, to }) => [classIndex, from, to])).toEqual([
      [0, 1, 4],
      [1, 6, 9],
    ]);
    expect(found[1]!.score).toBeCloseTo(1 / (1 + Math.exp(-1)), 6);
    // As shares of a frame the weaker step, 5 against 14, is less than half of the stronger one, and falls.
    expect(classesOf({ minimumProbability: 0.5, probability: 'softmax' })).toEqual([0]);
  });

  it('are not looked for below the least probability, but for the most probable one', () => {
    expect(classesOf({})).toContain(2);
    expect(classesOf({ minimumProbability: 0.7 })).toEqual([0]);
    expect(classesOf({ minimumProbability: 1 })).toEqual([0]);
  });
});

it('answer for a window by the sigmoid of its mean evidence where classes are told one by one', () => {
  const answer = windowAnswer([0, Math.log(3), 2 * Math.log(3), Math.log(3)], 2, 0, 2, 'sigmoid');
  expect([...answer]).toEqual([expect.closeTo(0.75), expect.closeTo(0.75)]);
});

describe('windowSeconds', () => {
  it('reaches halfway to the frame before and to the frame after', () => {
    expect(windowSeconds([0, 1, 2, 4], 1, 3, 5)).toEqual([0.5, 3]);
  });

  it('reaches outwards from the ends as far as inwards, within the clip', () => {
    expect(windowSeconds([0.5, 1.5, 2.5], 0, 3, 3)).toEqual([0, 3]);
    expect(windowSeconds([0, 1, 2], 0, 3, 2.2)).toEqual([0, 2.2]);
    expect(windowSeconds([0, 1], 0, 2)).toEqual([0, 1.5]);
  });

  it('gives the whole clip for a single frame', () => {
    expect(windowSeconds([0], 0, 1, 0.04)).toEqual([0, 0.04]);
  });

  it('gives repeats of the last frame no time, and that frame all of its own', () => {
    const times = [0, 1, 2, 2, 2];
    expect(windowSeconds(times, 0, 5, 3)).toEqual([0, 2.5]);
    expect(windowSeconds(times, 2, 3, 3)).toEqual([1.5, 2.5]);
    expect(windowSeconds(times, 3, 5, 3)).toEqual([2.5, 2.5]);
    expect(windowSeconds([0, 0, 0], 0, 3, 0.1)).toEqual([0, 0.1]);
  });

  it('makes a segment of repeats one of the frame that they repeat', () => {
    const segment = { classIndex: 0, from: 3, to: 5, score: 1 };
    expect(toSegment(segment, ['a'], [0, 1, 2, 2, 2], 3)).toMatchObject({
      startSeconds: 1.5,
      endSeconds: 2.5,
    });
    expect(toSegment(segment, ['a'], [0, 0, 0, 0, 0], 0.1)).toMatchObject({
      startSeconds: 0,
      endSeconds: 0.1,
    });
  });

  it('leaves no gap and no overlap between neighbours, for any times', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 3, maxLength: 9 }), (steps) => {
        let time = 0;
        const times = steps.map((step) => (time += step));
        expect(windowSeconds(times, 0, 2)[1]).toBe(windowSeconds(times, 2, 3)[0]);
      }),
    );
  });
});

describe('findSegments', () => {
  const when = (change: object) => localizeOptions({ when: { smooth: 0, ...change } }).when;
  const base = { frames: 8, classes: 2, weights: Array(8).fill(1 / 8), probabilities: [0.9, 0.1] };
  const interleave = (a: number[], b: number[]): number[] => a.flatMap((value, t) => [value, b[t]!]);
  const first = [0, 0, 3, 3, 3, 0, 0, 0];
  const second = [0, 0, 0, 0, 0, 2, 2, 2];
  const q = interleave(first, second);

  it('finds the window of the most probable class', () => {
    const [segment, ...rest] = findSegments({ ...base, curves: q, q }, when({}));
    expect(segment).toMatchObject({ classIndex: 0, from: 2, to: 5 });
    expect(segment!.score).toBeCloseTo(Math.exp(3) / (Math.exp(3) + 1), 5);
    expect(rest).toEqual([]);
  });

  it('finds a segment of each class when more are asked for', () => {
    const found = findSegments({ ...base, curves: q, q }, when({ maximumClasses: 2, maximumSegments: 2 }));
    expect(found.map(({ classIndex, from, to }) => [classIndex, from, to])).toEqual([
      [0, 2, 5],
      [1, 5, 8],
    ]);
  });

  it('drops the weaker of two classes that claim the same time', () => {
    const both = interleave(
      first,
      first.map((x) => x * 0.9),
    );
    const found = findSegments(
      { ...base, curves: both, q: both },
      when({ maximumClasses: 2, maximumSegments: 9 }),
    );
    expect(found.map(({ classIndex }) => classIndex)).toEqual([0]);
  });

  it('answers the whole clip where the evidence hardly changes', () => {
    const flat = interleave([3, 3.2, 3.1, 3.3, 3, 3.1, 3, 3], Array(8).fill(-3) as number[]);
    const [segment] = findSegments({ ...base, curves: flat, q: flat }, when({}));
    expect(segment).toMatchObject({ from: 0, to: 8 });
  });

  it('reads runs of high weight by the script, scored by the weight inside', () => {
    const weights = [0.05, 0.05, 0.2, 0.3, 0.05, 0.05, 0.25, 0.05];
    const { when: script } = localizeOptions({ way: 'script' });
    const found = findSegments({ ...base, weights }, script);
    expect(found.map(({ from, to }) => [from, to])).toEqual([
      [2, 4],
      [6, 7],
    ]);
    expect(found[0]!.score).toBeCloseTo(0.45);
  });

  it('searches the weights where a head gives no evidence', () => {
    const weights = [0.01, 0.01, 0.3, 0.3, 0.3, 0.03, 0.03, 0.02];
    expect(findSegments({ ...base, weights }, when({}))[0]).toMatchObject({ from: 2, to: 5 });
  });

  it('turns frames into seconds of the Result', () => {
    const segment = { classIndex: 1, from: 1, to: 2, score: 0.5 };
    expect(toSegment(segment, ['a', 'b'], [0, 1, 2], 3)).toEqual({
      label: 'b',
      startSeconds: 0.5,
      endSeconds: 1.5,
      score: 0.5,
    });
    expect(windowOverlap({ from: 0, to: 4 }, { from: 2, to: 6 })).toBeCloseTo(1 / 3);
  });
});
