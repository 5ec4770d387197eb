import { describe, expect, it } from 'vitest';
import { calibration } from '../../src/metrics/index.js';
import { fitTemperature, scaledProbabilities } from '../../src/metrics/calibration.js';
import { multiLabelMap } from '../../src/metrics/averagePrecision.js';
import { Random } from '../../src/random.js';

describe('calibration', () => {
  it('sums the gaps of the bars: confidence 0.8 right half the time and 0.6 right always', () => {
    // 2 of 4 answers in each bar: 0.5 * |0.5 - 0.8| + 0.5 * |1 - 0.6| = 0.35
    const answers = [
      { scores: [0.8, 0.2], truth: 0 },
      { scores: [0.8, 0.2], truth: 1 },
      { scores: [0.6, 0.4], truth: 0 },
      { scores: [0.4, 0.6], truth: 1 },
    ];
    const { ece, maximum, bins } = calibration(answers, 10);
    expect(ece).toBeCloseTo(0.35, 12);
    expect(maximum).toBeCloseTo(0.4, 12);
    expect(bins[7]).toEqual({ low: 0.7, high: 0.8, count: 2, confidence: 0.8, accuracy: 0.5 });
    expect(bins[0]!.accuracy).toBeNull();
  });

  it('refuses logits', () => {
    expect(() => calibration([{ scores: [3, 1], truth: 0 }])).toThrow(/probabilities in 0..1, got 3/);
  });
});

describe('fitTemperature', () => {
  it('of one answer is the end of its range: all doubt for a wrong one, none for a right one', () => {
    expect(fitTemperature([{ scores: [1, 0], truth: 1 }])).toBeCloseTo(100, 2);
    expect(fitTemperature([{ scores: [1, 0], truth: 0 }])).toBeLessThan(0.03); // its loss is 0 to the last bit
    expect(() => fitTemperature([])).toThrow(/at least one validation answer/);
  });

  it('finds the temperature that made the answers too sure', () => {
    // Labels drawn from softmax(logits); the answers then claim 3 times these logits.
    const random = Random.from(5, 'temperature');
    const answers = Array.from({ length: 4000 }, () => {
      const logits = [random.normal(), random.normal(), random.normal()];
      let left = random.uniform();
      const truth = scaledProbabilities(logits, 1).findIndex((p) => (left -= p) < 0);
      return { scores: logits.map((logit) => 3 * logit), truth: Math.max(0, truth) };
    });
    const temperature = fitTemperature(answers);
    expect(temperature).toBeGreaterThan(2.7);
    expect(temperature).toBeLessThan(3.3);
    const before = calibration(answers.map((a) => ({ ...a, scores: scaledProbabilities(a.scores, 1) })));
    const after = calibration(
      answers.map((a) => ({ ...a, scores: scaledProbabilities(a.scores, temperature) })),
    );
    expect(after.ece).toBeLessThan(before.ece / 4);
    expect(after.nll).toBeLessThan(before.nll);
  });
});

describe('multiLabelMap', () => {
  it('averages the precision at each step of recall over classes with a true clip', () => {
    // class 0 by score: true, false, true: (1 + 2/3) / 2; class 1 has no true clip
    const scores = [[0.9, 0.1], [0.8, 0.2], [0.7, 0.3]]; // prettier-ignore
    const labels = [[true, false], [false, false], [true, false]]; // prettier-ignore
    const { mAP, AP } = multiLabelMap(scores, labels);
    expect(AP).toEqual([(1 + 2 / 3) / 2, null]);
    expect(mAP).toBe(AP[0]);
  });

  it('takes equal scores as one step, so their order plays no part', () => {
    const labels = [[true], [false]];
    expect(multiLabelMap([[0.5], [0.5]], labels).mAP).toBe(0.5);
    expect(multiLabelMap([[0.5], [0.5]], [...labels].reverse()).mAP).toBe(0.5);
  });
});
