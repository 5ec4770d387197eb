import { expect, it } from 'vitest';
import { heldFigures } from '../../src/train/run/heldFigures.js';

const classes = ['run', 'walk', 'sit', 'stand'];

/** A clip of `group`, its true class, what the model answers and what the mean pool does. */
const one = (group: string, truth: number, answer: number, meanAnswer?: number) => ({
  ...{ clip: `${group}${truth}${answer}`, group, truth: [truth], answer },
  ...(meanAnswer !== undefined && { meanAnswer }),
});

it('accuracy, guess and mean pool, and the most frequent confusions with what they are of', () => {
  const answers = [
    one('a', 0, 1, 0),
    one('a', 0, 1, 0),
    one('a', 0, 0, 0),
    one('b', 2, 3, 2),
    one('b', 1, 1, 0),
    one('c', 3, 3, 3),
  ];
  const figures = heldFigures(answers, { classes, seed: 0 });
  expect(figures).toMatchObject({ clips: 6, groups: 3, drawn: 'groups', accuracy: 0.5, chance: 0.25 });
  expect(figures.meanPool!.accuracy).toBeCloseTo(5 / 6);
  expect(figures.confused).toEqual([
    { truth: 'run', answer: 'walk', clips: 2, of: 3 },
    { truth: 'sit', answer: 'stand', clips: 1, of: 1 },
  ]);
});

it('draws whole groups: ten clips of a group that is right and ten of one that is wrong may be all or none', () => {
  const answers = Array.from({ length: 20 }, (_, i) => one(i < 10 ? 'a' : 'b', 0, i < 10 ? 0 : 1));
  const byGroup = heldFigures(answers, { classes, seed: 0 });
  expect(byGroup.interval).toEqual({ low: 0, high: 1, level: 0.95 });
  const alone = answers.map((answer, i) => ({ ...answer, group: `${i}` }));
  const byClip = heldFigures(alone, { classes, seed: 0 });
  expect(byClip.drawn).toBe('clips');
  expect(byClip.interval.low).toBeGreaterThan(0.2); // 0.5 - 1.96 sqrt(0.25 / 20) = 0.28
  expect(byClip.interval.high).toBeLessThan(0.8);
});

it('all right says as much as there are groups: of two, between 34 and 100 %', () => {
  const { interval, confused } = heldFigures([one('a', 0, 0), one('a', 1, 1), one('b', 0, 0)], {
    classes,
    seed: 0,
  });
  // Wilson at 1 of 2: n / (n + z^2) = 2 / 5.8415.
  expect(interval.low).toBeCloseTo(0.3424, 3);
  expect(interval.high).toBeCloseTo(1, 12);
  expect(confused).toEqual([]);
});

it('any of the classes of a clip is right, and guessing one of two of four is a half', () => {
  const figures = heldFigures([{ clip: 'x', group: 'a', truth: [1, 2], answer: 2 }], { classes, seed: 0 });
  expect(figures).toMatchObject({ accuracy: 1, chance: 0.5, confused: [] });
  expect(figures).not.toHaveProperty('meanPool');
});
