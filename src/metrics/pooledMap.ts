// Mean average precision put so that a bootstrap can draw clips again: a detection can only take what is true in its own
// clip, so hits are found once, and each draw pools and ranks them anew.
import { stableDescending } from './argsort.js';
import type { ApRule } from './averagePrecision.js';
import type { Statistic } from './bootstrap.js';

/** Detections of one class in one clip, and how many true things of it are there. */
export interface JudgedClip {
  scores: number[];
  isHit: boolean[];
  positives: number;
}

/**
 * Detections by falling score take the true thing of highest `overlap` that is still free, where it reaches `threshold`.
 */
export function judgeDetections<D extends { score: number }, T>(
  detections: readonly D[],
  truth: readonly T[],
  overlap: (detection: D, truth: T) => number,
  threshold: number,
): JudgedClip {
  const open = [...truth];
  const ranked = stableDescending(detections.map(({ score }) => score)).map((i) => detections[i]!);
  const isHit = ranked.map((detection) => {
    const overlaps = open.map((item) => overlap(detection, item));
    const best = overlaps.reduce((most, value, i) => (value > (overlaps[most] ?? 0) ? i : most), -1);
    if (best < 0 || overlaps[best]! < threshold) return false;
    open.splice(best, 1);
    return true;
  });
  return { scores: ranked.map(({ score }) => score), isHit, positives: truth.length };
}

/**
 * mAP over the clips that count, given what is judged of each class in each clip: AP of each class that is true in one of
 * them, and their plain mean. A clip that is drawn twice counts twice; NaN where nothing is true.
 */
export function pooledMap(judged: readonly (readonly JudgedClip[])[], ap: ApRule): Statistic {
  return (drawn) => {
    const aps = judged.flatMap((ofClass) => {
      const own = Array.from(drawn, (clip) => ofClass[clip]!);
      const positives = own.reduce((sum, one) => sum + one.positives, 0);
      return positives === 0 ? [] : [apOf(own, positives, ap)];
    });
    return aps.reduce((sum, one) => sum + one, 0) / aps.length;
  };
}

function apOf(own: readonly JudgedClip[], positives: number, ap: ApRule): number {
  const hits = own.flatMap(({ isHit }) => isHit);
  const order = stableDescending(own.flatMap(({ scores }) => scores));
  return ap(
    order.map((i) => hits[i]!),
    positives,
  );
}
