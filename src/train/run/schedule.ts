// The learning rate over a run, and when to stop. Both are driven by validation (by the training loss
// where nothing is held out), never by a test set. Their state is plain data that a checkpoint keeps.
import type { Recipe } from '../recipe/recipe.js';

/** What an epoch reached: more correct clips are better, and among equals a lower cross-entropy. */
export interface EpochScore {
  accuracy: number;
  crossEntropy: number;
  /** Where clips have several classes: it counts them all, and so stands in for the accuracy. */
  mAP?: number;
}

/** Is `a` better than `b`? */
export function isBetter(a: EpochScore, b: EpochScore): boolean {
  const [own, other] = [a.mAP ?? a.accuracy, b.mAP ?? b.accuracy];
  return own > other || (own === other && a.crossEntropy < b.crossEntropy);
}

/** The score alone, of whatever holds more. */
export function scoreOf({ accuracy, crossEntropy, mAP }: EpochScore): EpochScore {
  return { accuracy, crossEntropy, ...(mAP !== undefined && { mAP }) };
}

/**
 * The state of schedule and early stopping. `waited` counts epochs since the best, `stalled` those since the last cut of the rate,
 * `right` those in a row that named every held-out clip rightly.
 */
export interface Course {
  best: (EpochScore & { epoch: number }) | null;
  waited: number;
  stalled: number;
  right: number;
  /** What the plateau schedule has multiplied the rate with so far. */
  factor: number;
  /** Epochs after which it did so. */
  cuts: readonly number[];
}

/** The state before the first epoch. */
export function startCourse(): Course {
  return { best: null, waited: 0, stalled: 0, right: 0, factor: 1, cuts: [] };
}

/** The state after an epoch with this score; pure. `isBest` says that the epoch is the best so far. */
export function followCourse(
  before: Course,
  { epoch, score, recipe }: { epoch: number; score: EpochScore; recipe: Recipe },
): { course: Course; isBest: boolean } {
  const course = { ...before, right: (score.mAP ?? score.accuracy) === 1 ? before.right + 1 : 0 };
  if (course.best === null || isBetter(score, course.best)) {
    return { course: { ...course, best: { ...score, epoch }, waited: 0, stalled: 0 }, isBest: true };
  }
  const next = { ...course, waited: course.waited + 1, stalled: course.stalled + 1 };
  const { schedule } = recipe;
  if (schedule.name === 'plateau' && next.stalled > schedule.patience) {
    next.factor *= schedule.factor;
    next.cuts = [...next.cuts, epoch];
    next.stalled = 0;
  }
  return { course: next, isBest: false };
}

/** Has validation stood still for too long? */
export function isOver(course: Course, { patience }: Recipe): boolean {
  return patience > 0 && course.waited >= patience;
}

/** Has every held-out clip been named rightly for so long that no epoch is better than another? */
export function isSettled(course: Course, { settled }: Recipe): boolean {
  return settled > 0 && course.right >= settled;
}

/** The learning rate of a step; `epochsDone` counts fractions too (epoch 2 of 0.., step 5 of 10: 2.5). */
export function learningRate(epochsDone: number, course: Course, recipe: Recipe): number {
  const { schedule, learningRate: top, epochs } = recipe;
  const { warmupEpochs: warmup } = schedule;
  // The first step already moves: the ramp is measured at the step's end by one hundredth of an epoch.
  if (epochsDone < warmup) return (top * (epochsDone + 0.01)) / (warmup + 0.01);
  if (schedule.name === 'constant') return top;
  if (schedule.name === 'plateau') return top * course.factor;
  const done = Math.min(1, (epochsDone - warmup) / Math.max(1e-9, epochs - warmup));
  return top * (schedule.floor + (1 - schedule.floor) * 0.5 * (1 + Math.cos(Math.PI * done)));
}
