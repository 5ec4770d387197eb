// The official files as their sets ship them, and the reference evaluations of a published system's detections.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDetections, readerOf, trueSegments, trueTubes } from '../../../src/dataset/formats/index.js';
import { leaksOf, officialSplit } from '../../../src/dataset/splits.js';
import { activitynetMap, thumos14Map } from '../../../src/metrics/index.js';
import { AMBIGUOUS } from '../../../src/metrics/thumos14.js';
import { scriptFrames, ucf24Script } from '../../../src/metrics/ucf24Script.js';

const folder = process.env['WHEREWHEN_ANNOTATIONS'] ?? '../shared/annotations';
const at = (...parts: string[]) => join(folder, ...parts);
if (!existsSync(folder))
  console.warn(`skipped: no official annotations in ${folder} (WHEREWHEN_ANNOTATIONS)`);

describe.skipIf(!existsSync(folder))('official files', () => {
  it.each([
    [1, 9537, 3783],
    [2, 9586, 3734],
    [3, 9624, 3696],
  ])('UCF101 split %i: %i to train, %i to test, no group on both sides', async (split, train, test) => {
    const { clips, classes } = await readerOf('ucf101').read(at('ucf101'), { split });
    const fold = officialSplit(clips.map((c) => ({ ...c, name: c.clip, label: c.labels[0]! })));
    expect([classes.length, fold.train.length, fold.test.length]).toEqual([101, train, test]);
    expect(leaksOf(fold)).toEqual([]);
  });

  it.each([1, 2, 3])('HMDB51 split %i: 3570 to train, 1530 to test, 1666 unused', async (split) => {
    const { clips } = await readerOf('hmdb51').read(at('hmdb51/testTrainMulti_7030_splits'), { split });
    const fold = officialSplit(clips.map((c) => ({ ...c, name: c.clip, label: c.labels[0]! })));
    const unused = clips.filter(({ subset }) => subset === 'unused').length;
    expect([fold.train.length, fold.test.length, unused]).toEqual([3570, 1530, 1666]);
    expect(leaksOf(fold)).toEqual([]);
  });

  it('THUMOS14: 3358 test segments in 212 videos as text, 3311 in 210 as JSON', async () => {
    const text = trueSegments(await readerOf('thumos14').read(at('thumos14/temporal_annotations_test')));
    const sure = text.filter(({ label }) => label !== AMBIGUOUS);
    expect([sure.length, new Set(sure.map(({ video }) => video)).size]).toEqual([3358, 212]);
    const json = trueSegments(await readerOf('activitynet').read(at('thumos14/thumos_gt.json')), 'test');
    expect([json.length, new Set(json.map(({ video }) => video)).size]).toEqual([3311, 210]);
  });

  it('ActivityNet 1.2: 100 classes', async () => {
    const path = at('activitynet/activity_net.v1-2.min-missing-removed.json');
    const { classes, clips } = await readerOf('activitynet').read(path);
    expect([classes.length, clips.length]).toEqual([100, 8907]);
  });

  it('UCF101-24: 3194 videos, and constant boxes score as known on the scripts’ 14 521 frames', async () => {
    const { clips } = await readerOf('ucf101-24').read(at('ucf101-24/finalAnnots.mat'));
    expect(clips).toHaveLength(3194);
    const test = clips.filter(({ subset }) => subset === 'test');
    expect(test).toHaveLength(910);
    const frames = test.flatMap((clip) =>
      scriptFrames({ video: clip.clip, frames: clip.frames!, tubes: trueTubes(clip) }),
    );
    const { thresholds } = ucf24Script(frames, () => null);
    const percents = (name: string) => thresholds.map(({ trivial }) => (100 * trivial[name]!).toFixed(1));
    expect(frames).toHaveLength(14_521);
    expect(percents('centre box')).toEqual(['91.2', '82.5', '62.9', '43.7']);
    expect(percents('whole frame')).toEqual(['76.3', '55.1', '25.4', '9.9']);
  });
});

describe.skipIf(!existsSync(folder))('detections of a published system', () => {
  type Expected = Record<string, Record<string, { mAP: number; AP: Record<string, number> }>>;
  const read = async (name: string) => {
    const { classes } = await readerOf('thumos14').read(at('thumos14/temporal_annotations_test'));
    return readDetections(at('detections', name), classes);
  };
  const truth = {
    'thumos14-official': async () =>
      trueSegments(await readerOf('thumos14').read(at('thumos14/temporal_annotations_test'))),
    activitynet: async () =>
      trueSegments(await readerOf('activitynet').read(at('thumos14/thumos_gt.json')), 'test'),
  };
  const rules = { 'thumos14-official': thumos14Map, activitynet: activitynetMap };

  it.each([
    ['thumos14-official', 0.3, 'scnn_det_nms_for_tiou_0.3.json'],
    ['thumos14-official', 0.5, 'scnn_det_nms_for_tiou_0.5.txt'],
    ['activitynet', 0.3, 'scnn_det_nms_for_tiou_0.3.json'],
    ['activitynet', 0.5, 'scnn_det_nms_for_tiou_0.5.txt'],
  ] as const)(
    '%s at %d agrees with the reference within 1e-9 for every class',
    async (rule, threshold, file) => {
      const expected = (JSON.parse(readFileSync(at('detections/expected.json'), 'utf8')) as Expected)[rule]!;
      const summary = rules[rule](await read(file), await truth[rule](), [threshold]).thresholds[0]!;
      const known = expected[String(threshold)]!;
      expect(Object.keys(summary.AP).sort()).toEqual(Object.keys(known.AP).sort());
      const worst = Math.max(...Object.entries(known.AP).map(([k, ap]) => Math.abs(ap - summary.AP[k]!)));
      expect(worst).toBeLessThan(1e-9);
      expect(Math.abs(summary.mAP - known.mAP)).toBeLessThan(1e-9);
    },
  );
});
