// Scored segments of untrimmed videos against true ones: the forms that the temporal protocols share.
import type { Interval } from './overlap.js';
import { mean } from './mean.js';

/** A true happening of a class in a video. */
export interface TrueSegment extends Interval {
  video: string;
  label: string;
}

/** An answered segment with its score; higher is surer. */
export interface TemporalDetection extends TrueSegment {
  score: number;
}

/** What one threshold gives: AP of each class in 0..1 and their plain mean. */
export interface MapAtThreshold {
  threshold: number;
  mAP: number;
  AP: Record<string, number>;
}

/** A detection figure at several temporal IoU thresholds. `averageMap` is the mean of the mAPs. */
export interface DetectionSummary {
  rules: 'activitynet' | 'thumos14';
  thresholds: MapAtThreshold[];
  averageMap: number;
  detections: number;
  /** Detections of a class that has no true segment; they count nowhere. */
  unknownClass: number;
}

/** Items by a key, keys in order of first appearance. */
export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** Sums up the APs of every class at every threshold; `apOf` gives one class's AP at each threshold. */
export function summariseDetections(
  rules: DetectionSummary['rules'],
  detections: readonly TemporalDetection[],
  classes: readonly string[],
  thresholds: readonly number[],
  apOf: (label: string) => readonly number[],
): DetectionSummary {
  const all = classes.map((label) => [label, apOf(label)] as const);
  const at = thresholds.map((threshold, t): MapAtThreshold => {
    const AP = Object.fromEntries(all.map(([label, aps]) => [label, aps[t]!]));
    return { threshold, AP, mAP: mean(Object.values(AP)) };
  });
  const known = new Set(classes);
  return {
    rules,
    thresholds: at,
    averageMap: mean(at.map(({ mAP }) => mAP)),
    detections: detections.length,
    unknownClass: detections.filter(({ label }) => !known.has(label)).length,
  };
}
