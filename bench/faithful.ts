// What eight bits cost in answers: `--data weizmann --group '^([^_]+)_' --backbone 'onnx:googlenet.onnx#features_14+features'
// --preprocessing caffe --store DIR`. One group after another is left out, the mean pool is fitted on the others and names the
// clips of the one: on features as float32 and half precision give them, on the same as the store's bytes hold them, and on those
// of the backbone in eight bits, stored in eight bits. What stands in the store is not computed again.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openExtractor, parseBackboneSpec, type BackboneSettings } from '../src/backbone/index.js';
import { leaveOneGroupOut, openDataset, type ClipEntry } from '../src/dataset/index.js';
import { indexOfMax } from '../src/localize/tubes.js';
import { openRuntime } from '../src/runtime/index.js';
import { inEightBits } from '../src/savedModel/eightBits.js';
import { extractClips, featureStore } from '../src/store/index.js';
import { allFeatures } from '../src/store/features/read.js';
import { shapeFor } from '../src/store/features/file.js';
import { type StorePrecision } from '../src/store/features/precision.js';
import { meaningOf, toCodes } from '../src/store/features/codes.js';
import type { Tensor } from '../src/tensor.js';
import { parseRecipe } from '../src/train/index.js';
import { fitMeanPool } from '../src/train/start/startFromFeatures.js';
import type { Benchmark } from './benchmark.js';

/** Clips that are named rightly in each way, answers that differ from the first, and the least cosine of pooled features with it. */
export const benchmark: Benchmark = async (args) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: 'string' },
      group: { type: 'string', default: '^([^_]+)_' },
      backbone: { type: 'string' },
      preprocessing: { type: 'string', default: 'caffe' },
      store: { type: 'string' },
      frames: { type: 'string', default: '16' },
      threads: { type: 'string', default: '2' },
    },
  });
  const { data, store } = values;
  if (!data || !store || !values.backbone)
    throw new Error('faithful: --data, --backbone and --store are needed');
  const exact = { ...parseBackboneSpec(values.backbone), preprocessing: values.preprocessing };
  const { clips, classes } = await openDataset(data, { group: new RegExp(values.group) });
  const [threads, frames] = [Number(values.threads), Number(values.frames)];
  const common = { clips, store, threads, frames };
  const { settings } = await inEightBits(exact, { precision: 'int8', clips, folder: store, threads });
  const float = await pooled(exact, 'float16', common, [meanOf, (one) => meanOf(coded(one))]);
  const [eight] = await pooled(settings, 'int8', common, [meanOf]);
  const ways = { float32: float[0]!, int8Store: float[1]!, int8Both: eight! };
  const answers = Object.entries(ways).map(
    ([name, rows]) => [name, answersOf(rows, clips, classes.length)] as const,
  );
  const first = answers[0]![1];
  const figures = answers.flatMap(([name, own]) => [
    [`${name}Correct`, own.filter((answer, i) => answer === clips[i]!.classIndex).length] as const,
    [`${name}Changed`, own.filter((answer, i) => answer !== first[i]).length] as const,
    [
      `${name}Cosine`,
      Math.min(...ways[name as 'float32'].map((row, i) => cosine(row, float[0]![i]!))),
    ] as const,
  ]);
  return { clips: clips.length, ...Object.fromEntries(figures) };
};

interface Common {
  clips: readonly ClipEntry[];
  store: string;
  threads: number;
  frames: number;
}

/** Each clip's features, made into rows. */
async function pooled(
  settings: BackboneSettings,
  precision: StorePrecision,
  { clips, store: folder, threads, frames }: Common,
  rows: readonly ((features: Tensor) => Float64Array)[],
): Promise<Float64Array[][]> {
  await using runtime = await openRuntime({ threads, spin: false });
  await using extractor = await openExtractor(settings, { runtime });
  const shape = shapeFor(extractor, { frames, sampling: 'uniform' });
  const store = featureStore(join(folder), shape, extractor, precision);
  const made = await extractClips(clips, { store, shape, extractor, precision, strict: true });
  const all: Float64Array[][] = rows.map(() => []);
  for (const { key } of made.clips) {
    const features = allFeatures(await store.read(key), store.fileOf(key));
    rows.forEach((row, i) => all[i]!.push(row(features)));
  }
  return all;
}

/** Features as eight bits hold them. */
function coded(features: Tensor): Tensor {
  const { codes, steps, zeros } = toCodes(features);
  const [, C, h, w] = features.shape as [number, number, number, number];
  const data = Float32Array.from(codes.data as Uint8Array, (code, at) => {
    const c = Math.floor(at / (h * w)) % C;
    return meaningOf(code, Number(steps.data[c]), Number(zeros.data[c]));
  });
  return { ...features, data };
}

function meanOf({ data, shape }: Tensor): Float64Array {
  const [n, C, h, w] = shape as [number, number, number, number];
  const sums = new Float64Array(C);
  for (let row = 0; row < n * C; row++)
    for (let at = row * h * w; at < (row + 1) * h * w; at++) sums[row % C]! += data[at] as number;
  return sums.map((sum) => sum / (n * h * w));
}

/** The class that each clip is given by the mean pool of the other groups. */
function answersOf(rows: readonly Float64Array[], clips: readonly ClipEntry[], classes: number): number[] {
  const { regressionStrength: strength } = parseRecipe({ backbone: { kind: 'onnx' } });
  const answers: number[] = [];
  for (const { train, test } of leaveOneGroupOut(clips)) {
    const at = (clip: ClipEntry): number => clips.findIndex(({ path }) => path === clip.path);
    const pools = train.map((clip) => rows[at(clip)]!);
    const { weight, bias } = fitMeanPool(
      { pools, labels: train.map((clip) => clip.classIndex) },
      { classes, strength },
    );
    for (const clip of test) {
      const row = rows[at(clip)]!;
      const logits = Array.from(bias.data as Float32Array, (b, k) =>
        row.reduce((sum, x, c) => sum + x * Number(weight.data[k * row.length + c]), b),
      );
      answers[at(clip)] = indexOfMax(Float32Array.from(logits));
    }
  }
  return answers;
}

function cosine(a: Float64Array, b: Float64Array): number {
  const dot = (x: Float64Array, y: Float64Array): number => x.reduce((sum, one, i) => sum + one * y[i]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
