// Annotation tools store a box where somebody drew it, and draw straight lines between: the boxes in between are made here.
import { formatError } from '../../errors.js';
import type { Box } from '../../result.js';
import type { AnnotatedBox } from './form.js';

/** A drawn box; `isShown` false: from this frame on the thing is out of sight. */
export interface KeyBox {
  frame: number;
  box: Box;
  isShown: boolean;
}

/** Eighteen hours at 30 a second: a longer track is a slip of the pen, and would fill the memory. */
const MOST_FRAMES = 2_000_000;

/**
 * One box for every frame from each key to the next, linear in between; the last key stands for its own frame. Throws
 * `format`, naming `place`, for a track of more than two million frames.
 */
export function interpolated(keys: readonly KeyBox[], frameRate?: number, place = 'track'): AnnotatedBox[] {
  const frames = keys.map(({ frame }) => frame);
  const [first, last] = [
    frames.reduce((a, b) => Math.min(a, b), Infinity),
    frames.reduce((a, b) => Math.max(a, b), 0),
  ];
  if (last - first > MOST_FRAMES) {
    const expected = `a track of at most ${MOST_FRAMES} frames`;
    throw formatError(place, expected, `frames ${first} to ${last}`);
  }
  const sorted = [...keys].sort((a, b) => a.frame - b.frame);
  return sorted.flatMap((key, i) => {
    if (!key.isShown) return [];
    const next = sorted[i + 1];
    const length = Math.max(1, (next?.frame ?? key.frame + 1) - key.frame);
    const target = next?.isShown ? next.box : key.box;
    return Array.from({ length }, (_, f): AnnotatedBox => {
      const frame = key.frame + f;
      const box = key.box.map((edge, e) => edge + (f / length) * (target[e]! - edge)) as Box;
      return { frame, timeSeconds: frameRate ? frame / frameRate : null, box };
    });
  });
}
