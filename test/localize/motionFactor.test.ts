import { describe, expect, it } from 'vitest';
import { localize, localizeOptions } from '../../src/localize/index.js';
import { cropsAround } from '../../src/localize/looks.js';
import type { Box } from '../../src/result.js';
import { timesMotion } from '../../src/localize/motionFactor.js';

const grid = { frames: 1, height: 1, width: 4 };

describe('what moves against the camera as a factor', () => {
  it('is its share of the range of the frame to the power, not below the floor', () => {
    // 0, 2, 8, 1 of 8: .0625 at least .25; to the power 1/2: .5, .5, 1, .5
    const map = Float32Array.of(1, 1, 1, 0.5);
    const found = timesMotion(map, [0, 2, 8, 1], grid, { power: 0.5, floor: 0.25, smoothTime: 0 });
    expect(Array.from(found)).toEqual([0.5, 0.5, 1, 0.25]);
  });

  it('leaves a frame alone in which nothing moves, and every map where nothing is known or asked', () => {
    const map = Float32Array.of(1, 0.5, 0.2, 0);
    const rules = { power: 0.5, floor: 0.05, smoothTime: 1 };
    expect(timesMotion(map, [3, 3, 3, 3], grid, rules)).toEqual(map);
    expect(timesMotion(map, undefined, grid, rules)).toBe(map);
    expect(timesMotion(map, [0, 1, 2, 3], grid, undefined)).toBe(map);
  });

  it('has its constants where a model names it, and is left out where it does not', () => {
    expect(localizeOptions({ where: { motion: {} } }).where.motion).toEqual({ power: 0.15, floor: 0.05 });
    expect(localizeOptions({}).where.motion).toBeUndefined();
  });

  it('draws the first box around the one of two that moves', () => {
    const input = {
      grid,
      picture: { width: 400, height: 100 },
      weights: [1],
      probabilities: [1],
      foreground: [0.9, 0, 0, 1], // the right one is a little brighter
      motion: [5, 0, 0, 0], // the left one moves
    };
    const where = { maps: { foreground: 1 }, smoothTime: 0, threshold: 0.6 };
    expect(localize(input, { where }).frames[0]!.point[0]).toBeGreaterThan(300);
    const moved = localize(input, { where: { ...where, motion: {} } });
    expect(moved.frames[0]!.point[0]).toBeLessThan(100);
    expect(moved.sizes![0]!.point[0]).toBeGreaterThan(300); // what says how large it is does not know of motion
    expect(() => localize({ ...input, motion: [1] }, { where })).toThrow('localize.motion');
  });

  it('leaves the size of the square to the boxes without it', () => {
    // The box of 10 x 10 lies around (55, 55); without motion it is 40 wide, so that the square is 1.5 x 40.
    const frames = [{ box: [50, 50, 60, 60] as Box, point: [55, 55] as [number, number] }];
    const sizes = [{ box: [0, 0, 40, 20] as Box }];
    const [crop] = cropsAround(frames, { width: 200, height: 200 }, { factor: 1.5, smoothCentres: 1 }, sizes);
    expect(crop).toEqual({ x: 25, y: 25, side: 60 });
  });
});
