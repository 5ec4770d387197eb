import { describe, expect, it } from 'vitest';
import { isClear } from '../../../src/train/actors/compareLooks.js';

describe('how many clips both looks are compared on', () => {
  /** Alternately `mean` more and less `spread`: the deviation of an even number `n` of them is spread sqrt(n / (n - 1)). */
  const values = (count: number, mean: number, spread: number): number[] =>
    Array.from({ length: count }, (_, i) => mean + (i % 2 === 0 ? spread : -spread));

  it('ends where the mean lies three standard errors from the bound', () => {
    // 8 values of deviation .1 sqrt(8/7): standard error .1 / sqrt(7) = .0378, three of them .1134.
    expect(isClear(values(8, 0.52 + 0.114, 0.1), 0.52)).toBe(true);
    expect(isClear(values(8, 0.52 + 0.113, 0.1), 0.52)).toBe(false);
    expect(isClear(values(8, 0.52 - 0.114, 0.1), 0.52)).toBe(true);
  });

  it('asks for eight, however alike they are', () => {
    expect(isClear(values(7, 0.9, 0), 0.52)).toBe(false);
    expect(isClear(values(8, 0.9, 0), 0.52)).toBe(true);
  });
});
