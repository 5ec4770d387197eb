import { describe, expect, it } from 'vitest';
import { cropTo } from '../../src/video/crop.js';
import { resample } from '../../src/video/resample.js';

/** A grey picture from rows of levels. */
function grey(rows: number[][]): { pixels: Uint8Array; width: number; height: number } {
  const pixels = Uint8Array.from(rows.flat().flatMap((level) => [level, level, level]));
  return { pixels, width: rows[0]!.length, height: rows.length };
}

const levels = (rgb: Uint8Array): number[] => Array.from(rgb).filter((_, i) => i % 3 === 0);

describe('a rectangle of a picture', () => {
  const { pixels, ...size } = grey([
    [0, 100, 200, 40],
    [20, 120, 220, 60],
  ]);

  it('is the picture itself where it is all of it', () => {
    expect(levels(cropTo(pixels, size, { x: 0, y: 0, ...size }, size))).toEqual(levels(pixels));
  });

  it('may begin between pixels: it is then the mean of its neighbours', () => {
    const found = cropTo(pixels, size, { x: 0.5, y: 0, width: 2, height: 1 }, { width: 2, height: 1 });
    expect(levels(found)).toEqual([50, 150]);
  });

  it('goes on with the pixels of the edge beyond the picture', () => {
    const found = cropTo(pixels, size, { x: -2, y: -1, width: 4, height: 1 }, { width: 4, height: 1 });
    expect(levels(found)).toEqual([0, 0, 0, 100]);
  });

  it('is widened like resample where it shrinks, inside the picture', () => {
    const random = Uint8Array.from({ length: 12 * 8 * 3 }, (_, i) => (i * 97 + (i % 5) * 31) % 256);
    const source = { width: 12, height: 8 };
    const target = { width: 3, height: 2 };
    const whole = cropTo(random, source, { x: 0, y: 0, ...source }, target);
    const known = resample(random, source, target);
    // Only the outermost weights differ: there the edge goes on, here it is cut.
    const inner = (rgb: Uint8Array): number[] => Array.from(rgb.subarray(3, 6));
    inner(whole).forEach((level, c) => expect(Math.abs(level - inner(known)[c]!)).toBeLessThan(20));
  });
});
