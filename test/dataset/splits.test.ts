import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kFolds, leaksOf, leaveOneGroupOut, officialSplit, withoutLeaks } from '../../src/dataset/splits.js';

const items = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.constantFrom('run', 'dive', 'jump')), {
    minLength: 20,
    maxLength: 80,
  })
  .map((all) => all.map(([g, label], i) => ({ name: `${label}/${i}.mp4`, label, group: `g${g}` })))
  .filter((all) => new Set(all.map(({ group }) => group)).size >= 3);

describe('kFolds', () => {
  it('tests each clip once and never cuts a group', () => {
    fc.assert(
      fc.property(items, fc.boolean(), fc.integer(), (clips, isStratified, seed) => {
        const folds = kFolds(clips, { folds: 3, seed, isStratified });
        expect(folds.flatMap(({ test }) => test.map(({ name }) => name)).sort()).toEqual(
          clips.map(({ name }) => name).sort(),
        );
        for (const fold of folds) expect(leaksOf(fold)).toEqual([]);
      }),
    );
  });

  it('keeps every class in its share when each clip is its own group', () => {
    const clips = Array.from({ length: 100 }, (_, i) => ({ name: `${i}`, label: i < 80 ? 'often' : 'rare' }));
    for (const { test } of kFolds(clips, { folds: 5 })) {
      expect(test.filter(({ label }) => label === 'often')).toHaveLength(16);
      expect(test.filter(({ label }) => label === 'rare')).toHaveLength(4);
    }
  });

  it('refuses more folds than groups', () => {
    const clips = [1, 2, 3].map((i) => ({ name: `${i}`, label: 'run', group: 'same' }));
    expect(() => kFolds(clips, { folds: 2 })).toThrow(/there are 1 groups\), got 2/);
  });
});

describe('leaveOneGroupOut', () => {
  it('leaves each person out once', () => {
    const clips = ['daria', 'ido'].flatMap((group) =>
      ['run', 'walk'].map((label) => ({ name: `${label}/${group}.avi`, label, group })),
    );
    const folds = leaveOneGroupOut(clips);
    expect(folds.map(({ name }) => name)).toEqual(['without daria', 'without ido']);
    expect(folds[0]!.test.map(({ name }) => name)).toEqual(['run/daria.avi', 'walk/daria.avi']);
  });
});

describe('officialSplit', () => {
  it('leaves unused clips out and refuses an empty side', () => {
    const clips = (['train', 'test', 'unused'] as const).map((subset) => ({
      name: subset,
      label: 'a',
      subset,
    }));
    const { train, test } = officialSplit(clips);
    expect([...train, ...test].map(({ name }) => name)).toEqual(['train', 'test']);
    expect(() => officialSplit(clips.slice(0, 1))).toThrow(/1 to train, 0 to test/);
  });
});

describe('withoutLeaks', () => {
  const clip = (name: string, group?: string, content?: string) => ({
    name,
    label: 'run',
    ...(group && { group }),
    ...(content && { content }),
  });

  it('stops at the same file, the same bytes and the same group on both sides', () => {
    const leak = (train: ReturnType<typeof clip>, test: ReturnType<typeof clip>) =>
      withoutLeaks({ name: 'mine', train: [train], test: [test] });
    expect(() => leak(clip('a'), clip('a'))).toThrow(/split mine: .*1 leaks, first the file a/);
    expect(() => leak(clip('a', 'x', 'hash'), clip('b', 'y', 'hash'))).toThrow(
      /the content hash: a trains, b tests/,
    );
    expect(() => leak(clip('a', 'x'), clip('b', 'x'))).toThrow(/the group x/);
    expect(leak(clip('a', 'x'), clip('b', 'y')).test).toHaveLength(1);
  });
});
