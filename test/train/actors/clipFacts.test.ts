// What a training takes from all places of a clip: the same as from its features, kept in the store, read from there the next time.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ClipStore, type StoredClip } from '../../../src/store/index.js';
import type { SafetensorsFile } from '../../../src/model/index.js';
import { clipFacts, type FactsSource } from '../../../src/train/actors/clipFacts.js';
import { DirectionSums } from '../../../src/train/actors/direction.js';
import { rowsOf } from '../../../src/train/actors/samples.js';
import { parseRecipe } from '../../../src/train/recipe/recipe.js';
import { sumsOf } from '../../../src/train/start/clipSums.js';
import { float32 } from '../../../src/tensor.js';

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'wherewhen-facts-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Counts how often features are read. */
class CountingStore extends ClipStore {
  reads = 0;
  override read(key: string): Promise<SafetensorsFile> {
    this.reads++;
    return super.read(key);
  }
}

test('facts of a clip are sums over its features, read once and kept to the last bit', async () => {
  const store = new CountingStore(folder, {});
  const [n, C, h, w] = [2, 3, 2, 2];
  // Channels 0 and 1 are the finest scale, channel 2 a coarser one that is stored stacked; the last cell moves.
  const data = Float32Array.from({ length: n * C * h * w }, (_, at) => (at === 15 ? 16 : 1 + (at % 4)));
  const features = float32(data, [n, C, h, w]);
  await store.write('clip', { features });
  const scale = (channels: number, height: number) => ({ channels, height, width: height });
  const source = {
    recipe: { ...parseRecipe({ frames: n }), frames: n },
    store,
    frozen: { backbone: { isFrozen: true }, scales: [scale(2, 2), scale(1, 1)] },
  } as unknown as FactsSource;
  const clip = { key: 'clip', classIndex: 0 } as StoredClip;
  const first = await clipFacts(clip, source);
  const ranges = [
    { start: 0, end: 2 },
    { start: 2, end: 3 },
  ];
  const direction = new DirectionSums(ranges, ranges[0]!);
  direction.add(features);
  expect(first).toEqual({
    sums: sumsOf({ data, shape: [1, n, C, h, w] }),
    sides: direction.sides,
    row: rowsOf(features, ranges[0]!)[0],
  });
  expect(first.sums.places).toBe(8);
  expect(first.sums.sum[2]).toBe(2 * (1 + 2 + 3 + 4));
  expect(first.sides.foreground.places).toBeGreaterThan(0);
  const reads = store.reads;
  expect(reads).toBeGreaterThan(0);
  expect(await clipFacts(clip, source)).toEqual(first);
  expect(store.reads).toBe(reads); // nothing of the features was read again
});
