import { describe, expect, test } from 'vitest';
import { area, cellsKept, framesKept, ranking, rankCorrelation, shifted } from '../../src/audit/orders.js';
import { perturbations } from '../../src/audit/perturbations.js';
import { Random } from '../../src/random.js';

const places = { frames: 2, height: 2, width: 2 };

describe('orders', () => {
  test('a ranking is by falling value, and equal values keep their order', () => {
    expect([...ranking([1, 3, 3, 2])]).toEqual([1, 2, 3, 0]);
  });

  test('deletion takes the best frames away, insertion keeps only them', () => {
    expect([...framesKept([0.2, 0.8], 1, false, places)]).toEqual([1, 1, 1, 1, 0, 0, 0, 0]);
    expect([...framesKept([0.2, 0.8], 1, true, places)]).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
  });

  test('cells go on every frame by their own ranking', () => {
    const map = Float32Array.from([4, 3, 2, 1, 1, 2, 3, 4]);
    expect([...cellsKept(map, 0.5, false, places)]).toEqual([0, 0, 1, 1, 1, 1, 0, 0]);
    expect([...cellsKept(map, 0.25, true, places)]).toEqual([1, 0, 0, 0, 0, 0, 0, 1]);
  });

  test('a shifted map has the same values, moved by the same way on every frame and never left in place', () => {
    const grid = { frames: 2, height: 4, width: 4 };
    const map = Float32Array.from({ length: 32 }, (_, i) => i);
    for (let seed = 0; seed < 20; seed++) {
      const out = shifted(map, grid, Random.from(seed));
      expect([...out].sort((a, b) => a - b)).toEqual([...map]);
      const place = out.indexOf(0);
      expect(place).not.toBe(0);
      expect(out.indexOf(16)).toBe(place + 16);
    }
  });

  test('the area under 1, 0.5, 0 is (0.75 + 0.25) / 2', () => {
    expect(area([1, 0.5, 0])).toBeCloseTo(0.5, 12);
    expect(area([0, 1, 1])).toBeCloseTo((0.5 + 1) / 2, 12);
  });

  test('rank correlation is 1 for any rising function, -1 for a falling one, 0 against a constant', () => {
    expect(rankCorrelation([1, 2, 3, 4], [1, 8, 9, 1000])).toBeCloseTo(1, 12);
    expect(rankCorrelation([1, 2, 3], [3, 2, 1])).toBeCloseTo(-1, 12);
    expect(rankCorrelation([1, 2, 3], [5, 5, 5])).toBe(0);
    // ranks 0.5, 0.5, 2 and 0, 1, 2: covariance 1.5, variances 1.5 and 2
    expect(rankCorrelation([1, 1, 2], [1, 2, 3])).toBeCloseTo(1.5 / Math.sqrt(1.5 * 2), 12);
  });
});

describe('perturbations', () => {
  test('an answer that hangs on one cell of one frame falls with it and with nothing else', () => {
    const grid = { frames: 8, height: 4, width: 4 };
    const map = new Float32Array(128);
    const when = new Float32Array(8);
    map[3 * 16 + 5] = 1;
    when[3] = 1;
    const perturbed = perturbations({ when, map, places: grid, random: Random.from(1) });
    const answers = perturbed.keeps.map((keep) => keep[3 * 16 + 5]!);
    const { frames, regions, frameRemoval, regionRemoval } = perturbed.read(answers, 1);
    expect(frameRemoval).toEqual({ highlighted: 1, others: 0 });
    expect(regionRemoval.highlighted).toBe(1);
    expect(regionRemoval.others).toBe(0);
    expect(frames['map']!.deletion).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(frames['map']!.insertion).toEqual([0, 1, 1, 1, 1, 1, 1, 1, 1]);
    expect(regions['map']!.deletion).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(area(frames['random']!.deletion)).toBeGreaterThan(0.1);
  });
});
