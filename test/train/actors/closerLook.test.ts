// A closer look at a training clip, by a network of a few lines: a bright thing on the left, a dim one on the right.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ClipStore, type StoredClip } from '../../../src/store/index.js';
import { closerLook, type CloserOptions } from '../../../src/train/actors/closerLook.js';
import { closeLook } from '../../../src/train/actors/learntOf.js';
import { float32, type Tensor } from '../../../src/tensor.js';
import type { Clip } from '../../../src/video/index.js';

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'wherewhen-closer-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

const frames = 4;
const side = 64;
const cells = 8;

/** Levels of the picture: the bright thing is 16 wide and 24 high, the dim one as large. */
function level(x: number, y: number): number {
  if (y < 20 || y >= 44) return 0;
  if (x >= 4 && x < 20) return 200;
  return x >= 44 && x < 60 ? 60 : 0;
}

function pictures(): Uint8Array {
  const one = Array.from({ length: side * side }, (_, p) => level(p % side, Math.floor(p / side)));
  return Uint8Array.from(
    { length: frames * side * side * 3 },
    (_, at) => one[Math.floor(at / 3) % one.length]!,
  );
}

/** A network of one channel: the mean level of each cell, squared, so that its root is the level. */
function see(data: Uint8Array): Tensor {
  const count = data.length / (side * side * 3);
  const edge = side / cells;
  const out = new Float32Array(count * cells * cells);
  for (let at = 0; at < out.length; at++) {
    const [i, p] = [Math.floor(at / cells ** 2), at % cells ** 2];
    let sum = 0;
    for (let y = 0; y < edge; y++)
      for (let x = 0; x < edge; x++) {
        const [row, column] = [Math.floor(p / cells) * edge + y, (p % cells) * edge + x];
        sum += data[3 * ((i * side + row) * side + column)]!;
      }
    out[at] = (sum / edge ** 2) ** 2;
  }
  return float32(out, [count, 1, cells, cells]);
}

/** What is looked at: a clip of these frames, whose stored features are `features`; `looked` is told how many squares are seen. */
function optionsOf(
  key: string,
  { data, features, looked = [] }: { data: Uint8Array; features: Tensor; looked?: number[] },
): CloserOptions {
  const size = { width: side, height: side };
  return {
    ...{
      store: new ClipStore(folder, {}),
      clips: [{ key, path: `${key}.mp4`, classIndex: 0 } as StoredClip],
    },
    ...{ direction: Float32Array.of(1), scale: { start: 0, end: 1 }, rules: closeLook },
    frozen: {
      identity: 'levels',
      size,
      resize: 'stretch',
      scales: [{ channels: 1, height: cells, width: cells }],
    },
    seeing: {
      clipOf: async () => ({ info: { ...size }, frames: data }) as unknown as Clip,
      picturesOf: async () => ({ data, ...size, covers: { x: 0, y: 0, ...size } }),
      see: async (squares: Uint8Array) => {
        looked.push(squares.length / (side * side * 3));
        return see(squares);
      },
    },
    featuresOf: async () => features,
  } as unknown as CloserOptions;
}

test('gives rows of the thing, of what is around it, of a place elsewhere and of the thing standing still, and keeps them', async () => {
  const data = pictures();
  const looked: number[] = [];
  const options = optionsOf('clip', { data, features: see(data), looked });
  const first = await closerLook(0, options);
  expect(looked).toEqual([6]); // two frames, the fewest that change, of the thing, elsewhere, and standing still, in one go
  expect(first.agreement).toBeGreaterThan(0.6);
  const [around, elsewhere, still] = first.nothing;
  expect(first.nothing).toHaveLength(3);
  expect(first.thing[0]).toBeGreaterThan(150); // the bright thing fills its box
  expect(around![0]).toBeLessThan(30);
  expect(elsewhere![0]).toBeGreaterThan(5); // the dim thing is where the map is highest beside
  expect(elsewhere![0]).toBeLessThan(60);
  expect([first.thing[1], around![1], elsewhere![1]]).toEqual([0, 0, 0]); // nothing moves
  expect(still![0]).toBeGreaterThan(150); // it stands where the thing is
  expect(still![1]).toBeGreaterThan(0); // and sways, with noise
  expect(still![1]).toBeLessThan(20);
  const again = await closerLook(0, options);
  expect(looked).toHaveLength(1);
  expect(again).toEqual(first);
});

test('has no place elsewhere where the thing is as large as the picture', async () => {
  const data = new Uint8Array(frames * side * side * 3).fill(90);
  const bright = see(data);
  bright.data.forEach((_, at) => (bright.data[at] = [0, 7, 56, 63].includes(at % 64) ? 0 : 100));
  const { nothing } = await closerLook(0, optionsOf('large', { data, features: bright }));
  expect(nothing.length).toBeLessThan(3);
});

test('does not call a single frame of the thing nothing', async () => {
  const data = pictures().subarray(0, side * side * 3);
  const looked: number[] = [];
  const { nothing } = await closerLook(0, optionsOf('single', { data, features: see(data), looked }));
  expect(looked).toEqual([2]); // the thing, and elsewhere
  expect(nothing).toHaveLength(2);
});
