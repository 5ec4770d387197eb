// What a list shows of an answer.
import { expect, it } from 'vitest';
import type { Result } from '../../src/result.js';
import { rowOf } from '../../src/server/answerRow.js';

const answer = {
  classes: [
    { label: 'wave', probability: 0.7 },
    { label: 'bend', probability: 0.3 },
  ],
  ...{ frames: [], segments: [], actors: [], warnings: ['one'] },
} as unknown as Result;

it('is its best class, and whether the clip is unlike those that the model learnt from', () => {
  const row = { label: 'wave', probability: 0.7, warnings: 1, where: null, when: null };
  expect(rowOf(answer, null)).toEqual({ ...row, isUnlike: false });
  expect(rowOf({ ...answer, unlike: 1.5 }, null)).toEqual({ ...row, isUnlike: true });
});
