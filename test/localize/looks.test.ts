import { describe, expect, it } from 'vitest';
import {
  agreementOf,
  atSquares,
  boxesInCrops,
  cropsAround,
  type FrameLook,
} from '../../src/localize/looks.js';

const look = (box: FrameLook['box'], point: [number, number] = [0, 0]): FrameLook => ({
  box,
  score: 1,
  point,
});
const picture = { width: 200, height: 100 };

describe('the second look', () => {
  it('looks at squares of 1.5 times the median longer side, around centres smoothed in time', () => {
    // Longer sides 20, 40, 60: median 40, side 60. Centres x 20, 40, 120 smoothed: (20+2*20+40)/4 = 25,
    // (20+2*40+120)/4 = 55, (40+2*120+120)/4 = 100; y is 50 throughout.
    const frames = [look([10, 40, 30, 60]), look([35, 30, 45, 70]), look([90, 45, 150, 55])];
    const crops = cropsAround(frames, picture, { factor: 1.5, smoothCentres: 1 });
    expect(crops).toEqual([
      { x: -5, y: 20, side: 60 },
      { x: 25, y: 20, side: 60 },
      { x: 70, y: 20, side: 60 },
    ]);
  });

  it('takes the mean of the two middle sides of an even number, and points where there is no box', () => {
    const frames = [look([0, 0, 10, 10]), look([0, 0, 30, 10]), look(null, [100, 50])];
    const crops = cropsAround(frames, picture, { factor: 1, smoothCentres: 0 });
    expect(crops.map(({ side }) => side)).toEqual([20, 20, 20]);
    expect(crops[2]).toEqual({ x: 90, y: 40, side: 20 });
  });

  it('looks at a square as high as the picture where nothing was found', () => {
    const crops = cropsAround([look(null, [50, 50])], picture, { factor: 1.5, smoothCentres: 1 });
    expect(crops).toEqual([{ x: 0, y: 0, side: 100 }]);
  });

  it('puts the boxes of the squares back into the picture and cuts them at its edge', () => {
    // One frame, 2 x 2 cells, the right column lit: enlarged, more than half of the range lies right of the middle.
    const map = [0, 1, 0, 1];
    const crop = { x: 150, y: 20, side: 60 };
    const rules = { threshold: 0.5, smoothTime: 0, resolution: 60 };
    const [found] = boxesInCrops({ map, grid: { frames: 1, height: 2, width: 2 } }, [crop], picture, rules);
    expect(found!.box![0]).toBeCloseTo(180, 0);
    expect(found!.box!.slice(1)).toEqual([20, 200, 80]); // the square ends at 210, the picture at 200
    expect(found!.point[0]).toBeGreaterThan(190);
    expect(found!.point[1]).toBeCloseTo(50, 0); // the rows are equal: the middle of the square
  });

  it('grows boxes by a share of the cells of their square, within the picture', () => {
    const map = [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]; // 4 x 4, one cell lit
    const crop = { x: 10, y: 20, side: 40 };
    const grid = { frames: 1, height: 4, width: 4 };
    const rules = { threshold: 0.5, smoothTime: 0, resolution: 40 };
    const boxOf = (margin?: { x: number; y: number }) =>
      boxesInCrops({ map, grid }, [crop], picture, { ...rules, margin })[0]!.box!;
    const [x0, y0, x1, y1] = boxOf();
    expect(boxOf({ x: 0.2, y: 0.3 })).toEqual([x0 - 2, y0 - 3, x1 + 2, y1 + 3]);
    expect(boxOf({ x: 9, y: 9 })).toEqual([0, 0, x1 + 90, 100]);
  });

  it('reads a map of the whole picture where the cells of a square look', () => {
    // 200 x 100 in 4 x 2 cells of 50 pixels, middles at 25, 75, ...; values 10 y + x. The square from (50, 0) of side 50 has cells
    // of 12.5 x 25: middles at x 56.25, 68.75, 81.25, 93.75, which are .625, .875, 1.125 and 1.375 cells; at y 12.5 and 37.5, 0 and .25.
    const grid = { frames: 1, height: 2, width: 4 };
    const map = [0, 1, 2, 3, 10, 11, 12, 13];
    const read = atSquares(map, grid, [{ x: 50, y: 0, side: 50 }], picture);
    expect(Array.from(read)).toEqual([0.625, 0.875, 1.125, 1.375, 3.125, 3.375, 3.625, 3.875]);
  });

  it('reads it where its cells look, and beyond the outer ones what they say', () => {
    const line = { offset: 14.5, stride: 16, size: 32 };
    const grid = { frames: 1, height: 2, width: 2, cells: { x: line, y: line } };
    // A square of the whole picture has the same cells; one far to the right sees the right column only.
    const whole = { width: 100, height: 100 };
    expect(Array.from(atSquares([1, 2, 3, 4], grid, [{ x: 0, y: 0, side: 100 }], whole))).toEqual([
      1, 2, 3, 4,
    ]);
    expect(Array.from(atSquares([1, 2, 3, 4], grid, [{ x: 300, y: 0, side: 100 }], whole))).toEqual([
      2, 2, 4, 4,
    ]);
  });

  it('chooses between things in a square by what the first look said of them', () => {
    // Two things in the square, a weak one on the left and a strong one on the right; the first look saw the left one.
    const grid = { frames: 1, height: 2, width: 4 };
    const map = [0.7, 0, 1, 0, 0.7, 0, 1, 0];
    const first = [1, 1, 0, 0, 1, 1, 0, 0];
    const crop = { x: 0, y: 0, side: 200 };
    const rules = { threshold: 0.5, smoothTime: 0, resolution: 40, floor: 0.001 };
    const square = { width: 200, height: 200 };
    const boxBy = (prior: number) =>
      boxesInCrops({ map, first, grid }, [crop], square, { ...rules, prior })[0]!.box!;
    expect(boxBy(0)[2]).toBeGreaterThan(100); // the right one is the stronger
    expect(boxBy(0.5)[2]).toBeLessThan(100);
    expect(boxesInCrops({ map, grid }, [crop], square, { ...rules, prior: 0.5 })[0]!.box).toEqual(boxBy(0));
  });

  it('says where two looks agree, leaving out frames on which neither saw anything', () => {
    const a = [look([0, 0, 10, 10]), look([0, 0, 10, 10]), look(null)];
    const b = [look([0, 0, 10, 10]), look(null), look(null)];
    expect(agreementOf(a, b)).toBe(0.5);
    expect(agreementOf([look(null)], [look(null)])).toBeNull();
  });
});
