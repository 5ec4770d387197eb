// The 41 numbers of a box's path, worked by hand.
import { describe, expect, it } from 'vitest';
import { boxesAt } from '../../src/motion/fieldBox.js';
import { mirrorTrajectory, trajectory } from '../../src/motion/index.js';
import { TRAJECTORY_NAMES, TRAJECTORY_NUMBERS } from '../../src/motion/trajectory.js';
import type { Box } from '../../src/result.js';

const picture = { width: 200, height: 100 };
const named = (numbers: Float32Array): Record<string, number> =>
  Object.fromEntries(TRAJECTORY_NAMES.map((name, i) => [name, numbers[i]!]));

describe('trajectory', () => {
  it('has 41 numbers, each with a name of its own', () => {
    expect(TRAJECTORY_NAMES.length).toBe(TRAJECTORY_NUMBERS);
    expect(new Set(TRAJECTORY_NAMES).size).toBe(41);
  });

  it('measures a walk to the right in box sizes a second', () => {
    // 10 x 40: root of the area 20; 90 pixels in 3 seconds are 1.5 sizes a second
    const boxes: Box[] = [
      [20, 30, 30, 70],
      [110, 30, 120, 70],
    ];
    const found = named(trajectory({ boxes, times: [1, 4] }, picture));
    const root = Math.sqrt(1.5);
    for (const name of ['velocityX', 'speed', 'velocityX1', 'velocityX3', 'speed2'])
      expect(found[name]).toBeCloseTo(root, 5);
    for (const name of [
      'velocityY',
      'velocityXDeviation',
      'growth',
      'stretch',
      'growth2',
      'pathY1',
      'sizeDeviation',
    ])
      expect(Math.abs(found[name]!)).toBeLessThan(3e-3);
    expect(found.size).toBeCloseTo(Math.log(20 / Math.sqrt(20000)), 5);
    expect(found.aspect).toBeCloseTo(Math.log(4), 5);
    expect(found.placeX).toBeCloseTo(70 / 200 - 0.5, 5);
    expect(found.placeY).toBeCloseTo(0, 5);
    expect(found.lowerEdge).toBeCloseTo(0.7, 5);
    expect(found.distance).toBeCloseTo(4.5, 5);
    expect(found.straightness).toBeCloseTo(1, 5);
    // steps of 0.3: sum over i < 16 of i cos(pi (i + 1/2) / 16) = -cos(pi / 32) / (2 sin^2(pi / 32)) = -51.7928
    expect(found.pathX1).toBeCloseTo((2 / 16) * 0.3 * -51.7928, 4);
    expect(found.pathX2).toBeCloseTo(0, 5);
  });

  it('measures growth as the change of the logarithm', () => {
    const boxes: Box[] = [
      [50, 50, 60, 60],
      [45, 45, 65, 65],
    ]; // twice the size about the same centre in 2 seconds
    const found = named(trajectory({ boxes, times: [0, 2] }, picture));
    expect(found.growth! ** 2).toBeCloseTo(Math.log(2) / 2, 5);
    expect(found.absoluteGrowth).toBeCloseTo(found.growth!, 5);
    expect(found.stretch).toBeCloseTo(0, 5);
    expect(found.straightness).toBe(0);
  });

  it('bridges frames without a box', () => {
    const boxes: (Box | null)[] = [[20, 30, 30, 70], null, [40, 30, 50, 70]];
    const full: Box[] = [
      [20, 30, 30, 70],
      [30, 30, 40, 70],
      [40, 30, 50, 70],
    ];
    const times = [0, 1, 2];
    const [bridged, known] = [
      trajectory({ boxes, times }, picture),
      trajectory({ boxes: full, times }, picture),
    ];
    bridged.forEach((x, i) => expect(x).toBeCloseTo(known[i]!, 5));
  });

  it('is zero without any box, and finite with one box, one time or times that stand', () => {
    expect(trajectory({ boxes: [null, null], times: [0, 1] }, picture)).toEqual(new Float32Array(41));
    expect(trajectory({ boxes: [], times: [] }, picture)).toEqual(new Float32Array(41));
    const box: Box = [10, 10, 30, 50];
    for (const input of [
      { boxes: [box], times: [0.5] },
      { boxes: [null, box, null], times: [0, 1, 2] },
      { boxes: [box, [90, 10, 110, 50] as Box], times: [3, 3] },
    ]) {
      const numbers = trajectory(input, picture);
      expect(numbers.every(Number.isFinite)).toBe(true);
      expect(numbers[0]).toBe(0);
      expect(numbers[TRAJECTORY_NAMES.indexOf('aspect')]).toBeCloseTo(Math.log(2), 5);
    }
  });

  it('mirrors exactly: the path of mirrored boxes is the mirrored path', () => {
    const boxes: Box[] = [
      [20, 30, 34, 70],
      [60, 20, 70, 64],
      [61, 22, 90, 60],
      [110, 30, 122, 75],
    ];
    const times = [0, 0.4, 0.8, 1.2];
    const mirror = boxes.map(([x0, y0, x1, y1]): Box => [200 - x1, y0, 200 - x0, y1]);
    const found = trajectory({ boxes: mirror, times }, picture);
    mirrorTrajectory(trajectory({ boxes, times }, picture)).forEach((x, i) =>
      expect(found[i], TRAJECTORY_NAMES[i]).toBeCloseTo(x, 4),
    );
  });

  it('refuses boxes that are not as many as times, turned round, or not numbers', () => {
    expect(() => trajectory({ boxes: [null], times: [0, 1] }, picture)).toThrow('each of 2 times, got 1');
    expect(() => trajectory({ boxes: [[5, 0, 1, 9]], times: [0] }, picture)).toThrow('x1 > x0');
    expect(() => trajectory({ boxes: [[0, 0, NaN, 9]], times: [0] }, picture)).toThrow('motion.boxes');
  });
});

describe('boxesAt', () => {
  it('draws straight lines between known boxes and holds the ends', () => {
    const boxes: (Box | null)[] = [null, [0, 0, 10, 10], null, [20, 0, 30, 10], null];
    const found = boxesAt({ boxes, times: [0, 1, 2, 3, 4] }, [0, 1, 1.5, 3, 9]);
    expect(found.map((box) => box![0])).toEqual([0, 0, 5, 20, 20]);
  });
});
