// Features stored scale by scale: what lies in a file, how exactly it is read, and what earlier versions stored.
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openExtractor, type FeatureExtractor } from '../../../src/backbone/index.js';
import { listDataset, type Dataset } from '../../../src/dataset/index.js';
import { Random } from '../../../src/random.js';
import { openRuntime, type Runtime } from '../../../src/runtime/index.js';
import { pooledOf } from '../../../src/infer/familiarity.js';
import { ClipStore, extractClips, featureStore } from '../../../src/store/index.js';
import { allFeatures, pickFeatures, pooledStored } from '../../../src/store/features/read.js';
import { shapeFor } from '../../../src/store/features/file.js';
import { storePrecisions, type StorePrecision } from '../../../src/store/features/precision.js';
import { toFloat16 } from '../../../src/store/features/float16.js';
import { featuresOf } from '../../../src/store/features/extract.js';
import { sizeOf } from '../../../src/tensor.js';
import { readClip } from '../../../src/video/index.js';
import { tinyOnnx } from '../../backbone/tinyOnnx.js';
import { writeTinyWorld } from '../../dataset/tinyWorld.js';

let folder: string;
let dataset: Dataset;
let runtime: Runtime;
let extractor: FeatureExtractor;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-scales-'));
  await writeTinyWorld(join(folder, 'data'), 1);
  dataset = await listDataset(join(folder, 'data'));
  await writeFile(join(folder, 'net.onnx'), tinyOnnx());
  runtime = await openRuntime({ threads: 1 });
  const preprocessing = { channels: 'RGB', scale: 1, mean: [99, 99, 99], size: { width: 12, height: 8 } };
  const settings = { kind: 'onnx', file: join(folder, 'net.onnx'), preprocessing };
  extractor = await openExtractor({ ...settings, outputs: ['fine', 'coarse'] }, { runtime, batch: 4 });
});
afterAll(async () => {
  await runtime.close();
  await rm(folder, { recursive: true, force: true });
});

async function stored(precision: StorePrecision) {
  const shape = shapeFor(extractor, { frames: 5, sampling: 'centred' });
  const store = featureStore(join(folder, precision), shape, extractor, precision);
  const { clips, reused } = await extractClips(dataset.clips, { store, shape, extractor, precision });
  const [{ key, path }] = clips as [(typeof clips)[0]];
  const clip = await readClip(path, shape);
  const frames = { dtype: 'uint8', shape: [5, 8, 12, 3], data: clip.frames } as const;
  const direct = (await extractor.extract(frames)).data as Float32Array;
  return { store, shape, reused, key, path, direct, file: await store.read(key) };
}

/** The largest difference as a share of the largest number. */
function difference(seen: ArrayLike<number>, direct: Float32Array): number {
  let [off, top] = [0, 0];
  direct.forEach((x, i) => {
    off = Math.max(off, Math.abs(seen[i]! - x));
    top = Math.max(top, Math.abs(x));
  });
  return off / top;
}

test('each scale lies on its own grid in a file, and is read as the network stacks it', async () => {
  const largest = { int8: 8e-3, float16: 6e-4, float32: 1e-6 };
  const dtypes = { int8: 'uint8', float16: 'float16', float32: 'float32' };
  for (const precision of storePrecisions) {
    const { file, direct } = await stored(precision);
    expect(file.tensors['features.0']).toMatchObject({ dtype: dtypes[precision], shape: [5, 4, 4, 6] });
    expect(file.tensors['features.1']).toMatchObject({ dtype: dtypes[precision], shape: [5, 5, 2, 3] });
    const { shape, data } = allFeatures(file, 'clip');
    expect(shape).toEqual([5, 9, 4, 6]);
    expect(difference(data as Float32Array, direct)).toBeLessThan(largest[precision]);
    expect(difference(data as Float32Array, direct)).toBeGreaterThan(precision === 'float32' ? -1 : 1e-5);
  }
});

test('channels are picked as from the whole, of one scale or beyond it', async () => {
  const { file } = await stored('int8');
  const whole = allFeatures(file, 'clip').data as Float32Array;
  const cells = 24;
  for (const [start, end] of [
    [0, 4], // the fine scale alone
    [4, 9], // the coarse one, on the grid of the fine one
    [1, 3],
    [2, 7],
  ] as const) {
    const frames = [3, 0];
    const { shape, data } = pickFeatures(file, { path: 'clip', frames, channels: { start, end } });
    expect(shape).toEqual([2, end - start, 4, 6]);
    const expected = frames.flatMap((frame) => [
      ...whole.subarray((frame * 9 + start) * cells, (frame * 9 + end) * cells),
    ]);
    expect([...data]).toEqual(expected);
  }
});

test('frames and places are picked as from the whole, whatever grid a scale has', async () => {
  const { file } = await stored('int8');
  const whole = allFeatures(file, 'clip').data as Float32Array;
  const places = { share: 0.25, areSame: true };
  const random = Random.from(3, 'places');
  const { shape, data } = pickFeatures(file, { path: 'clip', frames: [4, 1], places, random });
  expect(shape).toEqual([2, 9, 1, 6]); // a quarter of 24 places
  const all = Array.from({ length: 24 }, (_, place) => place);
  const chosen = Random.from(3, 'places')
    .shuffle(all)
    .slice(0, 6)
    .sort((a, b) => a - b);
  const expected = [4, 1].flatMap((frame) =>
    Array.from({ length: 9 }, (_, c) => chosen.map((p) => whole[(frame * 9 + c) * 24 + p]!)).flat(),
  );
  expect([...data]).toEqual(expected);
});

test.each(storePrecisions)(
  'the mean of each channel is that of the stacked grids, stored as %s',
  async (precision) => {
    const { file, path } = await stored(precision);
    const seen = pooledStored(file, path);
    const whole = pooledOf(allFeatures(file, path));
    expect(seen).toHaveLength(whole.length);
    expect(difference(seen, Float32Array.from(whole))).toBeLessThan(1e-6);
  },
);

test('a store of an earlier version, stacked in half precision, is read and not computed again', async () => {
  const { path, direct, shape } = await stored('float32');
  const { kind, ...settings } = { kind: 'features', ...shape, backbone: extractor.identity };
  const old = new ClipStore(join(folder, 'old'), { kind, ...settings });
  const features = { dtype: 'float16', shape: [5, 9, 4, 6], data: toFloat16(direct) } as const;
  const key = await old.keyOf(path);
  const times = { dtype: 'float64', shape: [5], data: new Float64Array(5) } as const;
  await old.write(key, { features, times });
  for (const precision of ['int8', 'float16'] as const) {
    const store = featureStore(join(folder, 'old'), shape, extractor, precision);
    expect(await store.find(path)).toEqual({ key, state: 'whole' });
    expect(difference(allFeatures(await store.read(key), 'old').data as Float32Array, direct)).toBeLessThan(
      6e-4,
    );
  }
  const exact = featureStore(join(folder, 'old'), shape, extractor, 'float32');
  expect((await exact.find(path)).state).toBe('missing'); // half precision does not do for single
});

test('what is stored more exactly than is asked for is taken, and what is less exact is not', async () => {
  const { store, path, shape, key } = await stored('float16');
  const coarse = featureStore(store.folder, shape, extractor, 'int8');
  expect(await coarse.find(path)).toEqual({ key, state: 'whole' });
  const bytes = await stored('int8');
  const finer = featureStore(bytes.store.folder, shape, extractor, 'float16');
  expect((await finer.find(path)).state).toBe('missing');
});

test('eight bits take a third of the bytes of what was stacked in half precision', async () => {
  const { store, key } = await stored('int8');
  const own = sizeOf([5, 4, 4, 6]) + sizeOf([5, 5, 2, 3]);
  expect(own / (2 * sizeOf([5, 9, 4, 6]))).toBeCloseTo(0.292, 3);
  const header = (await stat(store.fileOf(key))).size - own;
  expect(header).toBeLessThan(2500); // whatever the frames: facts, times, steps
  expect((await readdir(store.folder)).length).toBe(2);
});

test('frames that are equal go through the network once', async () => {
  const seen: number[] = [];
  const counting = {
    extractScales(frames: Parameters<FeatureExtractor['extract']>[0]) {
      seen.push(frames.shape[0]!);
      return extractor.extractScales(frames);
    },
  };
  const { frames } = await readClip(
    dataset.clips[0]!.path,
    shapeFor(extractor, { frames: 3, sampling: 'centred' }),
  );
  const each = frames.length / 3;
  const still = new Uint8Array(5 * each); // frames 0 1 1 0 1
  [0, 1, 1, 0, 1].forEach((from, i) => still.set(frames.subarray(from * each, (from + 1) * each), i * each));
  const [fine] = await featuresOf([{ frames: still, shape: [5, 8, 12, 3] }], counting);
  expect(seen).toEqual([2]);
  const direct = await extractor.extractScales({ dtype: 'uint8', shape: [5, 8, 12, 3], data: still });
  expect(fine!.shape).toEqual([5, 4, 4, 6]);
  expect(difference(fine!.data as Float32Array, direct[0]!.data as Float32Array)).toBeLessThan(1e-6);
});
