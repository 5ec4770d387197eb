// Small grey pictures from colour ones.
import { describe, expect, it } from 'vitest';
import { GREY_SIZE, greyPicture } from '../../src/motion/grey.js';

const colour = (pixels: number[][]): Uint8Array => Uint8Array.from(pixels.flat());

describe('greyPicture', () => {
  it('weighs red, green and blue as luma and averages the area of a pixel', () => {
    // 4 x 2 to 2 x 1: red, green over blue, white; black over grey 100
    const rgb = colour([
      [255, 0, 0],
      [0, 255, 0],
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 255],
      [255, 255, 255],
      [100, 100, 100],
      [100, 100, 100],
    ]);
    // (76.245 + 149.685 + 29.07 + 255) / 4 = 127.5, (0 + 0 + 100 + 100) / 4 = 50
    expect([...greyPicture(rgb, { width: 4, height: 2 }, { width: 2, height: 1 })]).toEqual([128, 50]);
  });

  it('shares a pixel between the two that cover it', () => {
    const rgb = colour([0, 90, 255].map((grey) => [grey, grey, grey]));
    // 3 to 2: (0 + 90 / 2) / 1.5 = 30, (90 / 2 + 255) / 1.5 = 200
    expect([...greyPicture(rgb, { width: 3, height: 1 }, { width: 2, height: 1 })]).toEqual([30, 200]);
  });

  it('takes RGBA too, enlarges small pictures, and has 160 x 120 pixels by default', () => {
    const grey = greyPicture(new Uint8ClampedArray(7 * 5 * 4).fill(60), { width: 7, height: 5 });
    expect(grey.length).toBe(GREY_SIZE.width * GREY_SIZE.height);
    expect(new Set(grey)).toEqual(new Set([60]));
  });

  it('only weighs the colours of a picture that has the size already', () => {
    const rgb = colour([
      [255, 0, 0],
      [10, 20, 30],
    ]);
    // 76.245; 2.99 + 11.74 + 3.42 = 18.15
    expect([...greyPicture(rgb, { width: 2, height: 1 }, { width: 2, height: 1 })]).toEqual([76, 18]);
  });

  it('refuses bytes of another size', () => {
    expect(() => greyPicture(new Uint8Array(10), { width: 2, height: 2 })).toThrow('2 x 2, got 10 bytes');
  });
});
