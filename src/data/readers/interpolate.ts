// Annotation tools store a box where somebody drew it, and draw straight lines between: the boxes in between are made here.
import type { Box } from '../../result.js';
import type { AnnotatedBox } from './form.js';

/** A drawn box; `isShown` false: from this frame on the thing is out of sight. */
export interface KeyBox {
  frame: number;
  box: Box;
  isShown: boolean;
}

/** One box for every frame from each key to the next, linear in between; the last key stands for its own frame. */
export function interpolated(keys: readonly KeyBox[], frameRate?: number): AnnotatedBox[] {
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
