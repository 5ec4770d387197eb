import { describe, expect, it } from 'vitest';
import { DirectionSums } from '../../../src/train/actors/direction.js';
import {
  changesOf,
  changeSum,
  channelSum,
  rootsOf,
  scaleLength,
} from '../../../src/train/actors/scaleFeatures.js';
import { rowsOf } from '../../../src/train/actors/samples.js';
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

  it('change by as much over all channels as each of them together', () => {
    const features = featuresOf(4, 3, 5, (i, c, x) => ((7 * i + 5 * c + 3 * x) % 11) - 4);
    const x = rootsOf(features, { start: 0, end: 3 });
    expect(changeSum(x)).toEqual(channelSum(changesOf(x)));
    expect([...changeSum(rootsOf(float32([4], [1, 1, 1, 1]), { start: 0, end: 1 }))]).toEqual([0]);
  });

  it('are weighed over channels', () => {
    const x = rootsOf(float32([1, 4, 9, 16], [1, 2, 1, 2]), { start: 0, end: 2 }); // rows (1,2), (3,4)
    expect([...channelSum(x, [1, 10])]).toEqual([31, 42]);
    expect([...scaleLength(float32([3, 1, 4, 1], [1, 2, 1, 2]), { start: 0, end: 2 })]).toEqual(
      [5, Math.SQRT2].map(Math.fround),
    );
  });
});

describe('the row of a part of a picture', () => {
  const features = featuresOf(5, 3, 4, (i, c, x) => ((7 * i + 5 * c + 3 * x) % 11) - 4);
  const scale = { start: 1, end: 3 };

  it('is the mean of roots, then of changes, over its cells and all frames', () => {
    const x = rootsOf(features, scale);
    const meanOver = ({ values }: typeof x, isIn: (cell: number) => boolean): number[] =>
      [0, 1].map((c) => {
        const own = [...values].filter((_, at) => Math.floor(at / 4) % 2 === c && isIn(at % 4));
        return own.reduce((sum, one) => sum + one, 0) / own.length;
      });
    const parts = [undefined, (cell: number) => cell === 1 || cell === 2];
    rowsOf(features, scale, parts).forEach((row, r) => {
      const isIn = parts[r] ?? (() => true);
      const expected = [...meanOver(x, isIn), ...meanOver(changesOf(x), isIn)];
      row.forEach((value, at) => expect(value).toBeCloseTo(expected[at]!, 6));
    });
  });

  it('is 0 where there is no cell or, in its changes, one frame', () => {
    expect([...rowsOf(features, scale, [() => false])[0]!]).toEqual([0, 0, 0, 0]);
    expect([...rowsOf(float32([4, -9], [1, 2, 1, 1]), { start: 0, end: 2 })[0]!]).toEqual([2, -3, 0, 0]);
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
    expect(w[0]).toBeCloseTo(Math.SQRT1_2, 6); // u is (1, 0) where it walks and (0, 1) elsewhere
    expect(w[1]).toBeCloseTo(-Math.SQRT1_2, 6);
  });

  it('compares places of one frame, so that what scenes look like cancels', () => {
    // The scene is bright in channel 2 of one clip and in channel 3 of the other; the walker takes two columns of the second.
    const scene = (bright: number, width: number) =>
      featuresOf(6, 4, 6, (i, c, x) => {
        const isThere = x >= i && x < i + width;
        if (c === 0) return isThere ? 16 : 0;
        return c === bright ? 9 : 0;
      });
    const sums = new DirectionSums([{ start: 0, end: 4 }], { start: 0, end: 4 });
    sums.add(scene(2, 1));
    sums.add(scene(3, 2));
    const w = sums.direction!;
    expect(w[0]).toBeGreaterThan(0.7);
    expect(Math.abs(w[2]! - w[3]!)).toBeLessThan(0.05);
  });

  it('takes what moves against the camera for the foreground, where that is known', () => {
    // A walker, and leaves that change as much behind a camera that pans: only the walker moves against it.
    const clip = featuresOf(6, 3, 12, (i, c, x) => {
      if (c === 0) return x === i ? 16 : 0;
      if (c === 1) return x >= 6 && (x + i) % 2 === 0 ? 16 : 0;
      return 1;
    });
    const motion = Float32Array.from({ length: 72 }, (_, at) => (at % 12 === Math.floor(at / 12) ? 40 : 1));
    const of = (known?: Float32Array): Float32Array => {
      const sums = new DirectionSums([{ start: 0, end: 3 }], { start: 0, end: 3 });
      sums.add(clip, known);
      return sums.direction!;
    };
    expect(of()[1]).toBeGreaterThan(0.1);
    expect(of(motion)[1]).toBeLessThan(0.05);
    expect(of(motion)[0]).toBeGreaterThan(0.7);
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
