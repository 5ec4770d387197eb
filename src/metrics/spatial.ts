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

/** One true class on one frame: the answered box of that class, the true boxes of the class and those of other classes. */
export interface ClassFrame {
  predicted: Box | null;
  own: readonly Box[];
  others: readonly Box[];
}

/** IoU with the true box of the class that fits best, and whether the box lies on the right thing. */
export interface ClassFrameScore {
  iou: number;
  isPlaced: boolean;
}

/** Two true boxes that overlap as much as this are one thing that does two classes. */
const SAME_THING = 0.99;

/**
 * Scores the box of a class. It lies on the right thing where its centre is inside a true box of the class and its IoU with
 * that class is larger than with every other true box; without an answer it lies nowhere.
 */
export function classFrameScore({ predicted, own, others }: ClassFrame): ClassFrameScore {
  if (predicted === null) return { iou: 0, isPlaced: false };
  const best = (boxes: readonly Box[]): number => Math.max(0, ...boxes.map((box) => boxIou(predicted, box)));
  const rivals = others.filter((other) => own.every((box) => boxIou(box, other) < SAME_THING));
  const centre = [(predicted[0] + predicted[2]) / 2, (predicted[1] + predicted[3]) / 2] as const;
  const iou = best(own);
  return { iou, isPlaced: own.some((box) => boxHolds(box, centre)) && iou > best(rivals) };
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
