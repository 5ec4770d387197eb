import { describe, expect, test } from 'vitest';
import { dealt, hashOf, parsePart } from '../../src/scale/index.js';

describe('a part', () => {
  test('is told by hand, counted from 1', () => {
    expect(parsePart('2/8', {})).toEqual({ index: 2, of: 8 });
    expect(parsePart('1/1', {})).toEqual({ index: 1, of: 1 });
  });

  test('is the place of a task in its Slurm array, wherever its numbers begin and however they step', () => {
    const array = (id: string, rest: Record<string, string>) =>
      parsePart('auto', { SLURM_ARRAY_TASK_ID: id, ...rest });
    const from5 = { SLURM_ARRAY_TASK_COUNT: '4', SLURM_ARRAY_TASK_MIN: '5', SLURM_ARRAY_TASK_MAX: '8' };
    expect(array('5', from5)).toEqual({ index: 1, of: 4 });
    expect(array('8', from5)).toEqual({ index: 4, of: 4 });
    const byTens = { SLURM_ARRAY_TASK_COUNT: '3', SLURM_ARRAY_TASK_MIN: '10', SLURM_ARRAY_TASK_MAX: '30' };
    expect(array('20', { ...byTens, SLURM_ARRAY_TASK_STEP: '10' })).toEqual({ index: 2, of: 3 });
    expect(() => array('20', byTens)).toThrow(/numbers do not jump.*10 to 30 by 1, 3 of them/);
  });

  test('with its count is an index from 0, of a Kubernetes indexed job or a Slurm array', () => {
    expect(parsePart('auto/4', { JOB_COMPLETION_INDEX: '0' })).toEqual({ index: 1, of: 4 });
    expect(parsePart('auto/4', { SLURM_ARRAY_TASK_ID: '3' })).toEqual({ index: 4, of: 4 });
    expect(() => parsePart('auto/4', { JOB_COMPLETION_INDEX: '4' })).toThrow(/index 4, counted from 0, of 4/);
    expect(() => parsePart('auto', { JOB_COMPLETION_INDEX: '0' })).toThrow(/--part: auto\/N/);
  });

  test.each(['0/4', '5/4', '2', 'a/b', '1/0', '-1/2', '1.5/2', 'auto/0', ''])('%j is wrong use', (text) => {
    expect(() => parsePart(text, { JOB_COMPLETION_INDEX: '0' })).toThrow(/^--part: /);
  });

  test('auto outside of an engine is wrong use, with a way on', () => {
    expect(() => parsePart('auto', {})).toThrow(/SLURM_ARRAY_TASK_ID.*--part 1\/4/);
  });
});

describe('work', () => {
  const keys = Array.from({ length: 1003 }, (_, i) => hashOf('clip', String(i % 1000))); // three clips stand twice

  test('is dealt out so that every piece is in one part, in parts of equal size', () => {
    const parts = Array.from({ length: 64 }, (_, i) => dealt(keys, { index: i + 1, of: 64 }));
    expect(parts.flat().sort((a, b) => a - b)).toEqual(keys.map((_, place) => place));
    const sizes = parts.map((places) => new Set(places.map((place) => keys[place])).size);
    expect([Math.min(...sizes), Math.max(...sizes)]).toEqual([15, 16]); // 1000 / 64 = 15.6
  });

  test('of equal content comes to one part, in whatever order it is listed', () => {
    const part = { index: 3, of: 7 };
    const own = new Set(dealt(keys, part).map((place) => keys[place]));
    const turned = keys.toReversed();
    expect(new Set(dealt(turned, part).map((place) => turned[place]))).toEqual(own);
    for (const twin of [0, 1, 2]) expect(own.has(keys[twin]!)).toBe(dealt(keys, part).includes(1000 + twin));
  });
});
