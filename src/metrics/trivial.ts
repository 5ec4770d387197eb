// Answers that look at no picture. Every figure stands beside what these reach on the same clips: a method that
// does not beat them has found nothing.
import type { Box } from '../result.js';
import type { Interval } from './overlap.js';

/** The answer of the mean pool of the same features: no image-blind baseline, since it looks at the pictures, but a simple one. */
export const MEAN_POOLING = 'mean pooling';

/** Size of a picture in pixels. */
export interface PictureSize {
  width: number;
  height: number;
}

/** The box of half the picture's width and height in its middle. */
export function centreBox({ width, height }: PictureSize): Box {
  return [width / 4, height / 4, (3 * width) / 4, (3 * height) / 4];
}

/** The whole picture. */
export function wholeFrame({ width, height }: PictureSize): Box {
  return [0, 0, width, height];
}

/** A box given in parts of width and height (0..1), in the pixels of one picture. */
export function scaledBox(box: Box, { width, height }: PictureSize): Box {
  return [box[0] * width, box[1] * height, box[2] * width, box[3] * height];
}

/** The middle of a box: what a box without a mask points at. */
export function boxCentre(box: Box): [number, number] {
  return [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
}

/** From the first moment to the last. */
export function wholeClip(durationSeconds: number): Interval {
  return { startSeconds: 0, endSeconds: durationSeconds };
}

/** The second and third quarter of a clip. */
export function middleHalf(durationSeconds: number): Interval {
  return { startSeconds: durationSeconds / 4, endSeconds: (3 * durationSeconds) / 4 };
}

/**
 * What guessing reaches at top-k in the mean: `k / classes`, at most 1; for a clip with `own` classes, any of which is
 * right, `1 - C(classes - own, k) / C(classes, k)`.
 */
export function chance(classes: number, k = 1, own = 1): number {
  if (own === 1) return Math.min(1, k / classes);
  let miss = 1;
  for (let i = 0; i < Math.min(k, classes - own + 1); i++) miss *= (classes - own - i) / (classes - i);
  return 1 - miss;
}

/**
 * Scores that answer every clip with the classes by how often they occur in `labels` (class indices), the most
 * frequent first; of equally frequent ones the first.
 */
export function majorityScores(labels: readonly number[], classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) counts[label]!++;
  return counts;
}
