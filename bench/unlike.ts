// Are clips told that are unlike the training clips? Statistics are taken of some groups of `--data` (all but `--left-out N`, in
// turn), by the rule of `train`; clips of the groups that are left out, which are like them, stand against those of `--others` (folders
// of any depth). `--backbone onnx:FILE` with `--preprocessing`, features kept in `--cache`, groups by names or `--group REGEX`.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openExtractor, parseBackboneSpec } from '../src/backbone/index.js';
import { listDataset, type ClipEntry } from '../src/dataset/index.js';
import { groupsOfNames } from '../src/dataset/nameGroups.js';
import { isClipPath } from '../src/dataset/clips.js';
import { distanceFrom } from '../src/infer/familiarity.js';
import { openRuntime } from '../src/runtime/index.js';
import { extractClips, featureStore } from '../src/store/index.js';
import { pooledFeatures } from '../src/store/features/pooled.js';
import { shapeFor } from '../src/store/features/file.js';
import { fitFamiliarity } from '../src/train/familiarity.js';
import type { Benchmark } from './benchmark.js';

/** Area under the curve of others against left-out clips, and the shares of both that are told as unlike; means over the folds. */
export const benchmark: Benchmark = async (args) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: 'string' },
      others: { type: 'string', multiple: true, default: [] },
      backbone: { type: 'string' },
      preprocessing: { type: 'string', default: 'caffe' },
      cache: { type: 'string' },
      group: { type: 'string' },
      'left-out': { type: 'string', default: '2' },
    },
  });
  const { data, backbone, cache, preprocessing } = values;
  if (!data || !backbone || !cache) throw new Error('unlike: --data, --backbone and --cache are needed');
  const { clips } = await listDataset(data, values.group ? { group: new RegExp(values.group) } : {});
  const groups = values.group ? clips.map(({ group }) => group) : groupsOfNames(clips)?.groups;
  if (!groups) throw new Error('unlike: names tell no groups: --group');
  const others = (await Promise.all(values.others.map(clipsBelow))).flat();
  const settings = { outputs: 'auto', ...parseBackboneSpec(backbone), preprocessing };
  const { own, foreign } = await pools({ clips, others, settings, cache });
  const names = [...new Set(groups)].sort();
  const each = Number(values['left-out']);
  const folds = Array.from({ length: Math.ceil(names.length / each) }, (_, k) =>
    names.slice(k * each, (k + 1) * each),
  );
  const found = folds.flatMap((left) => {
    const all = own.map((row, i) => ({ row, group: groups[i]! }));
    const known = fitFamiliarity(
      all.filter(({ group }) => !left.includes(group)),
      0,
    );
    if (!known) return [];
    const like = all.filter(({ group }) => left.includes(group)).map(({ row }) => distanceFrom(row, known));
    const unlike = foreign.map((row) => distanceFrom(row, known));
    const beyond = (list: number[]): number => list.filter((one) => one > known.limit).length / list.length;
    return [{ area: areaOf(unlike, like), falseAlarms: beyond(like), told: beyond(unlike) }];
  });
  const mean = (of: (one: (typeof found)[number]) => number): number =>
    found.reduce((sum, one) => sum + of(one), 0) / found.length;
  return {
    ...{ clips: own.length, others: foreign.length, folds: found.length },
    area: mean(({ area }) => area),
    leastArea: Math.min(...found.map(({ area }) => area)),
    falseAlarms: mean(({ falseAlarms }) => falseAlarms),
    told: mean(({ told }) => told),
  };
};

/** Pooled features of both sets, by one backbone. */
async function pools({
  clips,
  others,
  settings,
  cache,
}: {
  clips: readonly ClipEntry[];
  others: readonly ClipEntry[];
  settings: Parameters<typeof openExtractor>[0];
  cache: string;
}): Promise<{ own: Float32Array[]; foreign: Float32Array[] }> {
  await using runtime = await openRuntime({ spin: false });
  await using extractor = await openExtractor(settings, { runtime });
  const shape = shapeFor(extractor, { frames: 16, sampling: 'uniform' });
  const store = featureStore(cache, shape, extractor);
  const prepared = await extractClips([...clips, ...others], {
    ...{ store, shape, extractor },
    onProgress: ({ done, total }) => process.stderr.write(`\r${done}/${total} clips `),
  });
  const rows = await pooledFeatures(prepared.clips, store);
  const byPath = new Map(prepared.clips.map(({ path }, i) => [path, rows[i]!]));
  const of = (list: readonly ClipEntry[]): Float32Array[] =>
    list.flatMap(({ path }) => (byPath.has(path) ? [byPath.get(path)!] : []));
  if (of(clips).length < clips.length) throw new Error('unlike: a clip of --data cannot be read');
  return { own: of(clips), foreign: of(others) };
}

/** All clips below a folder. */
async function clipsBelow(folder: string): Promise<ClipEntry[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = await Promise.all(
    entries.map(async (entry): Promise<ClipEntry[]> => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return clipsBelow(path);
      if (!(await isClipPath(path, false))) return [];
      return [{ path, name: path, label: 'other', classIndex: 0, group: path }];
    }),
  );
  return found.flat();
}

/** The share of pairs in which the first is larger, equal ones as half. */
function areaOf(larger: readonly number[], smaller: readonly number[]): number {
  let sum = 0;
  for (const a of larger) for (const b of smaller) sum += a > b ? 1 : a === b ? 0.5 : 0;
  return sum / (larger.length * smaller.length);
}
