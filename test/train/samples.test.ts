// Which clips are looked at after each epoch.
import { expect, it } from 'vitest';
import { ofDifferentClasses } from '../../src/train/folder/samples.js';

it('takes samples of different classes, and a second one of a class only where there are no more classes', () => {
  const clips = [0, 0, 0, 1, 1, 2].map((classIndex, i) => ({ classIndex, name: `${i}` }));
  const names = (count: number): string[] => ofDifferentClasses(clips, count).map(({ name }) => name);
  expect(names(4)).toEqual(['0', '3', '5', '1']);
  expect(names(9)).toEqual(['0', '3', '5', '1', '4', '2']);
  expect(ofDifferentClasses([], 4)).toEqual([]);
});
