// Playing a marked stretch in a loop. Pure.
import type { Stretch } from '../../../src/page/stretch.js';

/**
 * Seconds to jump to from a frame that lies outside the marked stretch; null inside it. `frameAt` gives the frame that is on the
 * screen at a time: whole frames are compared, so that a stretch shorter than a frame stands still on it.
 */
export function loopTarget(
  frame: number,
  { startSeconds, endSeconds }: Stretch,
  frameAt: (seconds: number) => number,
): number | null {
  const first = frameAt(startSeconds);
  const last = Math.max(first, frameAt(endSeconds - 1e-6)); // a frame that begins at the end is not inside
  return frame < first || frame > last ? startSeconds : null;
}
