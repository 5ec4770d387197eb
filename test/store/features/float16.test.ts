import { expect, test } from 'vitest';
import { fromFloat16, toFloat16 } from '../../../src/store/features/float16.js';

const bits = (...values: number[]): number[] => [...toFloat16(Float32Array.from(values))];

test('known numbers have their bits', () => {
  expect(bits(0, 1, -2, 65504, 2 ** -14, 2 ** -24)).toEqual([0, 0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001]);
});

test('half-way cases go to the even neighbour, on both sides of the smallest normal number', () => {
  expect(bits(1 + 2 ** -11, 1 + 3 * 2 ** -11)).toEqual([0x3c00, 0x3c02]);
  expect(bits(0.5 * 2 ** -24, 1.5 * 2 ** -24, 1023.9 * 2 ** -24)).toEqual([0, 2, 0x0400]);
});

test('all finite numbers of 16 bits come back as they are', () => {
  const all = Uint16Array.from({ length: 1 << 16 }, (_, i) => i).filter((i) => ((i >> 10) & 31) !== 31);
  expect(toFloat16(fromFloat16(all))).toEqual(all);
});

test('what 16 bits cannot hold is an error and not an infinity', () => {
  for (const value of [65520, -1e9, Infinity, NaN]) {
    expect(() => bits(value)).toThrow('features: finite numbers of at most 65504');
  }
});
