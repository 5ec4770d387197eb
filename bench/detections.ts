// Scoring of detections at five thresholds by both rules, on the official annotations
// (`--annotations FOLDER`, by default WHEREWHEN_ANNOTATIONS or ../shared/annotations).
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readDetections } from '../src/dataset/formats/detections.js';
import { readerOf } from '../src/dataset/index.js';
import { trueSegments } from '../src/dataset/formats/form.js';
import { activitynetMap, thumos14Map } from '../src/metrics/index.js';
import { median, timed } from './figures.js';
import type { Benchmark } from './benchmark.js';

const thresholds = [0.3, 0.4, 0.5, 0.6, 0.7];

/** Milliseconds (median) that each rule takes for all detections at all thresholds. */
export const benchmark: Benchmark = async (args) => {
  const folder = process.env.WHEREWHEN_ANNOTATIONS ?? '../shared/annotations';
  const { values } = parseArgs({
    args: [...args],
    options: {
      annotations: { type: 'string', default: folder },
      repeats: { type: 'string', default: '5' },
    },
  });
  const truth = await readerOf('thumos14').read(
    join(values.annotations, 'thumos14/temporal_annotations_test'),
  );
  const file = join(values.annotations, 'detections/scnn_det_nms_for_tiou_0.5.txt');
  const detections = await readDetections(file, truth.classes);
  const segments = trueSegments(truth);
  const time = async (rule: typeof thumos14Map): Promise<number> =>
    median(await timed(Number(values.repeats), async () => rule(detections, segments, thresholds)));
  return {
    detections: detections.length,
    thumos14Milliseconds: await time(thumos14Map),
    activitynetMilliseconds: await time(activitynetMap),
  };
};
