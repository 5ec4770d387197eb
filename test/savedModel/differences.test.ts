import { expect, test } from 'vitest';
import { differencesOf } from '../../src/savedModel/export/exportOnnx.js';
import { float32 } from '../../src/tensor.js';

const of = (...numbers: number[]) => ({ y: float32(Float32Array.from(numbers), [numbers.length]) });

test('a difference counts as a share of the largest number of its tensor, where that is above 1', () => {
  expect(differencesOf(of(0.5, 0.25), of(0.5, 0.5))).toEqual({ y: 0.25 });
  expect(differencesOf(of(1000, -2), of(1001, -2))).toEqual({ y: 0.001 });
});

test('a number that is none, and a tensor that is missing, differ beyond every bound', () => {
  expect(differencesOf(of(1, 2), of(1, NaN)).y).toBe(Infinity);
  expect(differencesOf(of(1, 2), {}).y).toBe(Infinity);
});
