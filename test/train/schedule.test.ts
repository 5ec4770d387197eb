import { expect, test } from 'vitest';
import { parseRecipe } from '../../src/train/recipe/recipe.js';
import {
  followCourse,
  isOver,
  isSettled,
  learningRate,
  startCourse,
  type Course,
} from '../../src/train/run/schedule.js';

function run(recipe: ReturnType<typeof parseRecipe>, losses: number[]): Course {
  return losses.reduce(
    (course, crossEntropy, epoch) =>
      followCourse(course, { epoch, score: { accuracy: 0.5, crossEntropy }, recipe }).course,
    startCourse(),
  );
}

test('a cosine falls from the rate to its floor, half-way in the middle', () => {
  const recipe = parseRecipe({
    epochs: 10,
    learningRate: 1,
    schedule: { name: 'cosine', warmupEpochs: 0, floor: 0 },
  });
  const rates = [0, 5, 10].map((epoch) => learningRate(epoch, startCourse(), recipe));
  expect(rates[0]).toBeCloseTo(1, 12);
  expect(rates[1]).toBeCloseTo(0.5, 12);
  expect(rates[2]).toBeCloseTo(0, 12);
});

test('the warm-up rises to the rate and is not zero at its first step', () => {
  const recipe = parseRecipe({ learningRate: 1, schedule: { name: 'constant', warmupEpochs: 2 } });
  const rates = [0, 1, 1.9, 2].map((epoch) => learningRate(epoch, startCourse(), recipe));
  expect(rates[0]).toBeGreaterThan(0);
  expect([...rates].sort((a, b) => a - b)).toEqual(rates);
  expect(rates[3]).toBe(1);
});

test('a plateau cuts the rate after more than `patience` epochs without a better one, as PyTorch does', () => {
  const recipe = parseRecipe({ learningRate: 1, schedule: { name: 'plateau', patience: 1, factor: 0.1 } });
  const rateAfter = (losses: number[]) => learningRate(losses.length, run(recipe, losses), recipe);
  expect(rateAfter([1, 2])).toBe(1); // one bad epoch is borne
  expect(rateAfter([1, 2, 2])).toBeCloseTo(0.1, 12); // the second is not
  expect(rateAfter([1, 2, 2, 2])).toBeCloseTo(0.1, 12);
  expect(rateAfter([1, 2, 2, 2, 2])).toBeCloseTo(0.01, 12);
});

test('training ends when validation stood still for `patience` epochs, and never with patience 0', () => {
  const recipe = parseRecipe({ patience: 2 });
  expect(isOver(run(recipe, [3, 2, 2.5]), recipe)).toBe(false);
  expect(isOver(run(recipe, [3, 2, 2.5, 2.1]), recipe)).toBe(true);
  expect(isOver(run(recipe, [3, 2, 2.5, 2.1]), parseRecipe({ patience: 0 }))).toBe(false);
});

test('held-out clips that are all right twice in a row leave nothing to choose by, and one that is wrong begins anew', () => {
  const recipe = parseRecipe({ settled: 2 });
  const after = (accuracies: number[]): Course =>
    accuracies.reduce(
      (course, accuracy, epoch) =>
        followCourse(course, { epoch, score: { accuracy, crossEntropy: 1 }, recipe }).course,
      startCourse(),
    );
  expect(isSettled(after([1]), recipe)).toBe(false);
  expect(isSettled(after([1, 0.5, 1]), recipe)).toBe(false);
  expect(isSettled(after([0.5, 1, 1]), recipe)).toBe(true);
  expect(isSettled(after([1, 1, 1]), parseRecipe())).toBe(false); // unless it is asked for
});

test('more correct clips beat a lower cross-entropy, which decides among equals', () => {
  const recipe = parseRecipe();
  let course = followCourse(startCourse(), {
    epoch: 1,
    score: { accuracy: 0.5, crossEntropy: 1 },
    recipe,
  }).course;
  expect(followCourse(course, { epoch: 2, score: { accuracy: 0.4, crossEntropy: 0.1 }, recipe }).isBest).toBe(
    false,
  );
  course = followCourse(course, { epoch: 3, score: { accuracy: 0.5, crossEntropy: 0.9 }, recipe }).course;
  expect(course.best?.epoch).toBe(3);
});
