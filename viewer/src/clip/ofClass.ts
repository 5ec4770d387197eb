// Where and when one class is in an answer, told or not. Pure.
import { segmentsOfClass } from '../../../src/page/actors.js';
import type { Result } from '../../../src/result.js';

/**
 * Seconds of the moment at which a class is clearest: the sampled frame with the most weight inside its best segment, else the
 * frame with the most evidence for it; null where the answer says nothing of its time.
 */
export function momentOfClass(result: Result, label: string): number | null {
  const { frames, curves } = result;
  const [best] = segmentsOfClass(result, label).sort((a, b) => b.score - a.score);
  if (best) {
    const inside = frames.filter(({ timeSeconds: at }) => at >= best.startSeconds && at <= best.endSeconds);
    const clearest = inside.reduce((most, one) => (one.weight > most.weight ? one : most), inside[0]!);
    return clearest?.timeSeconds ?? (best.startSeconds + best.endSeconds) / 2;
  }
  const values = curves?.values[curves.labels.indexOf(label)];
  if (!values || frames.length === 0) return null;
  return frames[values.indexOf(Math.max(...values))]?.timeSeconds ?? null;
}

/** Has the class a box of its own on some frame? */
export function hasPlace({ actors }: Pick<Result, 'actors'>, label: string): boolean {
  return actors.some((actor) => actor.label === label && actor.boxes.some((box) => box !== null));
}
