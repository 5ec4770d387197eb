// Several actions a clip on real video, learnt from their names alone: clips of two actions of one person, one after the
// other; joint attention by the shipped recipe on 180 clips of six persons, asked about three that it never saw: 90 such
// clips, and one video a person of all its ten actions, seen in windows. Goes on where it was stopped.
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { listDataset, openDataset, type ClipEntry } from '../src/dataset/index.js';
import { openModel, predictVideo } from '../src/savedModel/index.js';
import { readTruth, scoreModel } from '../src/evaluate/index.js';
import { instancesOf } from '../src/evaluate/reports/whenReport.js';
import type { Figure } from '../src/evaluate/reports/reportForm.js';
import { segmentMap, type SegmentClip } from '../src/metrics/segmentMap.js';
import type { Predictor } from '../src/infer/index.js';
import { Random } from '../src/random.js';
import { train } from '../src/train/index.js';
import { LEFT_OUT } from './localisation/models.js';
import { byPerson, joinedSet, pairs } from './several/joined.js';
import type { Benchmark } from './benchmark.js';

/** What two actions take in the mean: a window of a long video is as long as a clip that was learnt from. */
const windowSeconds = 5.6;

const thresholds = [0.3, 0.5, 0.7];

/** Per seed: clip mAP, segment mAP at each temporal IoU beside the best answer that looks at no time, and that of the long videos. */
export const benchmark: Benchmark = async (args) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      media: { type: 'string', default: process.env.WHEREWHEN_MEDIA ?? '../shared/media' },
      weights: { type: 'string', default: '../shared/weights/googlenet.onnx' },
      seeds: { type: 'string', default: '3' },
      work: { type: 'string', default: join(tmpdir(), 'wherewhen-several') },
    },
  });
  const { media, weights, seeds, work } = values;
  await writeSets(media, work);
  const figures: Record<string, number> = {};
  for (let seed = 0; seed < Number(seeds); seed++) {
    const model = await trainedModel(seed, { work, weights });
    const predictor = await openModel(model, { backboneFile: weights });
    try {
      const found = { ...(await ofPairs(predictor, work)), ...(await ofLongVideos(predictor, work)) };
      for (const [name, value] of Object.entries(found)) figures[`seed${seed}.${name}`] = value;
    } finally {
      await predictor.close();
    }
  }
  return figures;
};

async function writeSets(media: string, work: string): Promise<void> {
  const { clips } = await listDataset(join(media, 'weizmann'), { group: /^([a-z]+)_/ });
  const isLeftOut = ({ group }: ClipEntry): boolean => LEFT_OUT.includes(group!);
  const left = clips.filter(isLeftOut);
  await joinedSet(join(work, 'train'), pairs(clips.filter((clip) => !isLeftOut(clip))));
  await joinedSet(join(work, 'test'), pairs(left));
  const inAnyOrder = byPerson(left).map((own) => Random.from(0, own[0]!.group!).shuffle(own));
  await joinedSet(join(work, 'long'), inAnyOrder);
}

async function trainedModel(
  seed: number,
  { work, weights }: { work: string; weights: string },
): Promise<string> {
  const outputs = ['features_14', 'features'];
  const { folder } = await train({
    ...{ data: join(work, 'train'), annotations: { path: join(work, 'train/labels.csv') } },
    ...{ out: join(work, `seed${seed}`), cache: join(work, 'cache'), group: /^([a-z]+)_/, resume: true },
    recipe: {
      seed,
      sampling: 'uniform', // as the figures of docs/localisation.md were taken
      backbone: { kind: 'onnx', file: resolve(weights), outputs, preprocessing: 'caffe' },
    },
  });
  return folder;
}

async function ofPairs(predictor: Predictor, work: string): Promise<Record<string, number>> {
  const test = join(work, 'test');
  const dataset = await openDataset(test, { annotations: { path: join(test, 'labels.csv') } });
  const truth = await readTruth(join(test, 'truth.json'));
  const { report } = await scoreModel(predictor, dataset, { truth, cache: join(work, 'cache') });
  const when = report.when!.figures as Record<string, Figure>;
  const figures: Record<string, number> = {
    clips: dataset.clips.length,
    clipMap: report.what.manyLabels!.mAP.value,
  };
  for (const threshold of thresholds) {
    const { value, trivial } = when[`map${threshold}`]!;
    figures[`map${threshold}`] = value;
    figures[`map${threshold}.trivial`] = Math.max(...Object.values(trivial));
  }
  return figures;
}

async function ofLongVideos(predictor: Predictor, work: string): Promise<Record<string, number>> {
  const folder = join(work, 'long');
  const clips: SegmentClip[] = [];
  for (const [name, truth] of Object.entries((await readTruth(join(folder, 'truth.json'))).clips)) {
    const { segments } = await predictVideo(predictor, join(folder, name), { windowSeconds });
    clips.push({ segments, truth: instancesOf(truth) });
  }
  const all = Int32Array.from(clips.keys());
  return Object.fromEntries(
    thresholds.map((threshold) => [`long.map${threshold}`, segmentMap(clips, threshold)(all)]),
  );
}
