// Flow on pictures whose motion is known, and against OpenCV's on the same pictures.
import { describe, expect, it } from 'vitest';
import { DenseFlow, opticalFlow } from '../../src/motion/flow.js';
import type { Flow } from '../../src/motion/field.js';
import { disc, flipped, picture, texture } from './pictures.js';

const size = { width: 160, height: 120 };

/** Distances between a field and what it should be, away from the edges. */
function errors(flow: Flow, truth: (x: number, y: number) => [number, number], margin = 8): number[] {
  const found: number[] = [];
  for (let y = margin; y < flow.height - margin; y++)
    for (let x = margin; x < flow.width - margin; x++) {
      const [u, v] = truth(x, y);
      const i = y * flow.width + x;
      found.push(Math.hypot(flow.u[i]! - u, flow.v[i]! - v));
    }
  return found;
}
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b) / values.length;

describe('opticalFlow', () => {
  it.each([
    [2.5, -1.25],
    [0.3, 0.1],
    [-9, 6],
  ])('finds a texture that moves by (%f, %f) to a tenth of a pixel', (u, v) => {
    const flow = opticalFlow(
      picture(texture),
      picture((x, y) => texture(x - u, y - v)),
      size,
    );
    const found = errors(flow, () => [u, v], 16);
    expect(mean(found)).toBeLessThan(0.1);
    expect(Math.max(...found)).toBeLessThan(0.5);
  });

  it('finds a zoom by 3 % with a turn by 2 degrees', () => {
    const [zoom, turn] = [1.03, (2 * Math.PI) / 180];
    const [c, s] = [zoom * Math.cos(turn), zoom * Math.sin(turn)];
    const moved = (x: number, y: number): [number, number] => [
      c * (x - 80) - s * (y - 60) + 80,
      s * (x - 80) + c * (y - 60) + 60,
    ];
    const back = (x: number, y: number): [number, number] => {
      const n = c * c + s * s;
      return [(c * (x - 80) + s * (y - 60)) / n + 80, (-s * (x - 80) + c * (y - 60)) / n + 60];
    };
    const flow = opticalFlow(
      picture(texture),
      picture((x, y) => texture(...back(x, y))),
      size,
    );
    const truth = (x: number, y: number): [number, number] => [moved(x, y)[0] - x, moved(x, y)[1] - y];
    expect(mean(errors(flow, truth))).toBeLessThan(0.1);
  });

  // python3, OpenCV 4.6: cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM).calc(a, b, None) on these two pictures
  it.each([
    [20, 20, 1.012, 0.517],
    [140, 100, 1.007, 0.497],
    [80, 60, -2.477, 1.454],
    [70, 50, -2.462, 1.446],
    [80, 40, -2.404, 1.411],
  ])('agrees with OpenCV on a disc before a ground at (%i, %i)', (x, y, u, v) => {
    const flow = opticalFlow(picture(disc(80, 60, 0, 0)), picture(disc(77.5, 61.5, 1, 0.5)), size);
    expect(Math.abs(flow.u[y * 160 + x]! - u)).toBeLessThan(0.15);
    expect(Math.abs(flow.v[y * 160 + x]! - v)).toBeLessThan(0.15);
  });

  it('says that equal pictures, textured or flat, do not move', () => {
    for (const still of [picture(texture), picture(() => 77)]) {
      const { u, v } = opticalFlow(still, still, size);
      expect(Math.max(...u.map(Math.abs), ...v.map(Math.abs))).toBe(0);
    }
  });

  it('stays finite between pictures of different scenes, and between black and white', () => {
    const pairs = [
      [picture(texture), picture((x, y) => texture(y * 2 + 300, x / 2))],
      [picture(() => 0), picture(() => 255)],
    ] as const;
    for (const [before, after] of pairs) {
      const { u, v } = opticalFlow(before, after, size);
      expect([...u, ...v].every((value) => Number.isFinite(value) && Math.abs(value) < 100)).toBe(true);
    }
  });

  it('does not take a change of light for motion', () => {
    const brighter = picture((x, y) => texture(x - 1, y) + 12);
    expect(mean(errors(opticalFlow(picture(texture), brighter, size), () => [1, 0], 16))).toBeLessThan(0.1);
  });

  it('sees the mirror image of the motion in a mirror, but for the order of its sums', () => {
    const [a, b] = [picture(disc(80, 60, 0, 0)), picture(disc(77.5, 61.5, 1, 0.5))];
    const [plain, mirror] = [opticalFlow(a, b, size), opticalFlow(flipped(a), flipped(b), size)];
    const found = errors(mirror, (x, y) => [-plain.u[y * 160 + 159 - x]!, plain.v[y * 160 + 159 - x]!], 0);
    expect(mean(found)).toBeLessThan(0.1);
  });

  it('refuses pictures that are too small or of another size, with both sizes', () => {
    expect(() => opticalFlow(new Uint8Array(20), new Uint8Array(20), { width: 5, height: 4 })).toThrow(
      'at least 32 pixels, got 5 x 4',
    );
    expect(() => opticalFlow(picture(texture), new Uint8Array(9), size)).toThrow(
      '160 x 120, one byte a pixel, got 9 bytes',
    );
  });
});

describe('DenseFlow', () => {
  const shifted = (by: number) => picture((x, y) => texture(x - by, y));

  it('gives nothing for a first picture and then the flow between neighbours, in pixels of half the size', () => {
    const dense = new DenseFlow(size);
    expect(dense.next(shifted(0))).toBeUndefined();
    expect(mean([...dense.next(shifted(2))!.u])).toBeCloseTo(1, 1);
    const second = dense.next(shifted(6))!;
    expect([second.width, second.height]).toEqual([80, 60]);
    expect(mean([...second.u])).toBeCloseTo(2, 1);
  });

  it('keeps no trace of earlier pictures', () => {
    const dense = new DenseFlow(size);
    dense.next(picture((x, y) => texture(y, x)));
    dense.next(shifted(0));
    const used = dense.next(shifted(3))!.u.slice();
    dense.restart();
    expect(dense.next(shifted(0))).toBeUndefined();
    expect(dense.next(shifted(3))!.u).toEqual(used);
  });
});
