// `thumos14` and `activitynet`: detections in time of a file, or of a model on its videos, by the rules of either challenge.
import { videoFiles } from '../../dataset/annotated.js';
import { readDetections } from '../../dataset/formats/detections.js';
import { ACTIVITYNET_THRESHOLDS } from '../../metrics/activitynet.js';
import { THUMOS14_THRESHOLDS } from '../../metrics/thumos14.js';
import { detectionReport, type DetectionReport } from '../reports/detectionReport.js';
import { matchedDetections } from './matchedDetections.js';
import { factsOf } from './facts.js';
import type { Protocol } from './protocol.js';
import { noteMissing, usage, withModel, type ProtocolRun } from './run.js';
import { truthOf } from './temporalTruth.js';
import { detectSegments } from './videos.js';

/** THUMOS14. */
export const thumos14: Protocol = {
  ...factsOf(
    'thumos14',
    "temporal detection mAP by the challenge's own rules, Ambiguous segments respected",
    {
      thresholds: THUMOS14_THRESHOLDS,
    },
  ),
  isTemporal: true,
  run: (run) => temporal(run, 'thumos14'),
};

/** ActivityNet. */
export const activitynet: Protocol = {
  ...factsOf('activitynet', 'temporal detection mAP by the ActivityNet rules, interpolated', {
    thresholds: ACTIVITYNET_THRESHOLDS,
  }),
  isTemporal: true,
  run: (run) => temporal(run, 'activitynet'),
};

/** Temporal mAP. Throws `usage` where there is neither a file nor a model. */
async function temporal(run: ProtocolRun, protocol: DetectionReport['protocol']): Promise<DetectionReport> {
  const truth = await truthOf(run, protocol);
  const options = { protocol, thresholds: run.thresholds, durations: truth.durations };
  if (run.detections !== undefined) {
    const notes: string[] = [];
    const read = await readDetections(run.detections, truth.classes, notes);
    const { detections, notes: named } = matchedDetections(read, truth, run.detections);
    for (const note of [...notes, ...named]) run.onNote?.(note);
    return detectionReport(detections, truth.segments, options);
  }
  if (run.model === undefined)
    throw usage('--detections', 'a file of detections, or a model and its videos', 'neither');
  const files = await videoFiles(
    run.data!,
    truth.segments.map(({ video }) => video),
  );
  noteMissing(run, files.size, new Set(truth.segments.map(({ video }) => video)).size, 'videos');
  return withModel(run, async (predictor) => {
    const { detections, durations } = await detectSegments(predictor, files, run);
    const segments = truth.segments.filter(({ video }) => files.has(video));
    return detectionReport(detections, segments, {
      ...options,
      durations: new Map([...truth.durations, ...durations]),
    });
  });
}
