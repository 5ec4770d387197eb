// Many clips on few threads, and what is refused at the door.
import { chmodSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Random } from '../../src/random.js';
import { DecodePool, openVideo, readClip, type ClipOutcome } from '../../src/video/index.js';
import { join, numberedVideo, rmSync, temporaryFolder, writeFileSync } from './media.js';

let folder: string;
let videos: string[];
beforeAll(async () => {
  folder = temporaryFolder();
  const count = [4, 9, 2, 12, 7, 5];
  videos = await Promise.all(count.map((n, i) => numberedVideo(join(folder, `${i}.mp4`), n)));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('clips come in the order asked for, and a broken one does not stop the rest', async () => {
  const pool = new DecodePool({ threads: 2 });
  const broken = join(folder, 'broken.mp4');
  writeFileSync(broken, 'text');
  const paths = [...videos.slice(0, 3), broken, ...videos.slice(3)];
  const outcomes: ClipOutcome[] = [];
  const wanted = paths.map((path) => ({ path, options: { frames: 2 } }));
  for await (const outcome of pool.readClips(wanted, { ahead: 3 })) outcomes.push(outcome);
  expect(outcomes.map(({ path }) => path)).toEqual(paths);
  expect(outcomes.map((o) => ('clip' in o ? o.clip.info.frames : 'broken'))).toEqual([
    4,
    9,
    2,
    'broken',
    12,
    7,
    5,
  ]);
  await pool.close();
  await expect(pool.readClip(videos[0]!, { frames: 1 })).rejects.toThrow('the threads were closed');
});

test('an abort ends the run and leaves the threads usable', async () => {
  const pool = new DecodePool({ threads: 1 });
  const stop = new AbortController();
  const wanted = Array.from({ length: 50 }, () => ({ path: videos[3]!, options: { frames: 2 } }));
  const read = async (): Promise<void> => {
    let count = 0;
    for await (const outcome of pool.readClips(wanted, { signal: stop.signal })) {
      expect(outcome).toHaveProperty('clip');
      if (++count === 2) stop.abort();
    }
  };
  await expect(read()).rejects.toThrow(/abort/i);
  expect((await pool.readClip(videos[0]!, { frames: 2 })).indices).toEqual([0, 2]);
  await pool.close();
});

test('closing rejects what is under way', async () => {
  const pool = new DecodePool({ threads: 1 });
  const first = pool.readClip(videos[0]!, { frames: 1 });
  await pool.close();
  await expect(first).rejects.toThrow('a decode thread');
});

test('segment-random repeats with its seed, and a broken file takes its draws too', async () => {
  const read = (random: Random) =>
    readClip(videos[3]!, { frames: 4, sampling: 'segment-random', random }).then(({ indices }) => indices);
  expect(await read(Random.from(8))).toEqual(await read(Random.from(8)));
  const [a, b] = [Random.from(1), Random.from(1)];
  await read(a);
  const options = { frames: 4, sampling: 'segment-random', random: b } as const;
  await expect(readClip(join(folder, 'none.mp4'), options)).rejects.toThrow('no such file');
  expect(b.state).toEqual(a.state);
});

test('a range is sampled as if it were the video', async () => {
  const clip = await readClip(videos[3]!, { frames: 3, range: { start: 6, end: 99 } });
  expect(clip.indices).toEqual([6, 8, 10]);
  await expect(readClip(videos[3]!, { frames: 3, range: { start: 40, end: 50 } })).rejects.toThrow(
    'must lie in 0 .. 11',
  );
  await expect(readClip(videos[3]!, { frames: [3, 12] })).rejects.toThrow('must lie in 0 .. 11, got 12');
});

test('missing, empty and closed files are told apart', async () => {
  const empty = join(folder, 'empty.mp4');
  writeFileSync(empty, '');
  await expect(openVideo(empty)).rejects.toThrow(`${empty}: a video file, got an empty file`);
  await expect(openVideo(join(folder, 'none.mp4'))).rejects.toMatchObject({ code: 'missing' });
  await expect(openVideo('')).rejects.toThrow('an empty path');
  await expect(openVideo(undefined as unknown as string)).rejects.toThrow('got undefined');
});

test.skipIf(process.getuid?.() === 0)('a file without permission is named', async () => {
  const path = await numberedVideo(join(folder, 'closed.mp4'), 1);
  chmodSync(path, 0);
  await expect(openVideo(path)).rejects.toThrow('no permission to read it');
});

test('wrong options are named', async () => {
  const path = videos[0]!;
  await expect(readClip(path, { frames: 0 })).rejects.toThrow(
    'clip.frames: a whole number of at least 1, got 0',
  );
  await expect(readClip(path, { frames: 1, size: { width: 1.5, height: 2 } })).rejects.toThrow(
    'clip.size.width',
  );
  await expect(readClip(path, { frames: 1, sampling: 'segment-random' })).rejects.toThrow('without a random');
});
