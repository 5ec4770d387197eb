// WHERE: how well the box of a frame lies on the actor. Only acting frames (frames with a true box) count.
import type { Box } from '../result.js';
import { boxHolds, boxIou, type BoxOverlap } from './overlap.js';

/** IoU thresholds that the WHERE figures are given at. */
export const WHERE_THRESHOLDS = [0.1, 0.2, 0.3, 0.5] as const;

/** One frame: what was answered (null: nothing), what is true (empty: nobody acts), the picture's size in pixels. */
export interface WhereFrame {
  predicted: Box | null;
  point: readonly [number, number] | null;
  truth: readonly Box[];
  width: number;
  height: number;
}

/** What one acting frame scores: IoU with the true box that fits best (0 for no box), and whether the point hits one. */
export interface WhereScore {
  iou: number;
  isHit: boolean;
}

/** Shares of acting frames whose box reaches an IoU, their mean IoU, and the pointing game. NaN where `frames` is 0. */
export interface WhereSummary {
  frames: number;
  atIou: { threshold: number; share: number }[];
  meanIou: number;
  pointing: number;
}

/** Scores the acting frames among `frames`, in order. */
export function whereScores(frames: readonly WhereFrame[], overlap: BoxOverlap = boxIou): WhereScore[] {
  return frames
    .filter(({ truth }) => truth.length > 0)
    .map(({ predicted, point, truth }) => ({
      iou: predicted === null ? 0 : Math.max(...truth.map((box) => overlap(predicted, box))),
      isHit: point !== null && truth.some((box) => boxHolds(box, point)), // Zhang et al. 2016, without tolerance
    }));
}

/** Sums up scored frames. A share counts IoU >= threshold. */
export function summariseWhere(
  scores: readonly WhereScore[],
  thresholds: readonly number[] = WHERE_THRESHOLDS,
): WhereSummary {
  const share = (holds: (score: WhereScore) => boolean) => scores.filter(holds).length / scores.length;
  return {
    frames: scores.length,
    atIou: thresholds.map((threshold) => ({ threshold, share: share(({ iou }) => iou >= threshold) })),
    meanIou: scores.reduce((sum, { iou }) => sum + iou, 0) / scores.length,
    pointing: share(({ isHit }) => isHit),
  };
}
