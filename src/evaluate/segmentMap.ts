// Segment mAP of clips with several true happenings: temporal detection by the ActivityNet rules (activitynet.ts), put so
// that a bootstrap can draw clips again. A detection can only take what is true in its own clip, so hits are found once.
import { stableDescending } from './argsort.js';
import { interpolatedAp } from './averagePrecision.js';
import type { Statistic } from './bootstrap.js';
import { groupBy } from './detection.js';
import { temporalIou } from './overlap.js';
import type { Segment } from '../result.js';
import type { TruthInstance } from './truth.js';

/** One clip: what was answered, and everything that is true. */
export interface SegmentClip {
  segments: readonly Segment[];
  truth: readonly TruthInstance[];
}

/** Detections of one class in one clip, and how many true segments it has there. */
interface Judged {
  scores: number[];
  isHit: boolean[];
  positives: number;
}

/**
 * mAP at temporal IoU >= `threshold` over the clips that count: AP of each class that is true in one of them,
 * interpolated, and their plain mean. A clip that is drawn twice counts twice.
 */
export function segmentMap(clips: readonly SegmentClip[], threshold: number): Statistic {
  const labels = [...new Set(clips.flatMap(({ truth }) => truth.map(({ label }) => label)))];
  const judged = labels.map((label) => clips.map((clip) => judge(clip, label, threshold)));
  return (drawn) => {
    const aps = judged.flatMap((ofClass) => {
      const own = Array.from(drawn, (clip) => ofClass[clip]!);
      const positives = own.reduce((sum, one) => sum + one.positives, 0);
      return positives === 0 ? [] : [apOf(own, positives)];
    });
    return aps.reduce((sum, ap) => sum + ap, 0) / aps.length;
  };
}

function apOf(own: readonly Judged[], positives: number): number {
  const hits = own.flatMap(({ isHit }) => isHit);
  const order = stableDescending(own.flatMap(({ scores }) => scores));
  return interpolatedAp(
    order.map((i) => hits[i]!),
    positives,
  );
}

/** Detections by falling score take the true segment of highest IoU that is still free. */
function judge({ segments, truth }: SegmentClip, label: string, threshold: number): Judged {
  const own = segments.filter((segment) => segment.label === label);
  const open = truth.filter((instance) => instance.label === label);
  const positives = open.length;
  const ranked = stableDescending(own.map(({ score }) => score)).map((i) => own[i]!);
  const isHit = ranked.map((segment) => {
    const ious = open.map((instance) => temporalIou(segment, instance));
    const best = ious.reduce((most, iou, i) => (iou > (ious[most] ?? 0) ? i : most), -1);
    if (best < 0 || ious[best]! < threshold) return false;
    open.splice(best, 1);
    return true;
  });
  return { scores: ranked.map(({ score }) => score), isHit, positives };
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
