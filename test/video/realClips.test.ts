// Real recordings in many formats: both decoders, frame by frame.
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openVideo, type Frame, type VideoSource } from '../../src/video/index.js';
import { hasFfmpeg, hasMedia, join, mediaFolder } from './media.js';

const inFolder = (folder: string, keep: RegExp): string[] =>
  hasMedia
    ? readdirSync(join(mediaFolder, folder))
        .filter((name) => keep.test(name))
        .map((name) => join(folder, name))
    : [];
const clips = [
  ...inFolder('clips', /./),
  ...inFolder('ucf24', /\.(avi|mp4)$/),
  ...inFolder('weizmann/walk', /^(ido|lena|eli)/),
];

const size = { width: 96, height: 72 };
const options = { size, resize: 'crop' } as const;

/** Largest and mean difference of all pictures, largest of the times, and how many pairs there were. */
async function compare(a: VideoSource, b: VideoSource) {
  const other = b.frames(options)[Symbol.asyncIterator]();
  let [largest, sum, time, pairs] = [0, 0, 0, 0];
  for await (const frame of a.frames(options)) {
    const twin = (await other.next()).value as Frame;
    for (let i = 0; i < frame.data.length; i++) {
      const difference = Math.abs(frame.data[i]! - twin.data[i]!);
      largest = Math.max(largest, difference);
      sum += difference;
    }
    time = Math.max(time, Math.abs(frame.timeSeconds - twin.timeSeconds));
    pairs++;
  }
  return { largest, mean: sum / pairs / (size.width * size.height * 3), time, pairs };
}

describe.skipIf(!hasMedia)('real clips', () => {
  test('there are some', () => expect(clips.length).toBeGreaterThan(15));

  test.skipIf(!hasFfmpeg).each(clips)(
    '%s: node-av and ffmpeg agree on every frame and time',
    async (name) => {
      const path = join(mediaFolder, name);
      const [a, b] = await Promise.all([
        openVideo(path, { decoder: 'node-av' }),
        openVideo(path, { decoder: 'ffmpeg' }),
      ]);
      expect(a.info).toEqual({
        ...b.info,
        durationSeconds: expect.closeTo(b.info.durationSeconds, 6) as number,
        frameRate: expect.closeTo(b.info.frameRate, 6) as number,
      });
      expect([a.damagedFrames, a.missingFrames]).toEqual([b.damagedFrames, b.missingFrames]);
      const { largest, mean, time, pairs } = await compare(a, b);
      expect(pairs).toBe(a.info.frames);
      expect(largest).toBeLessThanOrEqual(4); // versions of FFmpeg differ by a rounding in MPEG-4's inverse transform
      expect(mean).toBeLessThan(name.endsWith('.gif') ? 1e-9 : 0.02);
      expect(time).toBeLessThan(1e-6);
    },
  );

  test('a phone video stands upright and a GIF and MPEG-1 have their frames', async () => {
    const info = async (name: string) => (await openVideo(join(mediaFolder, 'clips', name))).info;
    expect(await info('squats.mp4')).toMatchObject({ width: 720, height: 1280, frames: 65, frameRate: 5 });
    expect(await info('cricket_shot_flow.gif')).toMatchObject({ width: 224, height: 224, frames: 79 });
    expect(await info('biking_mpeg1.mpg')).toMatchObject({ frames: 151, codec: 'mpeg1video' });
    expect(await info('plastering_untrimmed.avi')).toMatchObject({ frames: 1616 });
  });
});
