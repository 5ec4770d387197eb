// What a training takes from all places of a clip: the same as from its features and its video, kept in the store, read from
// there the next time.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ClipStore, type StoredClip } from '../../../src/store/index.js';
import type { SafetensorsFile } from '../../../src/model/index.js';
import { clipFacts, type FactsSource } from '../../../src/train/actors/clipFacts.js';
import { clipMotion } from '../../../src/train/actors/clipMotion.js';
import { DirectionSums } from '../../../src/train/actors/direction.js';
import { rowsOf } from '../../../src/train/actors/samples.js';
import { parseRecipe } from '../../../src/train/recipe/recipe.js';
import { sumsOf } from '../../../src/train/start/clipSums.js';
import { clipToFile } from '../../../src/store/storedClip.js';
import { float32, type Tensor, type Tensors } from '../../../src/tensor.js';
import { encodeVideo, readClip, type Clip } from '../../../src/video/index.js';
import { texture } from '../../motion/pictures.js';

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

const size = { width: 64, height: 64 };
const scale = (channels: number, height: number) => ({ channels, height, width: height });

/** A video of 6 still frames, in which a lamp in the lower right corner goes on and off. */
async function lampVideo(path: string): Promise<string> {
  const pictures = Array.from({ length: 6 }, (_, frame) => {
    const picture = new Uint8Array(size.width * size.height * 3);
    for (let y = 0; y < size.height; y++) {
      for (let x = 0; x < size.width; x++) {
        const isLamp = x > 44 && y > 44;
        const level = isLamp ? 250 * (frame % 2) : texture(x * 1.5, y * 1.5);
        picture.fill(level, 3 * (y * size.width + x), 3 * (y * size.width + x) + 3);
      }
    }
    return picture;
  });
  await encodeVideo(path, { ...size, frameRate: 12, quality: 3, frames: pictures });
  return path;
}

/** Features as a store keeps them, with what they were made of. */
function withFacts(features: Tensor, clip: Clip): [Tensors, Record<string, string>] {
  const { tensors, metadata } = clipToFile(clip);
  return [{ features, times: tensors.times!, indices: tensors.indices! }, metadata];
}

/** Three frames a clip, whose features lie in `store` on these scales. */
function sourceOf(
  store: ClipStore,
  scales: readonly ReturnType<typeof scale>[],
  actors: { motion: boolean },
): FactsSource {
  const recipe = { ...parseRecipe({ frames: 3, actors }), frames: 3 };
  const frozen = { backbone: { isFrozen: true }, scales, size, resize: 'stretch' };
  return { recipe, store, frozen } as unknown as FactsSource;
}

test('facts of a clip are sums over its features, read once and kept to the last bit', async () => {
  const store = new CountingStore(folder, {});
  const [n, C, h, w] = [3, 3, 2, 2];
  // Channels 0 and 1 are the finest scale, channel 2 a coarser one that is stored stacked. What changes is the first cell.
  const data = Float32Array.from({ length: n * C * h * w }, (_, at) =>
    at % 4 === 0 ? 9 + at : 1 + (at % 4),
  );
  const features = float32(data, [n, C, h, w]);
  const path = await lampVideo(join(folder, 'lamp.mp4'));
  await store.write('clip', ...withFacts(features, await readClip(path, { frames: [1, 3, 5] })));
  const source = sourceOf(store, [scale(2, 2), scale(1, 1)], { motion: false });
  const clip = { key: 'clip', path, classIndex: 0 } as StoredClip;
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
  expect(first.sums.places).toBe(12);
  expect(first.sums.sum[2]).toBe(17 + 29 + 41 + 3 * (2 + 3 + 4));
  expect(first.sides.frames).toBe(3);
  const reads = store.reads;
  expect(reads).toBeGreaterThan(0);
  expect(await clipFacts(clip, source)).toEqual(first);
  expect(store.reads).toBe(reads); // nothing of the features was read again
});

test('what moves in the frames beside is at the cell where it is, and counts in the sides', async () => {
  const path = await lampVideo(join(folder, 'lamp.mp4'));
  const store = new ClipStore(folder, {});
  // Two cells change alike and are as strong: the upper left one, and that of the lamp.
  const data = Float32Array.from({ length: 24 }, (_, at) => {
    const [frame, channel, cell] = [Math.floor(at / 8), Math.floor(at / 4) % 2, at % 4];
    if (cell !== 0 && cell !== 3) return 1;
    return channel === Number(cell === 3) ? 4 + frame : 0.1;
  });
  const features = float32(data, [3, 2, 2, 2]);
  await store.write('lamp', ...withFacts(features, await readClip(path, { frames: [1, 3, 5] })));
  const source = (motion: boolean): FactsSource => sourceOf(store, [scale(2, 2)], { motion });
  const clip = { key: 'lamp', path, classIndex: 0 } as StoredClip;
  const shape = [3, 2, 2, 2];
  const motion = await clipMotion(clip, shape, source(true));
  for (let frame = 0; frame < 3; frame++) {
    const [a, b, c, lamp] = motion.subarray(4 * frame, 4 * frame + 4);
    expect(Math.max(a!, b!, c!)).toBeLessThan(lamp! / 10);
  }
  const { sides: seen } = await clipFacts(clip, source(true));
  const { sides: unseen } = await clipFacts(clip, source(false));
  const lampShare = ({ foreground, frames }: typeof seen) => foreground[1]! / frames;
  expect(lampShare(seen)).toBeGreaterThan(0.9); // the lamp alone is foreground
  expect(lampShare(unseen)).toBeLessThan(0.7); // both cells are
});
