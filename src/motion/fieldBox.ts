// Boxes beside frames: where the actor is at any time, in pixels of a flow field.
import { inputError, shapeError } from '../errors.js';
import type { Box } from '../result.js';
import type { Extent } from './pyramid.js';

/** A box in pixels of a flow field; it may reach past the edge. */
export interface FieldBox {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

/** How much larger than the box its surroundings are taken: an arm that swings leaves the box. */
export const GROWTH = 1.3;

/** The box about the same centre, its sides times `factor`. */
export function growBox({ x0, y0, x1, y1 }: FieldBox, factor: number = GROWTH): FieldBox {
  const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2];
  const [width, height] = [((x1 - x0) * factor) / 2, ((y1 - y0) * factor) / 2];
  return { x0: x - width, y0: y - height, x1: x + width, y1: y + height };
}

/** A box in pixels of `picture` on a field that shows the whole picture. */
export function onField([x0, y0, x1, y1]: Box, picture: Extent, field: Extent): FieldBox {
  const [across, down] = [field.width / picture.width, field.height / picture.height];
  return { x0: x0 * across, y0: y0 * down, x1: x1 * across, y1: y1 * down };
}

/** Boxes and the times at which they were seen, in rising order; null where nothing was found. */
export interface TimedBoxes {
  boxes: readonly (Box | null)[];
  /** Seconds, one a box. */
  times: ArrayLike<number>;
}

/**
 * The box at each of `times` (seconds, rising): straight lines between the boxes that there are, the first and the last
 * one held before and after. Null for every time where there is no box at all.
 * Throws a WhereWhenError (`shape`) where boxes and times are not as many, or a box is not four finite numbers with
 * its edges in order.
 */
export function boxesAt({ boxes, times: seen }: TimedBoxes, times: ArrayLike<number>): (Box | null)[] {
  checkBoxes(boxes, seen);
  const known = boxes.flatMap((box, i) => (box ? [{ box, time: seen[i]! }] : []));
  let next = 0;
  return Array.from(times, (time) => {
    while (next < known.length && known[next]!.time < time) next++;
    const after = known[next] ?? known.at(-1);
    const before = known[next - 1] ?? after;
    if (!before || !after) return null;
    const gap = after.time - before.time;
    const share = gap > 0 ? Math.min(1, (time - before.time) / gap) : 0;
    return before.box.map((edge, k) => edge + share * (after.box[k]! - edge)) as Box;
  });
}

/** Throws where the boxes cannot be used. */
export function checkBoxes(boxes: readonly (Box | null)[], times: ArrayLike<number>): void {
  if (boxes.length !== times.length)
    throw shapeError('motion.boxes', `one box or null for each of ${times.length} times`, `${boxes.length}`);
  const isGood = (box: Box): boolean => box.every(Number.isFinite) && box[2] > box[0] && box[3] > box[1];
  const bad = boxes.find((box) => box && !isGood(box));
  if (!bad) return;
  throw inputError('motion.boxes', '[x0, y0, x1, y1] with x1 > x0 and y1 > y0', JSON.stringify(bad));
}
