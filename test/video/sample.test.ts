import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Random } from '../../src/random.js';
import { centredIndices, evenIndices, segmentRandomIndices, uniformIndices } from '../../src/video/sample.js';

describe('uniform', () => {
  test('takes every floor(N / n)-th frame from the first one', () => {
    expect(uniformIndices(43, 4)).toEqual([0, 10, 20, 30]);
    expect(uniformIndices(8, 8)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });
  test('repeats the last frame of a shorter video', () => {
    expect(uniformIndices(3, 5)).toEqual([0, 1, 2, 2, 2]);
    expect(uniformIndices(1, 3)).toEqual([0, 0, 0]);
  });
  test('refuses a video without frames and a number below 1', () => {
    expect(() => uniformIndices(0, 4)).toThrow('uniformIndices: the video must have at least 1 frame, got 0');
    expect(() => uniformIndices(4, 0)).toThrow('whole number of at least 1, got 0');
    expect(() => uniformIndices(4, 1.5)).toThrow('got 1.5');
  });
});

test('centred takes the middle of equal parts', () => {
  expect(centredIndices(10, 5)).toEqual([1, 3, 5, 7, 9]);
  expect(centredIndices(100, 1)).toEqual([50]);
  expect(centredIndices(2, 4)).toEqual([0, 1, 1, 1]);
});

describe('segment-random', () => {
  test('stays within its part, rises, and differs from draw to draw', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 1, max: 40 }),
        fc.nat(),
        (total, n, seed) => {
          const indices = segmentRandomIndices(total, n, Random.from(seed));
          expect(indices.length).toBe(n);
          indices.forEach((index, i) => {
            expect(index).toBeGreaterThanOrEqual(total < n ? 0 : Math.floor((i * total) / n));
            expect(index).toBeLessThanOrEqual(
              total < n ? total - 1 : Math.min(total - 1, Math.ceil(((i + 1) * total) / n)),
            );
            if (i > 0) expect(index).toBeGreaterThanOrEqual(indices[i - 1]!);
          });
        },
      ),
    );
    const drawn = [1, 2, 3, 4].map((seed) => segmentRandomIndices(300, 4, Random.from(seed)).join());
    expect(new Set(drawn).size).toBe(4);
  });
  test('takes as many draws for a short video as for a long one', () => {
    const [a, b] = [Random.from(5), Random.from(5)];
    segmentRandomIndices(2, 8, a);
    segmentRandomIndices(900, 8, b);
    expect(a.state).toEqual(b.state);
  });
});

test('even sampling reaches from the first frame to the last', () => {
  expect(evenIndices(10, 4)).toEqual([0, 3, 6, 9]);
  expect(evenIndices(31, 16)).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30]); // uniform ends at 15
  expect(evenIndices(6, 4)).toEqual([0, 2, 3, 5]); // 0, 1.67, 3.33, 5
  expect(evenIndices(9, 1)).toEqual([4]);
  expect(evenIndices(3, 5)).toEqual([0, 1, 2, 2, 2]);
});
