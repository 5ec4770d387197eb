import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boxOverlap, frameBoxes, grow, maskBox } from '../../src/localize/boxes.js';
import { linkTubes, smoothTube } from '../../src/localize/tubes.js';
import { regions } from '../../src/localize/components.js';
import type { ScoredBox } from '../../src/localize/index.js';

const map = (...rows: string[]): number[] => rows.flatMap((row) => [...row].map(Number));

describe('regions', () => {
  it('joins diagonal neighbours and measures rectangle, area, mass and peak', () => {
    const found = regions(map('9000', '0900', '0003'), 3, 4, 1);
    expect(found).toEqual([
      { x0: 0, y0: 0, x1: 2, y1: 2, area: 2, mass: 16, peak: 9 },
      { x0: 3, y0: 2, x1: 4, y1: 3, area: 1, mass: 2, peak: 3 },
    ]);
  });

  it('covers every pixel above the threshold exactly once', () => {
    const anyMap = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 30, maxLength: 30 });
    fc.assert(
      fc.property(anyMap, (values) => {
        const areas = regions(values, 5, 6, 4).reduce((sum, { area }) => sum + area, 0);
        expect(areas).toBe(values.filter((value) => value > 4).length);
      }),
    );
  });
});

describe('frameBoxes', () => {
  it('takes the largest rectangle by the script, though another region has the higher peak', () => {
    const cells = map('90000', '00000', '00888', '00800', '00000');
    const picture = { width: 5, height: 5 };
    expect(maskBox(cells, 5, 5, { threshold: 0.7, resolution: 0 }, picture)).toEqual([2, 2, 5, 4]);
    expect(maskBox(cells, 5, 5, { threshold: 0.7, region: 'peak', resolution: 0 }, picture)).toEqual([
      0, 0, 1, 1,
    ]);
  });

  it('cuts a cell where the line between two cells crosses the threshold', () => {
    // One cell of 1 among zeros, 3 cells on 300 pixels: the cell's centre is pixel 150 and its neighbour's is 250.
    // Above 1/2 lies what is nearer than half a cell: 100 .. 200.
    const [x0, , x1] = maskBox(
      [0, 1, 0],
      1,
      3,
      { threshold: 0.5, resolution: 0 },
      { width: 300, height: 10 },
    )!;
    expect(x0).toBeCloseTo(100, -0.5);
    expect(x1).toBeCloseTo(200, -0.5);
    const wide = maskBox([0, 1, 0], 1, 3, { threshold: 0.25, resolution: 0 }, { width: 300, height: 10 })!;
    expect(wide[0]).toBeCloseTo(75, -0.5);
  });

  it('moves box and point with the places where cells look', () => {
    // 3 cells on 300 pixels of a network of 30: as tiles they look at 5, 15, 25; here at 8, 18, 28
    const line = { offset: 8, stride: 10, size: 30 };
    const cells = { x: line, y: { offset: 1, stride: 2, size: 2 } };
    const rules = { threshold: 0.5, resolution: 0, cells };
    const { boxes, point } = frameBoxes([0, 1, 0], 1, 3, { width: 300, height: 10 }, rules);
    expect(boxes[0]!.box[0]).toBeCloseTo(130, -0.5); // 180 - 50
    expect(boxes[0]!.box[2]).toBeCloseTo(230, -0.5);
    expect(point[0]).toBeCloseTo(180, -0.5);
  });

  it('points at the middle of the highest cell', () => {
    const { point } = frameBoxes(map('000', '000', '090'), 3, 3, { width: 90, height: 60 });
    expect(point[0]).toBeCloseTo(45, 0);
    expect(point[1]).toBeGreaterThan(45);
  });

  it('finds no box on a flat map and points at the centre of the picture', () => {
    expect(frameBoxes([1, 1, 1, 1], 2, 2, { width: 40, height: 20 })).toEqual({ boxes: [], point: [20, 10] });
  });

  it('stays inside the picture for any map, down to 2 x 2 pixels', () => {
    const anyMap = fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 12, maxLength: 12 });
    const side = fc.integer({ min: 2, max: 400 });
    fc.assert(
      fc.property(anyMap, side, side, (values, width, height) => {
        const { boxes, point } = frameBoxes(values, 3, 4, { width, height }, { resolution: 32, growth: 1.3 });
        for (const { box, score } of boxes) {
          expect(box[0]).toBeGreaterThanOrEqual(0);
          expect(box[0]).toBeLessThan(box[2]);
          expect(box[2]).toBeLessThanOrEqual(width);
          expect(box[3]).toBeLessThanOrEqual(height);
          expect(score).toBeLessThanOrEqual(1);
        }
        expect(point[0]).toBeGreaterThan(0);
        expect(point[1]).toBeLessThan(height);
      }),
    );
  });

  it('scores a box by the map inside minus the map outside', () => {
    const { boxes } = frameBoxes(map('90', '00'), 2, 2, { width: 2, height: 2 }, { resolution: 0 });
    expect(boxes).toEqual([{ box: [0, 0, 1, 1], score: 1 }]);
  });
});

describe('boxes', () => {
  it('overlap by area over union: half of each shared is a third', () => {
    expect(boxOverlap([0, 0, 2, 2], [1, 0, 3, 2])).toBeCloseTo(1 / 3);
    expect(boxOverlap([0, 0, 1, 1], [1, 1, 2, 2])).toBe(0);
  });

  it('grow around their centre and stop at the picture', () => {
    expect(grow([2, 2, 4, 4], 2, { width: 10, height: 4.5 })).toEqual([1, 1, 5, 4.5]);
  });
});

describe('tubes', () => {
  const at = (x: number, score: number): ScoredBox => ({ box: [x, 0, x + 10, 10], score });

  it('follow one place although another scores higher on one frame', () => {
    const candidates = [[at(0, 0.5), at(50, 0.4)], [at(50, 0.6), at(1, 0.5)], [at(2, 0.5)]];
    const [tube, second] = linkTubes(candidates, { linkWeight: 1, count: 2 });
    expect(tube!.boxes.map((scored) => scored!.box[0])).toEqual([0, 1, 2]);
    expect(second!.boxes.map((scored) => scored?.box[0] ?? null)).toEqual([50, 50, null]);
  });

  it('take the best of each frame without a link weight', () => {
    const [tube] = linkTubes([[at(0, 0.5), at(50, 0.6)], [], [at(0, 0.2)]], { linkWeight: 0 });
    expect(tube!.boxes.map((scored) => scored?.box[0] ?? null)).toEqual([50, null, 0]);
    expect(tube!.score).toBeCloseTo(0.4);
  });

  it('are smoothed in time, each run of frames on its own', () => {
    const smooth = smoothTube([at(0, 1), at(4, 1), at(0, 1), null, at(9, 1)], 1);
    expect(smooth.map((scored) => scored?.box[0] ?? null)).toEqual([1, 2, 1, null, 9]);
  });
});
