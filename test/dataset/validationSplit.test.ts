import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ClipEntry } from '../../src/dataset/clips.js';
import { splitValidation } from '../../src/dataset/validationSplit.js';
import { WhereWhenError } from '../../src/errors.js';

function clip(classIndex: number, group: string, name = `${classIndex}/${group}`): ClipEntry {
  return { path: name, name, label: String(classIndex), classIndex, group };
}

function count(clips: ClipEntry[], classIndex: number): number {
  return clips.filter((one) => one.classIndex === classIndex).length;
}

test('clips that stand alone are held out in the same share from every class', () => {
  const clips = [0, 1].flatMap((k) =>
    Array.from({ length: k === 0 ? 10 : 40 }, (_, i) => clip(k, `${k}-${i}`)),
  );
  const { train, validation } = splitValidation(clips, { share: 0.2, seed: 3 });
  expect([count(validation, 0), count(validation, 1)]).toEqual([2, 8]);
  expect(train.length + validation.length).toBe(50);
});

test('nine persons who do ten actions each: two persons are held out of all actions', () => {
  const persons = 'abcdefghi'.split('');
  const clips = persons.flatMap((person) => Array.from({ length: 10 }, (_, k) => clip(k, person)));
  const { validation } = splitValidation(clips, { share: 0.2 });
  expect(new Set(validation.map(({ group }) => group)).size).toBe(2);
  expect(validation).toHaveLength(20);
});

test('the same seed gives the same split, another seed another', () => {
  const clips = Array.from({ length: 60 }, (_, i) => clip(i % 3, `g${i}`));
  const names = (seed: number) => splitValidation(clips, { seed }).validation.map(({ name }) => name);
  expect(names(1)).toEqual(names(1));
  expect(names(1)).not.toEqual(names(2));
});

test('no group is split and every class keeps a training clip, for any data set', () => {
  const any = fc.array(fc.record({ k: fc.integer({ min: 0, max: 4 }), g: fc.integer({ min: 0, max: 9 }) }), {
    minLength: 1,
    maxLength: 80,
  });
  fc.assert(
    fc.property(
      any,
      fc.double({ min: 0.05, max: 0.9, noNaN: true }),
      fc.integer({ min: 0, max: 9 }),
      (drawn, share, seed) => {
        const clips = drawn.map(({ k, g }, i) => clip(k, `g${g}`, `clip${i}`));
        let split;
        try {
          split = splitValidation(clips, { share, seed });
        } catch (error) {
          expect(error).toBeInstanceOf(WhereWhenError);
          return;
        }
        const held = new Set(split.validation.map(({ group }) => group));
        expect(split.train.some(({ group }) => held.has(group))).toBe(false);
        for (const { classIndex } of clips) expect(count(split.train, classIndex)).toBeGreaterThan(0);
        expect(split.validation.length).toBeGreaterThan(0);
        expect(split.train.length + split.validation.length).toBe(clips.length);
      },
    ),
  );
});

test('one group for all cannot be split, and share 0 asks for nothing', () => {
  const clips = [clip(0, 'same'), clip(1, 'same')];
  expect(() => splitValidation(clips)).toThrow(/2 clips in 1 group.*--validation 0/);
  expect(splitValidation(clips, { share: 0 })).toEqual({ train: clips, validation: [] });
});

test('a share of 1 would leave nothing to learn from', () => {
  expect(() => splitValidation([clip(0, 'a')], { share: 1 })).toThrow(/at least 0 and below 1, got 1/);
});
