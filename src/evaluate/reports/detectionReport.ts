// The report of the temporal protocols: mAP at each threshold beside answers that look at no time at all.
import { z } from 'zod';
import {
  activitynetMap,
  type DetectionSummary,
  type TemporalDetection,
  type TrueSegment,
  type Interval,
  thumos14Map,
} from '../../metrics/index.js';
import { groupBy } from '../../metrics/detection.js';
import { AMBIGUOUS } from '../../metrics/thumos14.js';
import { middleHalf, wholeClip } from '../../metrics/trivial.js';
import { percent } from '../../percent.js';

const At = z.object({
  threshold: z.number(),
  mAP: z.number(),
  AP: z.record(z.string(), z.number()),
  trivial: z.record(z.string(), z.number()),
  best: z.object({ name: z.string(), value: z.number() }),
  verdict: z.enum(['above', 'level', 'below']),
});

/** The JSON form of `evaluate --protocol thumos14 | activitynet`. Figures are in 0..1. */
export const DetectionReport = z.object({
  version: z.literal(1),
  protocol: z.enum(['thumos14', 'activitynet']),
  videos: z.number().int(),
  segments: z.number().int(),
  detections: z.number().int(),
  unknownClass: z.number().int(),
  thresholds: z.array(At),
  averageMap: z.number(),
  averageTrivial: z.record(z.string(), z.number()),
  words: z.array(z.string()),
});
export type DetectionReport = z.infer<typeof DetectionReport>;

/** What to score by which rules. `durations` in seconds by video; without one a video ends with its last true or answered segment. */
export interface DetectionReportOptions {
  protocol: DetectionReport['protocol'];
  thresholds?: readonly number[];
  durations?: ReadonlyMap<string, number>;
}

const RULES = { thumos14: thumos14Map, activitynet: activitynetMap };

/**
 * Scores detections by a protocol. The image-blind baselines: for each video and class that was answered, its best score
 * with the whole video or its middle half as the segment; and the whole video for every class, as often as it is true.
 */
export function detectionReport(
  detections: readonly TemporalDetection[],
  truth: readonly TrueSegment[],
  { protocol, thresholds, durations = new Map() }: DetectionReportOptions,
): DetectionReport {
  const score = (found: readonly TemporalDetection[]) => RULES[protocol](found, truth, thresholds);
  const own = score(detections);
  const lengths = lengthsOf([...truth, ...detections], durations);
  const trivial: Record<string, DetectionSummary> = {
    'whole video, same classes': score(replaced(detections, lengths, wholeClip)),
    'middle half, same classes': score(replaced(detections, lengths, middleHalf)),
    'whole video, every class': score(everyClass(truth, lengths)),
  };
  const sure = truth.filter(({ label }) => label !== AMBIGUOUS);
  const at = own.thresholds.map((figure, t) => beside(figure, t, trivial));
  return {
    version: 1,
    protocol,
    videos: new Set(sure.map(({ video }) => video)).size,
    segments: sure.length,
    detections: own.detections,
    unknownClass: own.unknownClass,
    thresholds: at,
    averageMap: own.averageMap,
    averageTrivial: Object.fromEntries(Object.entries(trivial).map(([name, map]) => [name, map.averageMap])),
    words: inWords(at, own.unknownClass),
  };
}

function beside(
  figure: DetectionSummary['thresholds'][number],
  t: number,
  rivals: Record<string, DetectionSummary>,
): DetectionReport['thresholds'][number] {
  const trivial = Object.fromEntries(
    Object.entries(rivals).map(([name, map]) => [name, map.thresholds[t]!.mAP]),
  );
  const [name, value] = Object.entries(trivial).reduce((a, b) => (b[1] > a[1] ? b : a));
  const verdict = figure.mAP > value ? 'above' : figure.mAP < value ? 'below' : 'level';
  return { ...figure, trivial, best: { name, value }, verdict };
}

function inWords(at: DetectionReport['thresholds'], unknownClass: number): string[] {
  const lost = at.filter(({ verdict }) => verdict !== 'above');
  const words = lost.map(
    ({ threshold, mAP, best }) =>
      `mAP at ${threshold}: ${percent(mAP)}; an image-blind baseline is as good: ${best.name} (${percent(best.value)})`,
  );
  if (words.length === 0) words.push('At every threshold the figure lies above every image-blind baseline.');
  if (unknownClass > 0)
    words.push(`${unknownClass} detections are of classes without a true segment and count nowhere.`);
  return words;
}

function lengthsOf(
  segments: readonly TrueSegment[],
  durations: ReadonlyMap<string, number>,
): Map<string, number> {
  const lengths = new Map<string, number>();
  for (const { video, endSeconds } of segments) {
    lengths.set(video, durations.get(video) ?? Math.max(lengths.get(video) ?? 0, endSeconds));
  }
  return lengths;
}

type SegmentOf = (durationSeconds: number) => Interval;

function replaced(
  detections: readonly TemporalDetection[],
  lengths: ReadonlyMap<string, number>,
  segmentOf: SegmentOf,
): TemporalDetection[] {
  return [...groupBy(detections, ({ video, label }) => `${video}\n${label}`).values()].map((found) => {
    const { video, label } = found[0]!;
    const score = found.reduce((best, one) => Math.max(best, one.score), -Infinity);
    return { video, label, score, ...segmentOf(lengths.get(video)!) };
  });
}

function everyClass(
  truth: readonly TrueSegment[],
  lengths: ReadonlyMap<string, number>,
): TemporalDetection[] {
  const classes = groupBy(
    truth.filter(({ label }) => label !== AMBIGUOUS),
    ({ label }) => label,
  );
  return [...lengths].flatMap(([video, length]) =>
    [...classes].map(([label, all]) => ({
      video,
      label,
      score: all.length / truth.length,
      ...wholeClip(length),
    })),
  );
}
