// Two actions a clip on real video, learnt from their names alone: clips of two actions of one person, one after the
// other; joint attention by the shipped recipe on six persons, 180 clips, asked about persons that it never saw.
// Goes on where it was stopped.
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import {
  listDataset,
  openDataset,
  openModel,
  readTruth,
  scoreModel,
  type ClipEntry,
} from '../src/data/index.js';
import type { Figure, TruthClip } from '../src/evaluate/index.js';
import { train } from '../src/train/index.js';
import { encodeVideo, openVideo } from '../src/video/index.js';
import type { Benchmark } from './run.js';

const LEFT_OUT = ['daria', 'ido', 'shahar'];

/** Each action of a person is followed by those so many places on, and so stands as often first as second. */
const DISTANCES = [1, 3, 6];

/** Per seed the clip mAP and segment mAP at temporal IoU 0.3, 0.5 and 0.7, beside the best answer that looks at no picture. */
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
  const { clips } = await listDataset(join(media, 'weizmann'), { group: /^([a-z]+)_/ });
  const isLeftOut = ({ group }: ClipEntry): boolean => LEFT_OUT.includes(group!);
  await joinedSet(
    join(work, 'train'),
    clips.filter((clip) => !isLeftOut(clip)),
  );
  await joinedSet(join(work, 'test'), clips.filter(isLeftOut));
  const figures: Record<string, number> = {};
  for (let seed = 0; seed < Number(seeds); seed++) {
    const model = join(work, `seed${seed}`);
    const backbone = {
      ...{ kind: 'onnx', file: resolve(weights), outputs: ['features_14', 'features'] },
      preprocessing: 'caffe',
    };
    await train({
      ...{ data: join(work, 'train'), annotations: { path: join(work, 'train/labels.csv') }, out: model },
      ...{ cache: join(work, 'cache'), group: /^([a-z]+)_/, resume: true },
      recipe: { seed, backbone },
    });
    Object.assign(figures, await scored(model, { work, weights, seed }));
    console.error(JSON.stringify(figures));
  }
  return figures;
};

async function scored(
  model: string,
  { work, weights, seed }: { work: string; weights: string; seed: number },
): Promise<Record<string, number>> {
  const test = join(work, 'test');
  const dataset = await openDataset(test, { annotations: { path: join(test, 'labels.csv') } });
  const predictor = await openModel(model, { backboneFile: weights });
  try {
    const truth = await readTruth(join(test, 'truth.json'));
    const { report } = await scoreModel(predictor, dataset, { truth, cache: join(work, 'cache') });
    const when = report.when!.figures as Record<string, Figure>;
    const rows = ['map0.3', 'map0.5', 'map0.7'].map((name): [string, Figure] => [name, when[name]!]);
    return Object.fromEntries([
      [`seed${seed}.clips`, dataset.clips.length],
      [`seed${seed}.clipMap`, report.what.manyLabels!.mAP.value],
      ...rows.flatMap(([name, figure]) => [
        [`seed${seed}.${name}`, figure.value],
        [`seed${seed}.${name}.trivial`, Math.max(...Object.values(figure.trivial))],
      ]),
    ]);
  } finally {
    await predictor.close();
  }
}

/** Writes the clips, `labels.csv` without times, and `truth.json`, which is written last and says that all is there. */
async function joinedSet(folder: string, clips: readonly ClipEntry[]): Promise<void> {
  if (await stat(join(folder, 'truth.json')).catch(() => undefined)) return;
  await mkdir(join(folder, 'clips'), { recursive: true });
  const truths: Record<string, TruthClip> = {};
  const lines = ['clip,label'];
  for (const [first, second] of pairs(clips)) {
    const name = `clips/${first.group}_${first.label}_${second.label}.mp4`;
    truths[name] = await joined(join(folder, name), [first, second]);
    for (const label of [first.label, second.label].sort()) lines.push(`${name},${label}`);
  }
  await writeFile(join(folder, 'labels.csv'), `${lines.join('\n')}\n`);
  await writeFile(join(folder, 'truth.json'), JSON.stringify({ version: 1, clips: truths }));
}

function pairs(clips: readonly ClipEntry[]): [ClipEntry, ClipEntry][] {
  const people = [...new Set(clips.map(({ group }) => group!))];
  return people.flatMap((person) => {
    const own = clips.filter(({ group }) => group === person);
    return DISTANCES.flatMap((distance) =>
      own.map((clip, i): [ClipEntry, ClipEntry] => [clip, own[(i + distance) % own.length]!]),
    );
  });
}

async function joined(path: string, parts: readonly [ClipEntry, ClipEntry]): Promise<TruthClip> {
  const sources = await Promise.all(parts.map((part) => openVideo(part.path)));
  const [{ info }] = sources as [Awaited<ReturnType<typeof openVideo>>];
  const { width, height, frameRate } = info;
  async function* pictures(): AsyncGenerator<Uint8Array> {
    for (const source of sources)
      for await (const { data } of source.frames({ size: { width, height } })) yield data;
  }
  await encodeVideo(path, { width, height, frameRate, quality: 12, frames: pictures() });
  await Promise.all(sources.map((source) => source.close()));
  const seconds = sources.map(({ info: { frames } }) => frames / frameRate);
  const whole = seconds[0]! + seconds[1]!;
  const instances = parts.map(({ label }, half) => ({
    label,
    startSeconds: half === 0 ? 0 : seconds[0]!,
    endSeconds: half === 0 ? seconds[0]! : whole,
  }));
  return { ...instances[0]!, durationSeconds: whole, width, height, frames: [], instances };
}
