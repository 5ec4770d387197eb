// Folders of pictures as videos, and their agreement with a video of the same pictures.
import { createCanvas } from '@napi-rs/canvas';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openVideo, readClip } from '../../src/video/index.js';
import {
  ffmpeg,
  hasFfmpeg,
  hasMedia,
  join,
  mediaFolder,
  mkdirSync,
  rmSync,
  temporaryFolder,
  writeFileSync,
} from './media.js';

let folder: string;
beforeAll(() => (folder = temporaryFolder()));
afterAll(() => rmSync(folder, { recursive: true }));

function folderOf(name: string, files: Record<string, Uint8Array | string>): string {
  const path = join(folder, name);
  mkdirSync(path);
  for (const [file, bytes] of Object.entries(files)) writeFileSync(join(path, file), bytes);
  return path;
}

function picture(level: number, width = 16, height = 12): Buffer {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  context.fillStyle = `rgb(${level} ${level} ${level})`;
  context.fillRect(0, 0, width, height);
  return canvas.toBuffer('image/png');
}

test('pictures come in natural order at the assumed rate', async () => {
  const path = folderOf('natural', {
    'f10.png': picture(100),
    'f2.png': picture(20),
    'f1.PNG': picture(10),
    'notes.txt': 'x',
    '._f3.png': 'hidden',
  });
  const clip = await readClip(path, { frames: 3, frameRate: 5 });
  expect([0, 1, 2].map((i) => clip.frames[i * 16 * 12 * 3])).toEqual([10, 20, 100]);
  expect([...clip.times]).toEqual([0, 0.2, 0.4]);
  expect(clip.info).toMatchObject({ frames: 3, frameRate: 5, width: 16, height: 12, container: 'folder' });
});

test('a picture that cannot be read is named and shown as the one before', async () => {
  const path = folderOf('broken', {
    '1.jpg': 'no picture',
    '2.png': picture(50),
    '3.png': 'none',
    '4.png': picture(90),
  });
  const clip = await readClip(path, { frames: 4 });
  expect([0, 1, 2, 3].map((i) => clip.frames[i * 16 * 12 * 3])).toEqual([50, 50, 50, 90]);
  expect(clip.damagedFrames).toBe(2);
  expect(clip.warnings).toEqual(['2 pictures cannot be read, shown as the one before: 1.jpg, 3.png']);
});

test('pictures of other sizes are brought to the one asked for', async () => {
  const path = folderOf('sizes', { '1.png': picture(50), '2.png': picture(60, 40, 90) });
  const source = await openVideo(path);
  const sizes: number[] = [];
  for await (const frame of source.frames({ resize: 'crop' })) sizes.push(frame.data.length);
  expect(sizes).toEqual([16 * 12 * 3, 16 * 12 * 3]);
});

test('a folder without pictures, an empty one and one of broken pictures are errors', async () => {
  const empty = folderOf('empty', {});
  await expect(readClip(empty, { frames: 1 })).rejects.toThrow(
    `${empty}: a folder of pictures (jpg, png, webp, bmp), got an empty folder`,
  );
  await expect(readClip(folderOf('other', { 'a.txt': 'x' }), { frames: 1 })).rejects.toThrow(
    'a folder with 1 other file',
  );
  await expect(readClip(folderOf('bad', { 'a.jpg': 'x' }), { frames: 1 })).rejects.toThrow(
    'at least one picture that decodes',
  );
  await expect(readClip(empty, { frames: 1, frameRate: -1 })).rejects.toThrow('frameRate must be above 0');
});

test.skipIf(!hasMedia || !hasFfmpeg)(
  'a folder made of a video agrees with the video at any size',
  async () => {
    const video = join(mediaFolder, 'clips', 'archery.avi');
    const path = folderOf('archery', {});
    ffmpeg('-i', video, '-frames:v', '20', join(path, '%d.png'));
    for (const [width, height] of [
      [112, 112],
      [320, 240],
      [400, 100],
    ] as const)
      for (const resize of ['stretch', 'crop'] as const) {
        const options = { frames: [0, 9, 19], size: { width, height }, resize };
        const [a, b] = [await readClip(path, options), await readClip(video, options)];
        const errors = a.frames.map((value, i) => Math.abs(value - b.frames[i]!));
        const mean = errors.reduce((sum, e) => sum + e, 0) / errors.length;
        expect(mean).toBeLessThan(1.5); // chroma is scaled before it is turned into RGB in one, after it in the other
      }
  },
);
