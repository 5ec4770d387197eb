import { expect, it } from 'vitest';
import { EvenSample } from '../../src/train/start/evenSample.js';

function sampleOf(count: number, most: number): number[] {
  const sample = new EvenSample<number>(most);
  for (let i = 0; i < count; i++) sample.add(() => i);
  return [...sample.items];
}

it('keeps all of a few, and an even part of many', () => {
  expect(sampleOf(0, 3)).toEqual([]);
  expect(sampleOf(5, 3)).toEqual([0, 1, 2, 3, 4]);
  expect(sampleOf(6, 3)).toEqual([0, 2, 4]); // six are twice three: every second stays
  expect(sampleOf(11, 3)).toEqual([0, 4, 8]); // 0 2 4 6 8 10 were six again
  expect(sampleOf(12, 3)).toEqual([0, 4, 8]);
  expect(sampleOf(13, 3)).toEqual([0, 4, 8, 12]);
});

it('makes only what it keeps', () => {
  const sample = new EvenSample<number>(1);
  let made = 0;
  for (let i = 0; i < 1000; i++) sample.add(() => made++);
  expect(made).toBe(11); // 0, 1, 2, 4, 8, ..., 512
  expect(sample.items).toHaveLength(1);
});
