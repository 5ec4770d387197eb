// Temporal detection mAP by the ActivityNet rules (Caba Heilbron et al. 2015, the challenge's own evaluation):
// detections by falling score take the true segment of highest IoU that is still free, at least at the threshold;
// AP is interpolated. There is no Ambiguous rule.
import { argsort, argsortDescending } from './argsort.js';
import { interpolatedAp } from './averagePrecision.js';
import {
  groupBy,
  summariseDetections,
  type DetectionSummary,
  type TemporalDetection,
  type TrueSegment,
} from './detection.js';
import { temporalIou } from './overlap.js';

/** 0.5, 0.55 .. 0.95: the thresholds of ActivityNet's average mAP. */
export const ACTIVITYNET_THRESHOLDS: readonly number[] = [
  0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95,
];

/**
 * mAP at each threshold over the classes that have a true segment. Equal scores are ranked as the reference
 * evaluation ranks them: detections gathered video by video, then numpy's sort read backwards.
 */
export function activitynetMap(
  detections: readonly TemporalDetection[],
  truth: readonly TrueSegment[],
  thresholds: readonly number[] = ACTIVITYNET_THRESHOLDS,
): DetectionSummary {
  const byVideo = [...groupBy(detections, ({ video }) => video).values()].flat();
  const detected = groupBy(byVideo, ({ label }) => label);
  const trueOf = groupBy(truth, ({ label }) => label);
  return summariseDetections('activitynet', detections, [...trueOf.keys()], thresholds, (label) =>
    classAps(detected.get(label) ?? [], trueOf.get(label)!, thresholds),
  );
}

function classAps(
  detections: readonly TemporalDetection[],
  truth: readonly TrueSegment[],
  thresholds: readonly number[],
): number[] {
  const ranked = Array.from(argsortDescending(detections.map(({ score }) => score)), (i) => detections[i]!);
  const trueIn = groupBy(truth, ({ video }) => video);
  const fits = ranked.map((detection) => fitsOf(detection, trueIn.get(detection.video) ?? []));
  return thresholds.map((threshold) => {
    const taken = new Set<TrueSegment>();
    const isHit = fits.map((candidates) => {
      const own = candidates.find(({ segment, iou }) => iou >= threshold && !taken.has(segment));
      if (own) taken.add(own.segment);
      return own !== undefined;
    });
    return interpolatedAp(isHit, truth.length);
  });
}

interface SegmentFit {
  segment: TrueSegment;
  iou: number;
}

/** True segments of the same video by falling IoU; those that share nothing never count. */
function fitsOf(detection: TemporalDetection, truth: readonly TrueSegment[]): SegmentFit[] {
  const ious = truth.map((segment) => temporalIou(detection, segment));
  return Array.from(argsort(ious).reverse(), (i) => ({ segment: truth[i]!, iou: ious[i]! })).filter(
    ({ iou }) => iou > 0,
  );
}
