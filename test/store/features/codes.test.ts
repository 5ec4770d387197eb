import { expect, test } from 'vitest';
import { meaningOf, toCodes } from '../../../src/store/features/codes.js';
import { float32 } from '../../../src/tensor.js';

const codesOf = (values: number[], channels = 1) => {
  const { codes, steps, zeros } = toCodes(float32(values, [1, channels, 1, values.length / channels]));
  const back = [...codes.data].map((code, i) => {
    const channel = Math.floor((i * channels) / values.length);
    return meaningOf(Number(code), Number(steps.data[channel]), Number(zeros.data[channel]));
  });
  return { codes: [...codes.data], steps: [...steps.data], zeros: [...zeros.data], back };
};

test('a channel is cut into 255 equal steps of the root of its largest number', () => {
  // the root of 65025 is 255, so a step is 1: the root of 6.3 is 2.51, which is 3, which means 9
  const { codes, steps, zeros, back } = codesOf([0, 1, 4, 6.3, 65025]);
  expect([steps, zeros]).toEqual([[1], [0]]);
  expect(codes).toEqual([0, 1, 2, 3, 255]);
  expect(back).toEqual([0, 1, 4, 9, 65025]);
});

test('a channel with numbers on both sides of 0 has a code for 0 between them', () => {
  // roots from -127 to 128
  const { codes, steps, zeros, back } = codesOf([-16129, 0, 9, -4, 16384]);
  expect([steps, zeros]).toEqual([[1], [127]]);
  expect(codes).toEqual([0, 127, 130, 125, 255]);
  expect(back).toEqual([-16129, 0, 9, -4, 16384]);
});

test('each channel has a step of its own, and one that is always 0 stays so', () => {
  const { steps, back } = codesOf([0, 65025, 0, 0, 0, 65025 / 4], 3);
  expect(steps).toEqual([1, 0, 0.5]);
  expect(back).toEqual([0, 65025, 0, 0, 0, 65025 / 4]);
});

test('what is not finite is an error', () => {
  for (const wrong of [NaN, Infinity, -Infinity])
    expect(() => codesOf([1, wrong, 2])).toThrow('features: finite numbers');
});
