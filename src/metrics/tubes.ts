// WHERE and WHEN at once: boxes linked over time, frame-AP and video-AP (Gkioxari and Malik 2015; the counting of
// Kalogeiton et al. 2017, which later UCF101-24 and JHMDB figures follow).
import { trapezoidAp, type ApRule } from './averagePrecision.js';
import { stableDescending } from './argsort.js';
import { groupBy } from './detection.js';
import { pixelIou, type BoxOverlap } from './overlap.js';
import type { Box } from '../result.js';

/** A box on one frame of a video; with a score it is a detection. */
export interface FrameBox {
  video: string;
  label: string;
  frame: number;
  box: Box;
}

/** A scored box on one frame. */
export interface FrameDetection extends FrameBox {
  score: number;
}

/** Boxes of one actor on frames that follow each other, from `start` on. */
export interface Tube {
  video: string;
  label: string;
  start: number;
  boxes: readonly Box[];
}

/** A tube with its score. */
export interface TubeDetection extends Tube {
  score: number;
}

/** AP of each class and their mean. */
export interface ClassMap {
  mAP: number;
  AP: Record<string, number>;
}

/** How boxes are compared (default: pixel-inclusive) and precision is summed (default: trapezia). */
export interface TubeOptions {
  overlap?: BoxOverlap;
  ap?: ApRule;
}

/** Thresholds 0.5, 0.55 .. 0.95 of the strict video-mAP. */
export const VIDEO_AP_THRESHOLDS: readonly number[] = [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95];

/** Frame-mAP: each detection by falling score takes the free true box of its frame and class that it fits best. */
export function frameMap(
  detections: readonly FrameDetection[],
  truth: readonly FrameBox[],
  threshold = 0.5,
  { overlap = pixelIou, ap = trapezoidAp }: TubeOptions = {},
): ClassMap {
  const place = ({ video, frame }: FrameBox) => `${video}\n${frame}`;
  return classMap(detections, truth, place, (a, b) => overlap(a.box, b.box), threshold, ap);
}

/** Video-mAP: the same over tubes, compared by `tubeIou`. */
export function videoMap(
  detections: readonly TubeDetection[],
  truth: readonly Tube[],
  threshold = 0.5,
  { overlap = pixelIou, ap = trapezoidAp }: TubeOptions = {},
): ClassMap {
  const compared = (a: Tube, b: Tube) => tubeIou(a, b, overlap);
  return classMap(detections, truth, ({ video }) => video, compared, threshold, ap);
}

/** Mean of the video-mAPs at 0.5, 0.55 .. 0.95. */
export function averageVideoMap(
  detections: readonly TubeDetection[],
  truth: readonly Tube[],
  options: TubeOptions = {},
): number {
  const maps = VIDEO_AP_THRESHOLDS.map((threshold) => videoMap(detections, truth, threshold, options).mAP);
  return maps.reduce((sum, map) => sum + map, 0) / maps.length;
}

/** Mean box IoU on the frames that both tubes have, times shared over united length in frames. */
export function tubeIou(a: Tube, b: Tube, overlap: BoxOverlap = pixelIou): number {
  const from = Math.max(a.start, b.start);
  const to = Math.min(a.start + a.boxes.length, b.start + b.boxes.length);
  if (to <= from) return 0;
  const united = Math.max(a.start + a.boxes.length, b.start + b.boxes.length) - Math.min(a.start, b.start);
  let sum = 0;
  for (let frame = from; frame < to; frame++) {
    sum += overlap(a.boxes[frame - a.start]!, b.boxes[frame - b.start]!);
  }
  return sum / united;
}

function classMap<T extends { label: string }, D extends T & { score: number }>(
  detections: readonly D[],
  truth: readonly T[],
  placeOf: (item: T) => string,
  overlap: (a: T, b: T) => number,
  threshold: number,
  ap: ApRule,
): ClassMap {
  const detected = groupBy(detections, ({ label }) => label);
  const AP: Record<string, number> = {};
  for (const [label, own] of groupBy(truth, (item) => item.label)) {
    const isHit = hitsInOrder(detected.get(label) ?? [], groupBy(own, placeOf), placeOf, overlap, threshold);
    AP[label] = ap(isHit, own.length);
  }
  const values = Object.values(AP);
  return { AP, mAP: values.reduce((sum, value) => sum + value, 0) / values.length };
}

/** Whether each detection, by falling score, takes a free true thing of its place; a taken one is gone. */
function hitsInOrder<T, D extends T & { score: number }>(
  detections: readonly D[],
  free: Map<string, T[]>,
  placeOf: (item: T) => string,
  overlap: (a: T, b: T) => number,
  threshold: number,
): boolean[] {
  return stableDescending(detections.map(({ score }) => score)).map((i) => {
    const detection = detections[i]!;
    const left = free.get(placeOf(detection)) ?? [];
    const ious = left.map((item) => overlap(detection, item));
    const best = ious.indexOf(Math.max(...ious));
    if (best < 0 || ious[best]! < threshold) return false;
    left.splice(best, 1);
    return true;
  });
}
