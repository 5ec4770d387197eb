// Average precision in the three forms that the reference evaluators use, over detections in ranked order, and mAP
// for clips with many labels. `isHit` says of each ranked detection whether it found something true.
import { shapeError } from '../errors.js';

/** From ranked hits and the number of true things to a figure in 0..1. */
export type ApRule = (isHit: readonly boolean[], positives: number) => number;

/** Sum of the precision at each hit over the number of true things; not interpolated (THUMOS14 challenge). */
export const plainAp: ApRule = (isHit, positives) => {
  let hits = 0;
  let sum = 0;
  isHit.forEach((hit, i) => {
    if (hit) sum += ++hits / (i + 1);
  });
  return positives === 0 ? 0 : sum / positives;
};

/** Area under precision made falling from the right, at every step of recall (PASCAL VOC 2010, ActivityNet). */
export const interpolatedAp: ApRule = (isHit, positives) => {
  const precision = precisions(isHit);
  let ceiling = 0;
  let sum = 0;
  for (let i = isHit.length - 1; i >= 0; i--) {
    ceiling = Math.max(ceiling, precision[i]!);
    if (isHit[i]) sum += ceiling;
  }
  return positives === 0 ? 0 : sum / positives;
};

/** Area by trapezia between (precision, recall) points from (1, 0) on: frame-AP and video-AP of Kalogeiton et al. 2017. */
export const trapezoidAp: ApRule = (isHit, positives) => {
  const precision = precisions(isHit);
  let before = 1;
  let sum = 0;
  isHit.forEach((hit, i) => {
    if (hit) sum += (before + precision[i]!) / 2;
    before = precision[i]!;
  });
  return positives === 0 ? 0 : sum / positives;
};

function precisions(isHit: readonly boolean[]): number[] {
  let hits = 0;
  return isHit.map((hit, i) => (hit ? ++hits : hits) / (i + 1));
}

/** mAP for clips with many labels, each class ranked over all clips. `AP[k]` is null for a class without a true clip. */
export interface MultiLabelSummary {
  mAP: number;
  AP: (number | null)[];
}

/**
 * `scores[clip][class]` against `labels[clip][class]`: AP of a class is `sum_n (R_n - R_(n-1)) P_n` over distinct
 * scores (scikit-learn's `average_precision_score`), mAP the mean over classes with a true clip (Charades, Moments).
 */
export function multiLabelMap(
  scores: readonly (readonly number[])[],
  labels: readonly (readonly boolean[])[],
): MultiLabelSummary {
  if (scores.length !== labels.length) {
    throw shapeError('evaluate.multiLabelMap', `labels of ${scores.length} clips`, String(labels.length));
  }
  const classes = labels[0]?.length ?? 0;
  const AP = Array.from({ length: classes }, (_, k) =>
    distinctScoreAp(
      scores.map((row) => row[k]!),
      labels.map((row) => row[k]!),
    ),
  );
  const known = AP.filter((ap) => ap !== null);
  return { AP, mAP: known.reduce((sum, ap) => sum + ap, 0) / known.length };
}

/** Equal scores count as one step, so the order of clips plays no part. */
function distinctScoreAp(scores: readonly number[], isTrue: readonly boolean[]): number | null {
  const positives = isTrue.filter(Boolean).length;
  if (positives === 0) return null;
  const order = scores.map((_, i) => i).sort((a, b) => scores[b]! - scores[a]!);
  let [hits, counted, sum] = [0, 0, 0];
  order.forEach((clip, rank) => {
    if (isTrue[clip]) hits++;
    const next = order[rank + 1];
    if (next !== undefined && scores[next] === scores[clip]) return;
    sum += ((hits - counted) / positives) * (hits / (rank + 1));
    counted = hits;
  });
  return sum;
}
