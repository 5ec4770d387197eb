import { expect, it } from 'vitest';
import { Rolling, type SampledClip, type StreamFrame, type WebModel } from '../../src/infer/index.js';
import { wholeHead } from '../../src/infer/streamHead.js';
import { type Tensor, float32 } from '../../src/tensor.js';

/** A model of 3 frames on one cell, whose feature is the first byte of a frame; it keeps what it was asked. */
function counting(): { model: WebModel; seen: number[]; asked: { features: number[]; clip: SampledClip }[] } {
  const seen: number[] = [];
  const asked: { features: number[]; clip: SampledClip }[] = [];
  const config = {
    frames: 3,
    grid: { channels: 1, height: 1, width: 1 },
    transform: { size: { width: 1, height: 1 } },
  };
  const model: WebModel = {
    config,
    async features({ data }: Tensor) {
      seen.push(Number(data[0]));
      return float32([Number(data[0])], [1, 1, 1, 1]);
    },
    async answer({ data }: Tensor, clip: SampledClip) {
      asked.push({ features: Array.from(data as Float32Array), clip });
      return {};
    },
    stream: () => wholeHead(model.answer, config),
  } as unknown as WebModel;
  return { model, seen, asked };
}

const frame = (timeSeconds: number): StreamFrame => ({
  timeSeconds,
  pixels: Uint8Array.of(timeSeconds * 10, 0, 0),
  width: 8,
  height: 6,
});

it('computes each frame once and answers on the last three, the first repeated until there are three', async () => {
  const { model, seen, asked } = counting();
  const rolling = new Rolling(model);
  for (const t of [1, 2, 3, 4]) await rolling.offer(frame(t));
  expect(seen).toEqual([10, 20, 30, 40]);
  expect(asked.map(({ features }) => features)).toEqual([
    [10, 10, 10],
    [10, 10, 20],
    [10, 20, 30],
    [20, 30, 40],
  ]);
  const { clip } = asked[3]!;
  expect(Array.from(clip.times)).toEqual([2, 3, 4]);
  expect(clip.indices).toEqual([1, 2, 3]);
  expect(clip.info).toMatchObject({ width: 8, height: 6, frames: 4, frameRate: 1 }); // two steps in two seconds
});

it('drops frames that come while one is computed, and counts them', async () => {
  const { model, seen } = counting();
  const rolling = new Rolling(model);
  const first = rolling.offer(frame(1));
  expect(await rolling.offer(frame(1.5))).toBeUndefined();
  expect(await rolling.offer(frame(1.6))).toBeUndefined();
  expect((await first)!.dropped).toBe(2);
  expect((await rolling.offer(frame(2)))!.dropped).toBe(2);
  expect(seen).toEqual([10, 20]);
});

it('looks only as often as asked, and does not call that dropping', async () => {
  const { model, seen } = counting();
  const rolling = new Rolling(model, { everySeconds: 0.5 });
  await rolling.offer(frame(1));
  expect(await rolling.offer(frame(1.3))).toBeUndefined();
  expect((await rolling.offer(frame(1.5)))!.dropped).toBe(0);
  expect(seen).toEqual([10, 15]);
});

it('tells the delay from offer to answer', async () => {
  const { model } = counting();
  const clock = [1000, 1250];
  const rolling = new Rolling(model, { now: () => clock.shift()! });
  expect((await rolling.offer(frame(1)))!.delaySeconds).toBeCloseTo(0.25, 12);
});

it('goes on after a frame that could not be computed', async () => {
  const { model } = counting();
  const features = model.features.bind(model);
  let isBroken = true;
  const flaky: WebModel = {
    ...model,
    features: (frames) => (isBroken ? Promise.reject(new Error('lost device')) : features(frames)),
  };
  const rolling = new Rolling(flaky);
  await expect(rolling.offer(frame(1))).rejects.toThrow('lost device');
  isBroken = false;
  expect(await rolling.offer(frame(2))).toBeDefined();
});
