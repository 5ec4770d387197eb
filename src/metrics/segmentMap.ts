// Segment mAP of clips with several true happenings: temporal detection by the ActivityNet rules (activitynet.ts), put so
// that a bootstrap can draw clips again (pooledMap.ts).
import { interpolatedAp } from './averagePrecision.js';
import type { Statistic } from './bootstrap.js';
import { groupBy } from './detection.js';
import { temporalIou } from './overlap.js';
import { judgeDetections, pooledMap } from './pooledMap.js';
import type { Segment } from '../result.js';
import type { TruthInstance } from '../truth.js';

/** One clip: what was answered, and everything that is true. */
export interface SegmentClip {
  segments: readonly Segment[];
  truth: readonly TruthInstance[];
}

/**
 * mAP at temporal IoU >= `threshold` over the clips that count: AP of each class that is true in one of them,
 * interpolated, and their plain mean. A clip that is drawn twice counts twice.
 */
export function segmentMap(clips: readonly SegmentClip[], threshold: number): Statistic {
  const labels = [...new Set(clips.flatMap(({ truth }) => truth.map(({ label }) => label)))];
  const isOf = (label: string) => (one: { label: string }) => one.label === label;
  const judged = labels.map((label) =>
    clips.map(({ segments, truth }) =>
      judgeDetections(segments.filter(isOf(label)), truth.filter(isOf(label)), temporalIou, threshold),
    ),
  );
  return pooledMap(judged, interpolatedAp);
}

/** The same classes with another stretch of time: for each class that was answered in a clip, its best score. */
export function replaced(
  { segments, truth }: SegmentClip,
  stretch: { startSeconds: number; endSeconds: number },
): SegmentClip {
  const best = [...groupBy(segments, ({ label }) => label)].map(([label, own]) => ({
    ...{ label, ...stretch },
    score: own.reduce((most, { score }) => Math.max(most, score), -Infinity),
  }));
  return { segments: best, truth };
}
