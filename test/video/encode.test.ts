import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ownerMark } from '../../src/owner.js';
import { encodeVideo, openVideo, readClip } from '../../src/video/index.js';
import { heldRate, rational } from '../../src/video/frameRate.js';
import { readdirSync, statSync } from 'node:fs';
import { existsSync, hasFfmpeg, join, numbered, readFileSync, rmSync, temporaryFolder } from './media.js';

let folder: string;
beforeAll(() => (folder = temporaryFolder()));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

const colours = [
  [255, 255, 255],
  [0, 0, 0],
  [200, 40, 30],
  [30, 180, 60],
  [40, 60, 210],
  [230, 220, 40],
];
const flat = ([r, g, b]: number[], width: number, height: number): Uint8Array =>
  Uint8Array.from({ length: width * height * 3 }, (_, i) => [r, g, b][i % 3]!);

describe.each(['node-av', 'ffmpeg'] as const)('%s', (encoder) => {
  const itself = test.skipIf(encoder === 'ffmpeg' && !hasFfmpeg);

  itself('keeps colours within three levels', async () => {
    const path = at(`colours-${encoder}.mp4`);
    const frames = colours.map((colour) => flat(colour, 32, 32));
    await encodeVideo(path, { width: 32, height: 32, frameRate: 25, quality: 8, frames, encoder });
    const clip = await readClip(path, { frames: colours.length });
    colours.forEach((colour, i) => {
      const middle = (i * 32 * 32 + 16 * 32 + 16) * 3;
      colour.forEach((level, c) => expect(Math.abs(clip.frames[middle + c]! - level)).toBeLessThanOrEqual(3));
    });
  });

  itself('pads odd sizes to even ones', async () => {
    const path = at(`odd-${encoder}.mp4`);
    await encodeVideo(path, {
      width: 33,
      height: 17,
      frameRate: 25,
      frames: [flat([90, 90, 90], 33, 17)],
      encoder,
    });
    const clip = await readClip(path, { frames: 1 });
    expect(clip.info).toMatchObject({ width: 34, height: 18, frames: 1 });
    expect(Math.abs(clip.frames.at(-1)! - 90)).toBeLessThanOrEqual(2);
  });

  itself('writes the same bytes for the same pictures, with the index in front', async () => {
    const write = async (name: string): Promise<Buffer> => {
      const frames = Array.from({ length: 12 }, (_, i) => numbered(i));
      await encodeVideo(at(name), { width: 64, height: 48, frameRate: 12.5, frames, encoder });
      return readFileSync(at(name));
    };
    const [a, b] = [await write(`same-a-${encoder}.mp4`), await write(`same-b-${encoder}.mp4`)];
    expect(a.equals(b)).toBe(true);
    expect(a.indexOf('moov')).toBeLessThan(a.indexOf('mdat'));
    const { info } = await openVideo(at(`same-a-${encoder}.mp4`));
    expect(info).toMatchObject({ frames: 12, frameRate: 12.5, codec: 'h264' });
  });

  itself('takes RGBA and an asynchronous source', async () => {
    async function* pictures(): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < 5; i++)
        yield Uint8Array.from({ length: 8 * 8 * 4 }, (_, k) => (k % 4 === 3 ? 0 : 40 * i));
    }
    const path = at(`rgba-${encoder}.mp4`);
    await encodeVideo(path, { width: 8, height: 8, frameRate: 25, frames: pictures(), encoder });
    const { frames } = await readClip(path, { frames: 5 });
    [0, 40, 80, 120, 160].forEach((level, i) =>
      expect(Math.abs(frames[i * 192]! - level)).toBeLessThanOrEqual(3),
    );
  });

  itself('leaves nothing behind when it fails', async () => {
    const path = at(`fails-${encoder}.mp4`);
    const options = { width: 8, height: 8, frameRate: 25, encoder };
    await expect(encodeVideo(path, { ...options, frames: [new Uint8Array(7)] })).rejects.toThrow(
      `${path}: pictures of 8 x 8 must hold 192 (RGB) or 256 (RGBA) bytes, got 7`,
    );
    await expect(encodeVideo(path, { ...options, frames: [] })).rejects.toThrow(
      'at least one picture, got 0 pictures',
    );
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(192);
      throw new Error('the source broke');
    }
    await expect(encodeVideo(path, { ...options, frames: broken() })).rejects.toThrow('the source broke');
    const stop = AbortSignal.abort();
    await expect(encodeVideo(path, { ...options, frames: [], signal: stop })).rejects.toThrow(/abort/i);
    await expect.poll(() => readdirSync(folder).filter((name) => name.startsWith('fails'))).toEqual([]);
  });

  itself('says so when the disk is full', async (context) => {
    if (!existsSync('/dev/full')) context.skip();
    // /dev/full takes no byte; a link under the temporary name stands for a full disk
    const { symlinkSync } = await import('node:fs');
    const path = at(`full-${encoder}.mp4`);
    symlinkSync('/dev/full', `${path}.${ownerMark()}.part`);
    const frames = Array.from({ length: 30 }, (_, i) => numbered(i % 20));
    const written = encodeVideo(path, { width: 64, height: 48, frameRate: 25, frames, encoder });
    await expect(written).rejects.toMatchObject({ code: 'output', path });
    expect(existsSync(path)).toBe(false);
    expect(statSync('/dev/full').isCharacterDevice()).toBe(true);
  });
});

test('wrong options are named before work starts', async () => {
  const frames: Uint8Array[] = [];
  await expect(encodeVideo(at('x.mp4'), { width: 0, height: 8, frameRate: 25, frames })).rejects.toThrow(
    'encodeVideo: options.width: must be a whole number of at least 1, got 0',
  );
  await expect(encodeVideo(at('x.mp4'), { width: 8, height: 8, frameRate: NaN, frames })).rejects.toThrow(
    'frameRate',
  );
  await expect(
    encodeVideo(at('no/x.mp4'), { width: 8, height: 8, frameRate: 5, frames }),
  ).rejects.toMatchObject({
    code: 'output',
  });
});

test('frame rates become fractions', () => {
  expect(rational(25)).toEqual([25, 1]);
  expect(rational(30000 / 1001)).toEqual([30000, 1001]);
  expect(rational(12.5)).toEqual([12500, 1000]);
  expect(heldRate(29.8868040627878)).toBe(29.887); // 0.36 of a frame apart after 54944 frames
});
