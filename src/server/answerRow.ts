// One line a clip that was answered: what lists show of it, without its masks and curves.
import { boxIou } from '../metrics/index.js';
import { whenScore } from '../metrics/temporal.js';
import type { Box, Result } from '../result.js';
import { trueBoxesAt, type TruthClip } from '../truth.js';

/** What a list shows. `where` and `when` are overlaps with the truth in 0..1, null without. */
export interface AnswerRow {
  label: string;
  probability: number;
  where: number | null;
  when: number | null;
  warnings: number;
  /** Is the clip unlike those that the model learnt from? */
  isUnlike: boolean;
}

/** The row of an answer. */
export function rowOf(result: Result, truth: TruthClip | null): AnswerRow {
  const [best] = result.classes;
  const label = best?.label ?? '';
  const probability = best?.probability ?? 0;
  const row = { label, probability, warnings: result.warnings.length, isUnlike: result.unlike !== undefined };
  if (!truth) return { ...row, where: null, when: null };
  const own = { startSeconds: truth.startSeconds, endSeconds: truth.endSeconds };
  const happenings = truth.instances?.filter((one) => one.label === truth.label) ?? [own];
  const when = whenScore({ label: truth.label, segments: result.segments, truth: happenings });
  return { ...row, where: meanOverlap(result, truth), when };
}

/** Mean overlap of the class-free box with the true box that it fits best, over the sampled frames that have one; a frame without an answer counts 0. */
function meanOverlap(result: Result, truth: TruthClip): number | null {
  const [toX, toY] = [result.video.width / truth.width, result.video.height / truth.height];
  const overlaps = result.frames.flatMap(({ index, timeSeconds, box }) => {
    const all = trueBoxesAt(truth, { index, timeSeconds });
    if (all.length === 0) return [];
    const scaled = all.map(({ box: [x0, y0, x1, y1] }): Box => [x0 * toX, y0 * toY, x1 * toX, y1 * toY]);
    return [box ? Math.max(...scaled.map((real) => boxIou(box, real))) : 0];
  });
  return overlaps.length > 0 ? overlaps.reduce((a, b) => a + b, 0) / overlaps.length : null;
}
