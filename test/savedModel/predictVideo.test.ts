// Long videos from files: which frames are looked at, and what becomes of them.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everySoOften } from '../../src/savedModel/predictVideo.js';
import { openModel, predictVideo } from '../../src/savedModel/index.js';
import type { Predictor } from '../../src/infer/index.js';
import { encodeVideo } from '../../src/video/index.js';
import { writeTinyModel } from './tinyModel.js';

describe('everySoOften', () => {
  it('takes the first frame at or after each multiple of the spacing', () => {
    // 12 frames a second: 0.5 s are 6 frames, and 1/3 s are 4.
    const times = Array.from({ length: 25 }, (_, i) => i / 12);
    expect(everySoOften(times, 0.5)).toEqual([0, 6, 12, 18, 24]);
    expect(everySoOften(times, 1 / 3)).toEqual([0, 4, 8, 12, 16, 20, 24]);
    // 0.2 s fall between frames: multiples 0, .2, .4, .6, .8, 1 are met by the frames at 0, .25, .417, .667, .833, 1.
    expect(everySoOften(times.slice(0, 13), 0.2)).toEqual([0, 3, 5, 8, 10, 12]);
  });

  it('takes a frame once where frames are rarer than the spacing, and none where there are none', () => {
    expect(everySoOften([0, 1, 2], 0.1)).toEqual([0, 1, 2]);
    expect(everySoOften([], 1)).toEqual([]);
  });

  it('begins with the first frame, whenever it is, and goes on after a gap', () => {
    expect(everySoOften([0.3, 0.6, 1.2, 7.9, 8.1, 9], 1)).toEqual([0, 2, 3, 4, 5]);
  });
});

describe('predictVideo', () => {
  let folder: string;
  let video: string;
  let predictor: Predictor;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wherewhen-long-'));
    video = join(folder, 'long.mp4');
    const grey = function* () {
      for (let t = 0; t < 60; t++) yield new Uint8Array(64 * 48 * 3).fill(4 * t);
    };
    await encodeVideo(video, { width: 64, height: 48, frameRate: 10, frames: grey() });
    await writeTinyModel(join(folder, 'model'), ['run', 'sit'], { frames: 4 });
    predictor = await openModel(join(folder, 'model'), { threads: 1 });
  });
  afterAll(async () => {
    await predictor.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('answers for every frame that it looks at, and says how far it is', async () => {
    const seen: [number, number][] = [];
    const result = await predictVideo(predictor, video, {
      windowSeconds: 2, // four frames a window: one every half second
      onProgress: (done, total) => seen.push([done, total]),
    });
    expect(result.clip).toBe(video);
    expect(result.frames.map(({ index }) => index)).toEqual([0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55]);
    expect(seen.at(-1)).toEqual([12, 12]);
    expect(seen).toHaveLength(12);
    expect(result.curves!.values.map((row) => row.length)).toEqual([12, 12]);
    expect(result.classes.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 5);
  });

  it('answers as the predictor does where the video is one window', async () => {
    const { result } = await (async () => {
      const { readClip } = await import('../../src/video/index.js');
      const clip = await readClip(video, { ...predictor.shape, frames: [0, 15, 30, 45] });
      return predictor.predict(clip, video);
    })();
    const whole = await predictVideo(predictor, video, { windowSeconds: 6 });
    expect(whole.frames).toEqual(
      result.frames.map((frame) => ({ ...frame, weight: expect.closeTo(frame.weight, 6) as number })),
    );
    expect(whole.classes).toEqual(result.classes);
  });

  it('stops at a signal, and throws what opening a file throws', async () => {
    const signal = AbortSignal.abort();
    await expect(predictVideo(predictor, video, { windowSeconds: 2, signal })).rejects.toThrow(/abort/i);
    const gone = join(folder, 'gone.mp4');
    await expect(predictVideo(predictor, gone, { windowSeconds: 2 })).rejects.toMatchObject({
      code: 'missing',
    });
  });
});
