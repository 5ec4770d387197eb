// How much two boxes or two stretches of time share: intersection over union, in the field's two conventions.
import type { Box } from '../result.js';

/** A stretch of time in seconds. */
export interface Interval {
  startSeconds: number;
  endSeconds: number;
}

/**
 * Intersection over union of two boxes whose edges are continuous coordinates (width is `x1 - x0`), in 0..1.
 * A box of no area shares nothing with anything.
 */
export function boxIou(a: Box, b: Box): number {
  return ratio(a, b, 0);
}

/**
 * The same for corners that are the first and the last pixel (width is `x1 - x0 + 1`): the convention of PASCAL VOC
 * and of the UCF101-24 scripts.
 */
export function pixelIou(a: Box, b: Box): number {
  return ratio(a, b, 1);
}

/** A measure of two boxes: `boxIou` or `pixelIou`. */
export type BoxOverlap = (a: Box, b: Box) => number;

function ratio(a: Box, b: Box, pixel: 0 | 1): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]) + pixel;
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]) + pixel;
  if (!(width > 0 && height > 0)) return 0;
  const shared = width * height;
  return Math.min(1, shared / (area(a, pixel) + area(b, pixel) - shared));
}

function area(box: Box, pixel: 0 | 1): number {
  return Math.max(0, box[2] - box[0] + pixel) * Math.max(0, box[3] - box[1] + pixel);
}

/** Whether a point (x, y) lies in a box, edges included. */
export function boxHolds(box: Box, point: readonly [number, number]): boolean {
  return point[0] >= box[0] && point[0] <= box[2] && point[1] >= box[1] && point[1] <= box[3];
}

/** Intersection over union of two stretches of time, in 0..1; 0 where their union has no length. */
export function temporalIou(a: Interval, b: Interval): number {
  const shared = Math.min(a.endSeconds, b.endSeconds) - Math.max(a.startSeconds, b.startSeconds);
  if (!(shared > 0)) return 0;
  return Math.min(1, shared / (a.endSeconds - a.startSeconds + (b.endSeconds - b.startSeconds) - shared));
}
