import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boxHolds, pixelIou } from '../../src/metrics/overlap.js';
import { boxIou, temporalIou } from '../../src/metrics/index.js';
import type { Box } from '../../src/result.js';

const edge = fc.integer({ min: -50, max: 50 });
const box = fc
  .tuple(edge, edge, edge, edge)
  .map(([a, b, c, d]): Box => [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)]);
const interval = fc
  .tuple(edge, edge)
  .map(([a, b]) => ({ startSeconds: Math.min(a, b), endSeconds: Math.max(a, b) }));

describe('boxHolds', () => {
  it('asks x of the sides and y of top and bottom', () => {
    expect(boxHolds([10, 0, 20, 5], [15, 3])).toBe(true);
    expect(boxHolds([10, 0, 20, 5], [3, 3])).toBe(false); // left of it
    expect(boxHolds([10, 0, 20, 5], [15, 12])).toBe(false); // below it
  });
});

describe('boxIou', () => {
  it('is 1/7 for two 2 x 2 boxes that share one unit', () => {
    expect(boxIou([0, 0, 2, 2], [1, 1, 3, 3])).toBeCloseTo(1 / (4 + 4 - 1), 12);
  });

  it('is 0 for boxes that only touch and for a box without area', () => {
    expect(boxIou([0, 0, 2, 2], [2, 0, 4, 2])).toBe(0);
    expect(boxIou([1, 1, 1, 1], [0, 0, 2, 2])).toBe(0);
  });
});

describe('pixelIou', () => {
  it('counts the last pixel: [0,0,1,1] holds 4 pixels and shares 1 with [1,1,2,2]', () => {
    expect(pixelIou([0, 0, 1, 1], [1, 1, 2, 2])).toBeCloseTo(1 / 7, 12);
  });

  it('gives one pixel to a box whose corners are equal', () => {
    expect(pixelIou([3, 3, 3, 3], [3, 3, 3, 3])).toBe(1);
  });
});

describe('every IoU', () => {
  it.each([
    ['boxIou', boxIou],
    ['pixelIou', pixelIou],
  ] as const)('%s is symmetric and within 0..1', (_, overlap) => {
    fc.assert(
      fc.property(box, box, (a, b) => {
        const iou = overlap(a, b);
        expect(iou).toBe(overlap(b, a));
        expect(iou).toBeGreaterThanOrEqual(0);
        expect(iou).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('temporalIou of a moment with itself is 0: their union has no length', () => {
    const moment = { startSeconds: 2, endSeconds: 2 };
    expect(temporalIou(moment, moment)).toBe(0);
  });

  it('temporalIou is symmetric, within 0..1, and 1 for a stretch with itself', () => {
    fc.assert(
      fc.property(interval, interval, (a, b) => {
        const iou = temporalIou(a, b);
        expect(iou).toBe(temporalIou(b, a));
        expect(iou).toBeGreaterThanOrEqual(0);
        expect(iou).toBeLessThanOrEqual(1);
        if (a.endSeconds > a.startSeconds) expect(temporalIou(a, a)).toBe(1);
      }),
    );
  });
});

describe('boxHolds', () => {
  it('includes the edges', () => {
    expect(boxHolds([0, 0, 2, 2], [2, 0])).toBe(true);
    expect(boxHolds([0, 0, 2, 2], [2.01, 0])).toBe(false);
  });
});
