// What the evidence of one stretch of a clip says alone: read from the curves of the answer, no model needed.
import { windowAnswer } from '../localize/curves.js';
import type { ClassScore, Result } from '../result.js';

/** A marked part of a clip. */
export interface Stretch {
  startSeconds: number;
  endSeconds: number;
}

/** The classes of a stretch, the most probable first, and how many sampled frames they are from. */
export interface StretchAnswer {
  classes: ClassScore[];
  frames: number;
}

/**
 * Softmax (or sigmoid, as the curves are) of the mean evidence of the sampled frames inside the stretch (of the nearest one where none lies inside).
 * Null where the model gives no evidence over time.
 */
export function stretchAnswer(
  { curves, frames }: Result,
  { startSeconds, endSeconds }: Stretch,
): StretchAnswer | null {
  if (!curves || frames.length === 0) return null;
  const K = curves.labels.length;
  const flat = Float32Array.from({ length: frames.length * K }, (_, i) =>
    Number(curves.values[i % K]![Math.floor(i / K)]),
  );
  let from = frames.findIndex(({ timeSeconds }) => timeSeconds >= startSeconds);
  let to = frames.findIndex(({ timeSeconds }) => timeSeconds > endSeconds);
  if (from < 0) from = frames.length - 1;
  if (to < 0) to = frames.length;
  if (to <= from) [from, to] = around(frames, (startSeconds + endSeconds) / 2);
  const shares = windowAnswer(flat, K, from, to, curves.probability);
  const classes = curves.labels.map((label, k) => ({ label, probability: shares[k]! }));
  return { classes: classes.sort((a, b) => b.probability - a.probability), frames: to - from };
}

function around(frames: Result['frames'], seconds: number): [number, number] {
  const distance = (i: number): number => Math.abs(frames[i]!.timeSeconds - seconds);
  const nearest = frames.reduce((best, _, i) => (distance(i) < distance(best) ? i : best), 0);
  return [nearest, nearest + 1];
}
