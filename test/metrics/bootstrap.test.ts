import { describe, expect, it } from 'vitest';
import { bootstrapInterval, pairedBootstrap } from '../../src/metrics/index.js';
import { meanAndDeviation, percentileInterval, resamples } from '../../src/metrics/bootstrap.js';
import { meanOf } from '../../src/evaluate/reports/figure.js';
import { Random } from '../../src/random.js';

const random = () => Random.from(11, 'bootstrap');

describe('bootstrapInterval', () => {
  it('comes near the normal interval of a share: 0.5 of 400 clips, 1.96 * 0.025 either side', () => {
    const values = Array.from({ length: 400 }, (_, i) => i % 2);
    const { low, high, level } = bootstrapInterval(400, meanOf(values), { random: random(), samples: 2000 });
    expect(level).toBe(0.95);
    expect(low).toBeCloseTo(0.5 - 1.96 * 0.025, 2);
    expect(high).toBeCloseTo(0.5 + 1.96 * 0.025, 2);
  });

  it('draws the same for the same seed', () => {
    const values = [0, 1, 2, 3, 4];
    const draw = () => bootstrapInterval(5, meanOf(values), { random: random() });
    expect(draw()).toEqual(draw());
  });

  it('keeps one draw at a time, the same as those that are kept together', () => {
    const arrays = new Set<Int32Array>();
    const mean = meanOf([0, 1, 2, 3, 4]);
    const seen = (clips: Int32Array): number => {
      arrays.add(clips);
      return mean(clips);
    };
    const interval = bootstrapInterval(5, seen, { random: random() });
    expect(arrays.size).toBe(1);
    expect(interval).toEqual(percentileInterval(resamples(5, { random: random() }), mean));
  });

  it('refuses no clips', () => {
    expect(() => bootstrapInterval(0, () => 0, { random: random() })).toThrow(/at least one clip/);
  });
});

describe('percentileInterval', () => {
  it('lies between two draws as far as its share says: the quarters of 0 and 1', () => {
    const draws = [Int32Array.of(0), Int32Array.of(1)];
    expect(percentileInterval(draws, ([clip]) => clip!, 0.5)).toEqual({ low: 0.25, high: 0.75, level: 0.5 });
  });
});

describe('bootstrapInterval of a single draw', () => {
  it('is that draw', () => {
    const interval = bootstrapInterval(3, () => 0.25, { random: Random.from(1), samples: 1 });
    expect(interval).toEqual({ low: 0.25, high: 0.25, level: 0.95 });
  });
});

describe('pairedBootstrap', () => {
  it('tells apart models that differ on every tenth clip, and not a model from itself', () => {
    const b = Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? 1 : 0));
    const a = b.map((right, i) => (i % 10 === 1 ? 1 : right));
    const { difference, interval, p } = pairedBootstrap(200, meanOf(a), meanOf(b), { random: random() });
    expect(difference).toBeCloseTo(0.1, 12);
    expect(interval.low).toBeGreaterThan(0);
    expect(p).toBeLessThan(0.01);
    expect(pairedBootstrap(200, meanOf(b), meanOf(b), { random: random() }).p).toBe(1);
  });
});

describe('meanAndDeviation', () => {
  it('of two values has a deviation: 1 and 3 lie 1 from 2, and sqrt((1 + 1) / 1) is sqrt 2', () => {
    const { mean, deviation } = meanAndDeviation([1, 3]);
    expect(mean).toBe(2);
    expect(deviation).toBeCloseTo(Math.SQRT2, 12);
  });

  it('divides by n - 1', () => {
    expect(meanAndDeviation([1, 2, 3])).toEqual({ mean: 2, deviation: 1 });
    expect(meanAndDeviation([4])).toEqual({ mean: 4, deviation: null });
  });
});
