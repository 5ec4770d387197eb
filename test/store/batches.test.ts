import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Batches, type Batch } from '../../src/store/batches.js';
import type { StoredClip } from '../../src/store/prepare.js';
import { ClipStore } from '../../src/store/store.js';

let folder: string;
let store: ClipStore;
const clips: StoredClip[] = [];

// Ten clips, eight of class 0 and two of class 1; every byte of frame f of clip c is 10 c + f.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-batches-'));
  store = new ClipStore(folder, {});
  for (let c = 0; c < 10; c++) {
    const classIndex = c < 8 ? 0 : 1;
    const key = `clip${c}`;
    const data = Uint8Array.from({ length: 6 * 2 * 2 * 3 }, (_, i) => 10 * c + Math.floor(i / 12));
    await store.write(key, { frames: { dtype: 'uint8', shape: [6, 2, 2, 3], data } });
    clips.push({ path: key, name: key, label: String(classIndex), classIndex, group: key, key });
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function collect(batches: AsyncIterable<Batch>): Promise<Batch[]> {
  const out: Batch[] = [];
  for await (const batch of batches) out.push(batch);
  return out;
}

const namesOf = (batches: Batch[]): string[] =>
  batches.flatMap(({ clips: seen }) => seen.map(({ name }) => name));

test('an epoch of 150 000 clips is laid out', async () => {
  const many = Array.from({ length: 150_000 }, () => clips[0]!);
  const batches = new Batches({ store, clips: many, size: 4, frames: 6, isBalanced: false });
  const { value } = await batches.epoch(0).next();
  expect((value as Batch).clips).toHaveLength(4);
});

test('an epoch sees every class equally often, or every clip once', async () => {
  const balanced = new Batches({ store, clips, size: 4, frames: 6 });
  expect(balanced.steps).toBe(3);
  const labels = (await collect(balanced.epoch(0))).flatMap(({ labels: { data } }) =>
    Array.from(data, Number),
  );
  expect(labels.filter((label) => label === 1)).toHaveLength(6); // of 3 x 4 draws
  const plain = new Batches({ store, clips, size: 5, frames: 6, isBalanced: false });
  expect(namesOf(await collect(plain.epoch(0))).sort()).toEqual(clips.map(({ name }) => name).sort());
});

test('epochs differ, the same epoch is the same, and it may begin at any step', async () => {
  const options = {
    store,
    clips,
    size: 2,
    frames: 2,
    oversample: 3,
    seed: 5,
    augment: { flip: 0.5, crop: 0.5 },
  };
  const whole = await collect(new Batches(options).epoch(1));
  expect(await collect(new Batches(options).epoch(1, 3))).toEqual(whole.slice(3));
  expect(namesOf(await collect(new Batches(options).epoch(2)))).not.toEqual(namesOf(whole));
});

test('labels stand beside the frames of their clips', async () => {
  for (const { inputs, labels, clips: seen } of await collect(
    new Batches({ store, clips, size: 3, frames: 6 }).epoch(0),
  )) {
    expect(inputs.frames!.shape).toEqual([3, 6, 2, 2, 3]);
    seen.forEach((clip, i) => {
      expect(Number(inputs.frames!.data[i * 72])).toBe(10 * Number(clip.name.slice(4)));
      expect(Number(labels.data[i])).toBe(clip.classIndex);
    });
  }
});

test('evaluation sees every clip once in order, and fills the last batch with its last clip', async () => {
  const seen = await collect(new Batches({ store, clips, size: 4, frames: 6 }).all());
  expect(namesOf(seen)).toEqual(clips.map(({ name }) => name));
  expect(seen[2]!.clips).toHaveLength(2);
  expect(Array.from({ length: 4 }, (_, i) => Number(seen[2]!.inputs.frames!.data[i * 72]))).toEqual([
    80, 90, 90, 90,
  ]);
});

test('of stored frames, evaluation takes the middle one of each part and training any of them', async () => {
  const batches = new Batches({ store, clips: clips.slice(0, 1), size: 1, frames: 2, oversample: 3 });
  const firstBytes = ({ inputs: { frames } }: Batch): number[] => [
    Number(frames!.data[0]),
    Number(frames!.data[12]),
  ];
  expect(firstBytes((await collect(batches.all()))[0]!)).toEqual([1, 4]);
  const drawn = new Set<number>();
  for (let epoch = 0; epoch < 30; epoch++) {
    const [first, second] = firstBytes((await collect(batches.epoch(epoch)))[0]!);
    expect(first).toBeLessThan(3);
    expect(second).toBeGreaterThanOrEqual(3);
    drawn.add(first!);
  }
  expect([...drawn].sort()).toEqual([0, 1, 2]);
});

test('a stored clip of another number of frames is an error that names its file', async () => {
  await expect(collect(new Batches({ store, clips, size: 4, frames: 5 }).all())).rejects.toThrow(
    /clip\d\.safetensors: 5 stored frames, got 6/,
  );
});

test('with several classes a clip there is 1 at each of them, and a clip is drawn for each', async () => {
  const several = clips
    .slice(0, 3)
    .map((clip, i) => (i === 2 ? { ...clip, classIndex: 1, classIndices: [1, 2] } : clip));
  const batches = new Batches({ store, clips: several, size: 4, frames: 6, classes: 3 });
  const [all] = await collect(batches.all());
  expect(all!.targets).toEqual({
    dtype: 'float32',
    shape: [4, 3],
    data: Float32Array.of(1, 0, 0, 1, 0, 0, 0, 1, 1, 0, 1, 1), // the last clip fills the batch up
  });
  // Three pools, of the classes 0, 1 and 2; the latter two hold the same clip: two thirds of many draws.
  const long = new Batches({ store, clips: several, size: 12, frames: 6, classes: 3 });
  const [batch] = await collect(long.epoch(0));
  expect(batch!.clips.filter(({ classIndices }) => classIndices)).toHaveLength(8);
  expect(
    (await collect(new Batches({ store, clips, size: 4, frames: 6 }).all()))[0]!.targets,
  ).toBeUndefined();
});
