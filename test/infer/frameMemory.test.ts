import { expect, test } from 'vitest';
import { type Answer, type SampledClip } from '../../src/infer/index.js';
import { featuresOfFrames, FrameMemory } from '../../src/infer/frameMemory.js';
import { predictWindows } from '../../src/infer/windows.js';
import { parseModelConfig } from '../../src/model/index.js';
import { float32, type Tensor } from '../../src/tensor.js';

/** A network of one feature a frame, the sum of its bytes, that says which frames it was given. */
function summing() {
  const seen: number[][] = [];
  const memory = new FrameMemory(async ({ data, shape }: Tensor) => {
    const each = data.length / shape[0]!;
    const sums = Array.from({ length: shape[0]! }, (_, i) =>
      (data as Uint8Array).slice(i * each, (i + 1) * each).reduce((a, b) => a + b, 0),
    );
    seen.push(sums);
    return [float32(sums, [sums.length, 1, 1, 1])];
  });
  return { memory, seen };
}

/** Frames of one pixel, of these values. */
const framesOf = (...values: number[]): Tensor => ({
  dtype: 'uint8',
  shape: [values.length, 1, 1, 3],
  data: Uint8Array.from(values.flatMap((value) => [value, 0, 0])),
});

test('frames of the call before are not looked at again, and all features stand in their order', async () => {
  const { memory, seen } = summing();
  await memory.features(framesOf(1, 2, 3, 4));
  const [second] = await memory.features(framesOf(3, 4, 5, 6));
  expect(seen).toEqual([
    [1, 2, 3, 4],
    [5, 6],
  ]);
  expect([second!.shape, [...second!.data]]).toEqual([
    [4, 1, 1, 1],
    [3, 4, 5, 6],
  ]);
  await memory.features(framesOf(1, 6)); // 1 was in the call before the last: it is forgotten
  expect(seen[2]).toEqual([1]);
});

test('frames of a still camera that are equal are looked at once', async () => {
  const { memory, seen } = summing();
  const [features] = await memory.features(framesOf(7, 7, 9, 7));
  expect(seen).toEqual([[7, 9]]);
  expect([...features!.data]).toEqual([7, 7, 9, 7]);
  const [again] = await memory.features(framesOf(9, 9));
  expect([seen.length, ...again!.data]).toEqual([1, 9, 9]);
});

test('where nothing is asked again, equal frames are looked at once and all features stand in their order', async () => {
  const looked: number[] = [];
  const features = await featuresOfFrames(framesOf(7, 9, 7), async ({ data, shape }) => {
    looked.push(shape[0]!);
    return [float32([Number(data[0]) / 2, Number(data[3]) / 2], [2, 1, 1, 1])];
  });
  expect(looked).toEqual([2]);
  expect([...features[0]!.data]).toEqual([3.5, 4.5, 3.5]);
});

test('frames that differ in one byte are different frames, whatever their fingerprint says', async () => {
  const { memory, seen } = summing();
  const data = new Uint8Array(2 * 48);
  data[48 + 5] = 1; // not among the bytes that the fingerprint is made of
  const [features] = await memory.features({ dtype: 'uint8', shape: [2, 4, 4, 3], data });
  expect([seen, [...features!.data]]).toEqual([[[0, 1]], [0, 1]]);
});

test('what a frame was read into may be written over', async () => {
  const { memory, seen } = summing();
  const frames = framesOf(1, 2);
  await memory.features(frames);
  (frames.data as Uint8Array).set([8, 0, 0, 9, 0, 0]);
  const [features] = await memory.features(frames);
  expect([seen[1], [...features!.data]]).toEqual([
    [8, 9],
    [8, 9],
  ]);
});

test('a long video in half-overlapping windows is looked at once a frame', async () => {
  const { memory, seen } = summing();
  const n = 4;
  const config = parseModelConfig({
    ...{ version: 1, classes: ['run', 'sit'], frames: n, transform: { size: { width: 1, height: 1 } } },
    ...{ backbone: { kind: 'small' }, attention: { form: 'joint' } },
    grid: { channels: 1, height: 1, width: 1 },
  });
  const windows: number[][] = [];
  const predict = async ({ frames, indices, times }: SampledClip): Promise<Answer> => {
    const [features] = await memory.features({ dtype: 'uint8', shape: [n, 1, 1, 3], data: frames });
    windows.push([...(features!.data as Float32Array)]);
    const seenFrames = indices.map((index, i) => ({
      index,
      timeSeconds: times[i]!,
      weight: 1 / n,
      box: null,
    }));
    const result = {
      model: { id: 'a', attention: 'joint', backbone: 'small' },
      frames: seenFrames,
      actors: [],
    };
    return { result, localization: {}, probabilities: [0.5, 0.5] } as unknown as Answer;
  };
  async function* frames() {
    for (let index = 0; index < 11; index++)
      yield { index, timeSeconds: index, data: Uint8Array.of(index + 1, 0, 0) };
  }
  const info = { path: 'long.mp4', width: 9, height: 9, frames: 11, durationSeconds: 11, frameRate: 1 };
  const more = { isVariableRate: false, rotation: 0, codec: 'none', container: 'none' } as const;
  const video = {
    frames: frames(),
    info: { ...info, ...more },
    damagedFrames: 0,
    missingFrames: 0,
    warnings: [],
  };
  await predictWindows({ config, predict }, video, 'long.mp4');
  expect(windows).toEqual([
    [1, 2, 3, 4],
    [3, 4, 5, 6],
    [5, 6, 7, 8],
    [7, 8, 9, 10],
    [9, 10, 11, 11], // filled up with the last frame
  ]);
  expect(seen.flat()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
});
