import { describe, expect, it } from 'vitest';
import { classAccuracies, confusionMatrix, meanClassAccuracy, topK } from '../../src/metrics/index.js';
import { isInTop } from '../../src/metrics/classification.js';

// Three clips of class 0 (two right), one of class 1 (wrong, second choice), none of class 2.
const answers = [
  { scores: [0.8, 0.1, 0.1], truth: 0 },
  { scores: [0.5, 0.3, 0.2], truth: 0 },
  { scores: [0.2, 0.3, 0.5], truth: 0 },
  { scores: [0.6, 0.3, 0.1], truth: 1 },
];

describe('classification', () => {
  it('counts the true class among the k best', () => {
    expect(topK(answers, 1)).toBe(2 / 4);
    expect(topK(answers, 2)).toBe(3 / 4);
    expect(topK(answers, 3)).toBe(1);
  });

  it('averages the accuracies of the classes that have clips', () => {
    expect(meanClassAccuracy(answers)).toBeCloseTo((2 / 3 + 0) / 2, 12);
  });

  it('writes true classes in rows and answered ones in columns', () => {
    const counts = confusionMatrix(answers);
    expect(counts).toEqual([
      [2, 0, 1],
      [1, 0, 0],
      [0, 0, 0],
    ]);
    expect(classAccuracies(counts)).toEqual([2 / 3, 0, null]);
  });

  it('ranks equal scores by class, so equal scores never put every class first', () => {
    expect(isInTop({ scores: [0.5, 0.5], truth: 0 }, 1)).toBe(true);
    expect(isInTop({ scores: [0.5, 0.5], truth: 1 }, 1)).toBe(false);
  });

  it('refuses NaN and a truth that is no class', () => {
    expect(() => topK([{ scores: [NaN, 1], truth: 0 }], 1)).toThrow(/scores must be numbers, got NaN/);
    expect(() => topK([{ scores: [1], truth: 1 }], 1)).toThrow(/truth must be a class index below 1, got 1/);
  });
});
