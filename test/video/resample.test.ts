import { expect, test } from 'vitest';
import { keptWindow, resample } from '../../src/video/resample.js';

const row = (...values: number[]): Uint8Array => Uint8Array.from(values.flatMap((v) => [v, v, v]));
const reds = (pixels: Uint8Array): number[] => Array.from(pixels).filter((_, i) => i % 3 === 0);

test('a picture of the same size stays as it is', () => {
  const picture = Uint8Array.from({ length: 5 * 4 * 3 }, (_, i) => (i * 37) % 256);
  expect(resample(picture, { width: 5, height: 4 }, { width: 5, height: 4 })).toEqual(picture);
});

test('half the size weighs four pixels by 1 3 3 1 eighths, cut and made whole at the edge', () => {
  // target 0 lies at 0.5, reach 2: weights 3/4, 3/4, 1/4 of pixels 0, 1, 2
  const out = reds(resample(row(0, 70, 140, 210), { width: 4, height: 1 }, { width: 2, height: 1 }));
  expect(out).toEqual([Math.round((3 * 0 + 3 * 70 + 140) / 7), Math.round((70 + 3 * 140 + 3 * 210) / 7)]);
});

test('twice the size mixes neighbours by quarters', () => {
  expect(reds(resample(row(0, 200), { width: 2, height: 1 }, { width: 4, height: 1 }))).toEqual([
    0, 50, 150, 200,
  ]);
});

test('the fourth byte of RGBA is ignored', () => {
  const rgba = Uint8Array.from([10, 20, 30, 0, 10, 20, 30, 255]);
  expect([...resample(rgba, { width: 2, height: 1 }, { width: 1, height: 1 })]).toEqual([10, 20, 30]);
});

test('crop keeps the largest centred part of the target aspect, at even offsets', () => {
  expect(keptWindow({ width: 320, height: 240 }, { width: 112, height: 112 }, 'crop')).toEqual({
    x: 40,
    y: 0,
    width: 240,
    height: 240,
  });
  expect(keptWindow({ width: 720, height: 1280 }, { width: 100, height: 50 }, 'crop')).toEqual({
    x: 0,
    y: 460,
    width: 720,
    height: 360,
  });
  expect(keptWindow({ width: 7, height: 2 }, { width: 1, height: 1 }, 'crop')).toMatchObject({
    x: 2,
    width: 2,
  });
});
