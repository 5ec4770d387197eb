import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { argsort, stableDescending } from '../../src/metrics/argsort.js';

describe('argsort', () => {
  it('sorts any numbers upwards and names each index once', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 400 }), (values) => {
        const order = [...argsort(values)];
        expect(order.map((i) => values[i])).toEqual([...values].sort((a, b) => a - b));
        expect(new Set(order).size).toBe(values.length);
      }),
    );
  });

  it("puts equal values in the order of numpy's sort", () => {
    // numpy 2.4.6 without vector instructions, np.array(values).argsort()
    const values = [
      6, 9, 8, 2, 3, 9, 0, 8, 8, 5, 3, 3, 3, 4, 5, 6, 10, 8, 6, 10, 2, 2, 6, 0, 0, 5, 5, 9, 6, 5, 5, 2, 0, 2,
      7, 2, 4, 0, 8, 2,
    ];
    expect([...argsort(values)]).toEqual([
      24, 37, 23, 6, 32, 21, 20, 31, 39, 35, 3, 33, 10, 11, 4, 12, 13, 36, 9, 14, 30, 29, 26, 25, 28, 0, 18,
      15, 22, 34, 38, 17, 8, 7, 2, 27, 5, 1, 16, 19,
    ]);
  });

  it('stays fast and right on sorted and organ-pipe inputs', () => {
    const pipe = Array.from({ length: 50_000 }, (_, i) => Math.min(i, 50_000 - i));
    const order = argsort(pipe);
    for (let i = 1; i < order.length; i++) {
      if (pipe[order[i - 1]!]! > pipe[order[i]!]!) throw new Error(`out of order at ${i}`);
    }
  });
});

describe('stableDescending', () => {
  it('keeps the order of equals', () => {
    expect(stableDescending([1, 3, 3, 2])).toEqual([1, 2, 3, 0]);
  });
});
