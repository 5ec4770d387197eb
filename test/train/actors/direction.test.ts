import { describe, expect, it } from 'vitest';
import { DirectionSums } from '../../../src/train/actors/direction.js';
import {
  changesOf,
  channelSum,
  regionMean,
  rootsOf,
  scaleLength,
} from '../../../src/train/actors/scaleFeatures.js';
import { float32, type Tensor } from '../../../src/tensor.js';

/** Features `[n,C,1,w]` by a function of frame, channel and column. */
function featuresOf(
  n: number,
  C: number,
  w: number,
  of: (i: number, c: number, x: number) => number,
): Tensor {
  const data = Float32Array.from({ length: n * C * w }, (_, at) =>
    of(Math.floor(at / (C * w)), Math.floor(at / w) % C, at % w),
  );
  return float32(data, [n, C, 1, w]);
}

describe('features as the maps of who acts see them', () => {
  it('are signed roots of one scale', () => {
    const x = rootsOf(float32([4, 9, -16, 25], [1, 4, 1, 1]), { start: 1, end: 3 });
    expect([...x.values]).toEqual([3, -4]);
  });

  it('change by the mean of both neighbours, or by the only one', () => {
    const x = rootsOf(float32([0, 1, 9], [3, 1, 1, 1]), { start: 0, end: 1 }); // roots 0, 1, 3
    expect([...changesOf(x).values]).toEqual([1, 1.5, 2]);
    expect([...changesOf(rootsOf(float32([4], [1, 1, 1, 1]), { start: 0, end: 1 })).values]).toEqual([0]);
  });

  it('are weighed over channels, and averaged over cells and frames', () => {
    const x = rootsOf(float32([1, 4, 9, 16], [1, 2, 1, 2]), { start: 0, end: 2 }); // rows (1,2), (3,4)
    expect([...channelSum(x, [1, 10])]).toEqual([31, 42]);
    expect([...regionMean(x)]).toEqual([1.5, 3.5]);
    expect([...regionMean(x, (cell) => cell === 1)]).toEqual([2, 4]);
    expect([...scaleLength(float32([3, 1, 4, 1], [1, 2, 1, 2]), { start: 0, end: 2 })]).toEqual(
      [5, Math.SQRT2].map(Math.fround),
    );
  });
});

describe('the foreground direction', () => {
  // Channel 0 is high where something walks to the right, channel 1 elsewhere; both scales see the walker.
  const walking = featuresOf(6, 3, 6, (i, c, x) => {
    const isThere = x === i;
    if (c === 0) return isThere ? 16 : 0;
    if (c === 1) return isThere ? 0 : 1;
    return isThere ? 9 : 0;
  });

  it('points from what stays to what moves, and has unit length', () => {
    const sums = new DirectionSums(
      [
        { start: 0, end: 2 },
        { start: 2, end: 3 },
      ],
      { start: 0, end: 2 },
    );
    sums.add(walking);
    const w = sums.direction!;
    expect(Math.hypot(...w)).toBeCloseTo(1, 6);
    expect(w[0]).toBeGreaterThan(0.8);
    expect(w[1]).toBeLessThan(0);
  });

  it('is not there where nothing moves', () => {
    const sums = new DirectionSums([{ start: 0, end: 2 }], { start: 0, end: 2 });
    sums.add(featuresOf(4, 2, 5, (_, c, x) => (c === 0 && x === 2 ? 9 : 1)));
    expect(sums.direction).toBeUndefined();
  });

  it('does not depend on how clips are divided into calls', () => {
    const scales = [
      { start: 0, end: 2 },
      { start: 2, end: 3 },
    ];
    const [once, twice] = [new DirectionSums(scales, scales[0]!), new DirectionSums(scales, scales[0]!)];
    once.add(walking);
    twice.add(walking);
    twice.add(walking);
    expect([...twice.direction!]).toEqual([...once.direction!]);
  });
});
