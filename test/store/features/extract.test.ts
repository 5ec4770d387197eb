// Extraction with a network of a few bytes: what is stored, what is computed again, and what is not.
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openExtractor, type FeatureExtractor } from '../../../src/backbone/index.js';
import { Batches } from '../../../src/store/batches.js';
import { extractClips, featureStore, type PrepareProgress } from '../../../src/store/index.js';
import { requireVerified, verifyFeatures } from '../../../src/store/features/verify.js';
import { shapeFor } from '../../../src/store/features/file.js';
import { listDataset, type Dataset } from '../../../src/dataset/index.js';
import { openRuntime, type Runtime } from '../../../src/runtime/index.js';
import { readClip } from '../../../src/video/index.js';
import { tinyOnnx, withExternalWeights } from '../../backbone/tinyOnnx.js';
import { writeTinyWorld } from '../../dataset/tinyWorld.js';
import { allFeatures } from '../../../src/store/features/read.js';

const preprocessing = {
  channels: 'BGR',
  scale: 1,
  mean: [104, 117, 123],
  size: { width: 12, height: 8 },
} as const;

let folder: string;
let dataset: Dataset;
let runtime: Runtime;
let extractor: FeatureExtractor;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-extract-'));
  await writeTinyWorld(join(folder, 'data'), 3);
  dataset = await listDataset(join(folder, 'data'));
  await writeFile(join(folder, 'net.onnx'), tinyOnnx());
  runtime = await openRuntime({ threads: 1 });
  extractor = await open();
});
afterAll(async () => {
  await runtime.close();
  await rm(folder, { recursive: true, force: true });
});

function open(change: object = {}): Promise<FeatureExtractor> {
  const settings = {
    kind: 'onnx',
    file: join(folder, 'net.onnx'),
    preprocessing,
    outputs: ['fine'],
    ...change,
  };
  return openExtractor(settings, { runtime, batch: 4 });
}

/** Everything that extraction needs for a store called `name`. */
function partsFor(name: string, { frames = 5, by = extractor } = {}) {
  const shape = shapeFor(by, { frames, sampling: 'centred' });
  return { store: featureStore(join(folder, name), shape, by), shape, extractor: by };
}

/** Extracts, and says how often the network looked at how many frames. */
async function counted(parts: ReturnType<typeof partsFor>) {
  const runs: number[] = [];
  const by: FeatureExtractor = {
    ...parts.extractor,
    extractScales(frames) {
      runs.push(frames.shape[0]!);
      return parts.extractor.extractScales(frames);
    },
  };
  return { made: await extractClips(dataset.clips, { ...parts, extractor: by }), runs };
}

test('a clip is stored as what the network says of its frames, with the times of the frames', async () => {
  const parts = partsFor('plain');
  const { made } = await counted(parts);
  expect(made).toMatchObject({ broken: [], warnings: [], reused: 0 });
  expect(made.clips.map(({ name }) => name)).toEqual(dataset.clips.map(({ name }) => name));
  const { path, key } = made.clips[4]!;
  const file = await parts.store.read(key);
  const clip = await readClip(path, parts.shape);
  const shape = [5, 8, 12, 3];
  const direct = await extractor.extract({ dtype: 'uint8', shape, data: clip.frames });
  expect(file.tensors['features.0']).toMatchObject({ dtype: 'uint8', shape: [5, 4, 4, 6] });
  const top = Math.max(...(direct.data as Float32Array));
  (allFeatures(file, 'clip').data as Float32Array).forEach((value, i) => {
    expect(Math.abs(value - Number(direct.data[i]))).toBeLessThanOrEqual(top / 255); // half a step of the root, at the top
  });
  expect([...(file.tensors.times!.data as Float64Array)]).toEqual([...clip.times]);
});

test('frames of several clips fill the runs', async () => {
  const { runs } = await counted(partsFor('batched'));
  expect(runs).toEqual([20, 10]); // 4 clips of 5 frames are 5 runs of 4 without a rest; then the last 2 clips
});

test('a second time nothing is computed', async () => {
  const { made, runs } = await counted(partsFor('plain'));
  expect(runs).toEqual([]);
  expect(made.reused).toBe(6);
});

test('another sampling, other weights and another preprocessing are never read stale', async () => {
  await writeFile(join(folder, 'other.onnx'), tinyOnnx({ seed: 2 }));
  await using other = await open({ file: join(folder, 'other.onnx') });
  await using brighter = await open({ preprocessing: { ...preprocessing, mean: [0, 0, 0] } });
  for (const parts of [
    partsFor('plain', { frames: 4 }),
    partsFor('plain', { by: other }),
    partsFor('plain', { by: brighter }),
  ]) {
    expect((await counted(parts)).made.reused).toBe(0);
  }
  expect((await readdir(join(folder, 'plain'))).length).toBe(4 * 6);
});

test('a clip that changed is computed anew, and one that was only touched or moved is not', async () => {
  const data = join(folder, 'changing');
  await writeTinyWorld(data, 2);
  const made = async () => {
    const { clips } = await listDataset(data);
    return extractClips(clips, partsFor('changing-store'));
  };
  const first = await made();
  await copyFile(dataset.clips[2]!.path, join(data, 'left/clip0.mp4')); // left/clip2 of the other world
  await utimes(join(data, 'left/clip1.mp4'), 1, 1);
  await rename(join(data, 'right/clip0.mp4'), join(data, 'right/moved.mp4'));
  const second = await made();
  expect(second.reused).toBe(3);
  const keyOf = ({ clips }: typeof first, name: string) => clips.find((clip) => clip.name === name)!.key;
  expect(keyOf(second, 'left/clip0.mp4')).not.toBe(keyOf(first, 'left/clip0.mp4'));
  expect(keyOf(second, 'right/moved.mp4')).toBe(keyOf(first, 'right/clip0.mp4'));
});

test('weights that an ONNX file keeps beside itself count as its own', async () => {
  const [small, outside] = [join(folder, 'outside.onnx'), join(folder, 'outside.onnx.data')];
  await writeFile(small, withExternalWeights(tinyOnnx(), 'outside.onnx.data', outside));
  const first = await open({ file: small });
  await first.close();
  const bytes = await readFile(outside);
  bytes[3]! ^= 64; // the sign or exponent of the first weight
  await writeFile(outside, bytes);
  await using second = await open({ file: small });
  expect(second.identity).not.toBe(first.identity);
  await rm(outside);
  await expect(open({ file: small })).rejects.toThrow(/outside\.onnx/);
});

test('what was whole when a run was stopped is not computed again, and the store ends the same', async () => {
  const parts = partsFor('stopped');
  const abort = new AbortController();
  const onProgress = ({ done }: PrepareProgress): void => {
    if (done === 4) abort.abort();
  };
  const half = extractClips(dataset.clips, { ...parts, signal: abort.signal, onProgress });
  await expect(half).rejects.toThrow('aborted');
  const before = (await readdir(join(folder, 'stopped'))).length;
  expect(before).toBeGreaterThanOrEqual(4);
  const { made, runs } = await counted(parts);
  expect(made.reused).toBe(before);
  expect(runs.reduce((sum, frames) => sum + frames, 0)).toBe((6 - before) * 5);
  for (const { key } of made.clips) {
    const [ours, theirs] = [await parts.store.read(key), await partsFor('plain').store.read(key)];
    expect(ours.tensors).toEqual(theirs.tensors);
  }
});

test('a flipped byte is found by its hash, named, and repaired by the next run', async () => {
  const parts = partsFor('flipped');
  const { made } = await counted(parts);
  const file = parts.store.fileOf(made.clips[1]!.key);
  const bytes = await readFile(file);
  bytes[bytes.length - 3]! ^= 4;
  await writeFile(file, bytes);
  const found = await verifyFeatures(dataset.clips, { ...parts, sample: 0 });
  expect(found).toMatchObject({ whole: 5, missing: [], faults: [{ clip: dataset.clips[1]!.name }] });
  expect(() => requireVerified('flipped', found)).toThrow(`${file} does not have its hash`);
  const clips = made.clips.slice(1, 2);
  const batches = new Batches({ store: parts.store, clips, size: 1, frames: 5, content: 'features' });
  await expect(batches.all().next()).rejects.toThrow(
    `${file}: a stored clip as it was written, got other bytes, which do not have its checksum (run the command again`,
  );
  const again = await counted(parts);
  expect(again.made.reused).toBe(5);
  expect(again.made.warnings.map(({ text }) => text)).toEqual([
    'its stored features were damaged and are computed anew',
  ]);
});

test('a whole store agrees with a new computation, and one with other numbers under a good hash does not', async () => {
  const parts = partsFor('plain');
  const found = await verifyFeatures(dataset.clips, { ...parts, sample: 2 });
  expect(found).toMatchObject({ whole: 6, computed: 2, faults: [], missing: [] });
  expect(found.largestDifference).toBeLessThan(1 / 255);
  const wrong = partsFor('wrong');
  for (const { path } of dataset.clips) {
    const key = await wrong.store.keyOf(path);
    const { tensors, metadata } = await parts.store.read(key);
    const { dtype, shape, data } = tensors['features.0']!;
    const features = { dtype, shape, data: (data as Uint8Array).map((one) => one ^ 64) };
    await wrong.store.write(key, { ...tensors, 'features.0': features }, metadata);
  }
  const { faults } = await verifyFeatures(dataset.clips, { ...wrong, sample: 2 });
  expect(faults.map(({ clip }) => clip)).toEqual([dataset.clips[1]!.name, dataset.clips[4]!.name]);
  expect(faults[0]!.text).toContain('from what the backbone gives now');
});

test('a store that cannot be written is said before anything is computed', async () => {
  await writeFile(join(folder, 'file'), '');
  const parts = partsFor('file/store');
  await expect(counted(parts)).rejects.toMatchObject({ code: 'output' });
  // the kernel's own tree takes no folder, not from root either, to whom no mode of a folder means anything
  if (process.platform === 'linux') {
    const { extractor: by, shape } = parts;
    const store = featureStore('/sys/wherewhen-store', shape, by);
    const refused =
      /^\/sys\/wherewhen-store\S*: a place to write to, got (?:no permission|a read-only file system) \(/;
    await expect(extractClips(dataset.clips, { store, shape, extractor: by })).rejects.toThrow(refused);
  }
  if (process.getuid?.() === 0) return; // root may write into any folder
  await mkdir(join(folder, 'read-only'), { mode: 0o555 });
  await expect(counted(partsFor('read-only'))).rejects.toThrow('no permission');
});

test('a broken clip is named and the others are stored', async () => {
  const data = join(folder, 'broken');
  await writeTinyWorld(data, 1);
  await writeFile(join(data, 'left/bad.mp4'), 'no video');
  const { clips } = await listDataset(data);
  const made = await extractClips(clips, partsFor('with-broken'));
  expect(made.broken.map(({ clip }) => clip.name)).toEqual(['left/bad.mp4']);
  expect(made.clips).toHaveLength(2);
  await expect(extractClips(clips, { ...partsFor('strict'), strict: true })).rejects.toThrow('bad.mp4');
});
