// What the choice of frames does to accuracy: features of every frame once, then for each rule the mean pool over its frames,
// regression on all groups but one, and that one answered: `--data DIR --backbone FILE --frames 16`, groups by `--group REGEX` or
// `--groups FILE` (as `heads` reads it), `--strength C`, `--rules NAMES`. The tables of docs/accuracy.md; a frame takes 40 ms of an idle core.
import { parseArgs } from 'node:util';
import { openExtractor, parseBackboneSpec, type FeatureExtractor } from '../src/backbone/index.js';
import { openDataset } from '../src/dataset/index.js';
import { openRuntime } from '../src/runtime/index.js';
import { fitMeanPool } from '../src/train/start/startFromFeatures.js';
import { openVideo, readClip } from '../src/video/index.js';
import { fixedRules } from '../src/video/sample.js';
import type { Benchmark } from './benchmark.js';
import { readGroups } from './groups.js';
import { predictedClass } from '../src/metrics/classification.js';

type Rule = (total: number, n: number) => number[];

const places = (count: number, place: (i: number) => number): number[] =>
  Array.from({ length: count }, (_, i) => place(i));

/** `uniform` from another first frame: `share` of what it leaves out. */
const moved =
  (share: number): Rule =>
  (total, n) => {
    const chosen = fixedRules.uniform(total, n);
    const slack = Math.max(0, total - 1 - chosen.at(-1)!);
    return chosen.map((index) => index + Math.floor(share * slack));
  };

/** Whole equal steps from frame 0, carried on to the end: as many frames as that gives. */
const steps = (total: number, step: number): number[] => places(Math.ceil(total / step), (i) => i * step);

/** At most `n` frames, the last one within a step of the end. */
const longSteps: Rule = (total, n) => steps(total, Math.ceil(total / n));

const inParts =
  (share: number): Rule =>
  (total, n) =>
    places(n, (i) => Math.min(total - 1, Math.floor(((i + share) * total) / n)));

const rules: Readonly<Record<string, Rule>> = {
  ...fixedRules,
  'uniform in the middle': moved(0.5),
  'uniform at the end': moved(1),
  'uniform on to the end': (total, n) => steps(total, Math.max(1, Math.floor(total / n))),
  'nearest whole step': (total, n) => steps(total, Math.max(1, Math.round(total / n))),
  'long steps': longSteps,
  'long steps and the last one repeated': (total, n) => {
    const chosen = longSteps(total, n);
    return places(n, (i) => chosen[Math.min(i, chosen.length - 1)]!);
  },
  'long steps and some twice': (total, n) => {
    const chosen = longSteps(total, n);
    return places(n, (i) => chosen[Math.floor((i * chosen.length) / n)]!);
  },
  'all frames': (total) => places(total, (i) => i),
  'all of the first .8': (total) => places(Math.max(1, Math.floor(0.8 * total)), (i) => i),
  ...Object.fromEntries(
    places(10, (i) => i / 10).map((share) => [`part's ${share.toFixed(1)}`, inParts(share)]),
  ),
};

interface Pools {
  label: number;
  group: string;
  /** Mean over the places of each frame, `[frames][C]`. */
  frames: Float64Array[];
}

/** Clips that are named rightly, by rule. */
export const benchmark: Benchmark = async (args) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: 'string' },
      backbone: { type: 'string' },
      preprocessing: { type: 'string', default: 'caffe' },
      frames: { type: 'string', default: '16' },
      group: { type: 'string', default: '^([^_]+)_' },
      groups: { type: 'string' },
      strength: { type: 'string', default: '0.01' },
      rules: { type: 'string', default: Object.keys(rules).join() },
      threads: { type: 'string', default: '1' },
    },
  });
  if (!values.data || !values.backbone) throw new Error('sampling: --data and --backbone are needed');
  const named = values.groups === undefined ? new RegExp(values.group) : await readGroups(values.groups);
  const { clips, classes } = await openDataset(values.data, { group: named });
  const settings = { ...parseBackboneSpec(values.backbone), preprocessing: values.preprocessing };
  await using runtime = await openRuntime({ threads: Number(values.threads), spin: false });
  await using extractor = await openExtractor(settings, { runtime });
  const pools: Pools[] = [];
  for (const { path, classIndex, group } of clips)
    pools.push({ label: classIndex, group: `${group}`, frames: await poolsOf(path, extractor) });
  return Object.fromEntries(
    values.rules.split(',').map((name) => [
      name,
      answeredRightly(pools, (total) => rules[name]!(total, Number(values.frames)), {
        classes: classes.length,
        strength: Number(values.strength),
      }),
    ]),
  );
};

async function poolsOf(path: string, extractor: FeatureExtractor): Promise<Float64Array[]> {
  const { size, resize } = extractor.preprocessing;
  const { info } = await openVideo(path);
  const clip = await readClip(path, { frames: places(info.frames, (i) => i), size, resize });
  const { data, shape } = await extractor.extract({ dtype: 'uint8', shape: clip.shape, data: clip.frames });
  const [, C, h, w] = shape as [number, number, number, number];
  const mean = (start: number): number => {
    let sum = 0;
    for (let p = start; p < start + h * w; p++) sum += data[p] as number;
    return sum / (h * w);
  };
  return places(info.frames, (i) => i).map((i) =>
    Float64Array.from({ length: C }, (_, c) => mean((i * C + c) * h * w)),
  );
}

function answeredRightly(
  pools: readonly Pools[],
  choose: (total: number) => number[],
  { classes, strength }: { classes: number; strength: number },
): number {
  const rows = pools.map(({ frames }) => {
    const chosen = choose(frames.length);
    return frames[0]!.map((_, c) => chosen.reduce((sum, i) => sum + frames[i]![c]!, 0) / chosen.length);
  });
  let right = 0;
  for (const group of new Set(pools.map((one) => one.group))) {
    const train = places(pools.length, (i) => i).filter((i) => pools[i]!.group !== group);
    const { weight, bias } = fitMeanPool(
      { pools: train.map((i) => rows[i]!), labels: train.map((i) => pools[i]!.label) },
      { classes, strength, probabilities: 'softmax' },
    );
    const logits = (row: Float64Array): number[] =>
      places(classes, (k) =>
        row.reduce(
          (sum, x, c) => sum + x * (weight.data[k * row.length + c] as number),
          bias.data[k] as number,
        ),
      );
    pools.forEach((one, i) => {
      if (one.group !== group) return;
      const told = logits(rows[i]!);
      if (predictedClass(told) === one.label) right++;
    });
  }
  return right;
}
