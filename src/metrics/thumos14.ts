// Temporal detection mAP by the rules of the THUMOS14 challenge's own evaluation: true segments in file order take
// the free detection of highest IoU, strictly above the threshold; a detection that found nothing and touches an
// Ambiguous segment of its video is dropped; AP is not interpolated.
import { plainAp } from './averagePrecision.js';
import { stableDescending } from './argsort.js';
import {
  groupBy,
  summariseDetections,
  type DetectionSummary,
  type TemporalDetection,
  type TrueSegment,
} from './detection.js';
import { temporalIou, type Interval } from './overlap.js';

/** The label of segments that are neither right nor wrong to detect. */
export const AMBIGUOUS = 'Ambiguous';

/** 0.1 .. 0.7: the thresholds that THUMOS14 figures are given at today (the challenge itself: to 0.5). */
export const THUMOS14_THRESHOLDS: readonly number[] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7];

/**
 * mAP at each threshold. `truth` holds the segments in the order of their files, those labelled `Ambiguous` among
 * them. Equal scores rank by video name, then by their order within the video, as in the challenge's evaluation.
 */
export function thumos14Map(
  detections: readonly TemporalDetection[],
  truth: readonly TrueSegment[],
  thresholds: readonly number[] = THUMOS14_THRESHOLDS,
): DetectionSummary {
  const trueOf = groupBy(truth, ({ label }) => label);
  const ambiguous = groupBy(trueOf.get(AMBIGUOUS) ?? [], ({ video }) => video);
  trueOf.delete(AMBIGUOUS);
  const detected = groupBy(detections, ({ label }) => label);
  return summariseDetections('thumos14', detections, [...trueOf.keys()], thresholds, (label) =>
    thresholds.map((threshold) =>
      classAp(detected.get(label) ?? [], trueOf.get(label)!, ambiguous, threshold),
    ),
  );
}

function classAp(
  detections: readonly TemporalDetection[],
  truth: readonly TrueSegment[],
  ambiguous: ReadonlyMap<string, readonly Interval[]>,
  threshold: number,
): number {
  const trueIn = groupBy(truth, ({ video }) => video);
  const videos = [...groupBy(detections, ({ video }) => video)].sort(([a], [b]) => (a < b ? -1 : 1));
  const counted = videos.flatMap(([video, own]) =>
    judgedInVideo(own, trueIn.get(video) ?? [], ambiguous.get(video) ?? [], threshold),
  );
  const order = stableDescending(counted.map(({ score }) => score));
  return plainAp(
    order.map((i) => counted[i]!.isHit),
    truth.length,
  );
}

interface JudgedDetection {
  score: number;
  isHit: boolean;
}

/** Detections of one class in one video by falling score, each a hit or a miss; dropped ones are left out. */
function judgedInVideo(
  detections: readonly TemporalDetection[],
  truth: readonly Interval[],
  ambiguous: readonly Interval[],
  threshold: number,
): JudgedDetection[] {
  const ranked = stableDescending(detections.map(({ score }) => score)).map((i) => detections[i]!);
  const hits = new Set<TemporalDetection>();
  for (const segment of truth) {
    const best = bestFree(segment, ranked, hits);
    if (best && best.iou > threshold) hits.add(best.detection);
  }
  return ranked
    .filter((detection) => hits.has(detection) || !ambiguous.some((a) => temporalIou(a, detection) > 0))
    .map((detection) => ({ score: detection.score, isHit: hits.has(detection) }));
}

function bestFree(
  segment: Interval,
  ranked: readonly TemporalDetection[],
  taken: ReadonlySet<TemporalDetection>,
): { detection: TemporalDetection; iou: number } | undefined {
  let best: { detection: TemporalDetection; iou: number } | undefined;
  for (const detection of ranked) {
    if (taken.has(detection)) continue;
    const iou = temporalIou(segment, detection);
    if (!best || iou > best.iou) best = { detection, iou };
  }
  return best;
}
