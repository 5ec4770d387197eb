// WHEN: how well the best segment of the true class lies on the true stretch of time.
import type { Segment } from '../result.js';
import { temporalIou, type Interval } from './overlap.js';

/** Temporal IoU thresholds that recall is given at. */
export const WHEN_THRESHOLDS = [0.3, 0.5, 0.7] as const;

/** One clip: the answered segments, its true class and the true happenings of that class (at least one). */
export interface WhenClip {
  label: string;
  segments: readonly Segment[];
  truth: readonly Interval[];
}

/** Mean temporal IoU over clips and the share of clips that reach an IoU. NaN where `clips` is 0. */
export interface WhenSummary {
  clips: number;
  meanIou: number;
  recall: { threshold: number; share: number }[];
}

/** The segment of class `label` with the highest score; of equals the first. */
export function bestSegment(segments: readonly Segment[], label: string): Segment | undefined {
  let best: Segment | undefined;
  for (const segment of segments) {
    if (segment.label === label && (!best || segment.score > best.score)) best = segment;
  }
  return best;
}

/**
 * Temporal IoU of the best-scored segment of the true class with the true happening that it fits best; 0 where no
 * segment has the true class. The segment is chosen by its score, never by its fit.
 */
export function whenScore({ label, segments, truth }: WhenClip): number {
  const segment = bestSegment(segments, label);
  return segment ? bestFit(segment, truth) : 0;
}

/** The highest temporal IoU of `answer` with any of `truth`. */
export function bestFit(answer: Interval, truth: readonly Interval[]): number {
  return truth.reduce((best, interval) => Math.max(best, temporalIou(answer, interval)), 0);
}

/** Sums up one IoU a clip. Recall counts IoU >= threshold. */
export function summariseWhen(
  ious: readonly number[],
  thresholds: readonly number[] = WHEN_THRESHOLDS,
): WhenSummary {
  return {
    clips: ious.length,
    meanIou: ious.reduce((sum, iou) => sum + iou, 0) / ious.length,
    recall: thresholds.map((threshold) => ({
      threshold,
      share: ious.filter((iou) => iou >= threshold).length / ious.length,
    })),
  };
}
