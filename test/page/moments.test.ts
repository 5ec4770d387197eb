import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boxAt, maskAt, momentAt } from '../../src/page/moments.js';
import { cividis } from '../../src/page/colours.js';
import { constantRate } from '../../src/report/constantRate.js';
import { contour } from '../../src/page/contour.js';
import type { Frame } from '../../src/video/index.js';

describe('moments between sampled frames', () => {
  it('are a share of the way from one to the next, and hold at the ends', () => {
    expect(momentAt([0, 1, 3], 1.5)).toEqual({ before: 1, after: 2, share: 0.25 });
    expect(momentAt([1, 2], 0)).toEqual({ before: 0, after: 0, share: 0 });
    expect(momentAt([1, 2], 9)).toEqual({ before: 1, after: 1, share: 0 });
    expect(momentAt([0, 1, 3], 1)).toEqual({ before: 0, after: 1, share: 1 });
  });

  it('fade masks and move boxes evenly', () => {
    const masks = { frames: 2, height: 1, width: 2, bytes: Uint8Array.of(0, 255, 255, 255) };
    const moment = { before: 0, after: 1, share: 0.5 };
    expect([...maskAt(masks, moment)]).toEqual([0.5, 1]);
    expect(
      boxAt(
        [
          [0, 0, 2, 2],
          [2, 0, 6, 2],
        ],
        moment,
      ),
    ).toEqual([1, 0, 4, 2]);
    expect(boxAt([null, [2, 0, 6, 2]], { ...moment, share: 0.4 })).toBeNull();
    expect(boxAt([null, [2, 0, 6, 2]], { ...moment, share: 0.6 })).toEqual([2, 0, 6, 2]);
  });
});

describe('contour', () => {
  it('runs round one high value halfway to its neighbours', () => {
    const pieces = contour([0, 0, 0, 0, 1, 0, 0, 0, 0], 3, 3, 0.5);
    expect(pieces).toHaveLength(4);
    const xs = pieces.flatMap(([x0, , x1]) => [x0, x1]);
    expect([Math.min(...xs), Math.max(...xs)]).toEqual([1, 2]);
  });

  it('closes: every point where a piece ends is shared by an even number of pieces', () => {
    const anyMap = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 20, maxLength: 20 });
    fc.assert(
      fc.property(anyMap, (map) => {
        const ends = new Map<string, number>();
        for (const [x0, y0, x1, y1] of contour(map, 4, 5, 0.5)) {
          for (const key of [`${x0},${y0}`, `${x1},${y1}`]) ends.set(key, (ends.get(key) ?? 0) + 1);
        }
        expect([...ends.values()].every((count) => count % 2 === 0)).toBe(true);
      }),
    );
  });
});

describe('constantRate', () => {
  const data = new Uint8Array(3);
  async function ticks(times: number[], frameRate: number, durationSeconds: number): Promise<number[]> {
    async function* frames(): AsyncGenerator<Frame> {
      for (const [index, timeSeconds] of times.entries()) {
        yield { index, timeSeconds, width: 1, height: 1, data, isDamaged: false };
      }
    }
    const shown: number[] = [];
    for await (const { frame } of constantRate(frames(), { frameRate, durationSeconds }))
      shown.push(frame.index);
    return shown;
  }

  it('gives each frame of a constant rate once', async () => {
    const times = Array.from({ length: 50 }, (_, i) => i / 29.97);
    expect(await ticks(times, 29.97, 50 / 29.97)).toEqual(times.map((_, i) => i));
  });

  it('holds frames of a variable rate until the next one is due', async () => {
    expect(await ticks([0, 0.1, 0.4], 10, 0.6)).toEqual([0, 1, 1, 1, 2, 2]);
  });

  it('shows a single frame once', async () => {
    expect(await ticks([0], 25, 0)).toEqual([0]);
    expect(await ticks([], 25, 0)).toEqual([]);
  });
});

describe('cividis', () => {
  it('runs from dark blue to yellow with rising lightness', () => {
    expect(cividis(0)).toEqual([0, 32, 81]);
    expect(cividis(1)).toEqual([253, 234, 69]);
    const light = Array.from({ length: 50 }, (_, i) => {
      const [r, g, b] = cividis(i / 49);
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    });
    expect(light.every((value, i) => i === 0 || value >= light[i - 1]!)).toBe(true);
  });
});
