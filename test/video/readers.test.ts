// One battery for all three readers, node-av, ffmpeg and the page: the same frames, times, sizes and colours of made clips, and,
// where the browser's `<video>` shows them, the same as that.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readClip, openVideo, type Resize, type Size } from '../../src/video/index.js';
import { openBrowserReader, type BrowserReader } from '../viewer/browserReader.js';
import { hasBrowser } from '../viewer/page.js';
import {
  cut,
  ffmpegOnce,
  hasFfmpeg,
  join,
  readFileSync,
  rmSync,
  temporaryFolder,
  writeFileSync,
} from './media.js';
import { farthest, readPatches, rightColours, writePatches } from './patches.js';

interface Read {
  pixels: ArrayLike<number>;
  times: number[];
  width: number;
  height: number;
  warnings: string[];
}

interface Asked {
  frames: number;
  size: Size;
  resize?: Resize;
}

let folder: string;
let page: BrowserReader | undefined;
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = temporaryFolder();
  if (hasBrowser && hasFfmpeg) page = await openBrowserReader(folder);
});
afterAll(async () => {
  await page?.close();
  rmSync(folder, { recursive: true });
});

const readers: Record<string, (path: string, asked: Asked) => Promise<Read>> = {
  'node-av': (path, asked) => inNode(path, asked, 'node-av'),
  ffmpeg: (path, asked) => inNode(path, asked, 'ffmpeg'),
  ...(hasBrowser && { page: inPage }),
};

async function inNode(path: string, asked: Asked, decoder: 'node-av' | 'ffmpeg'): Promise<Read> {
  const { times, info, warnings } = await openVideo(path, { decoder });
  const clip = await readClip(path, { ...asked, decoder });
  return { pixels: clip.frames, times: [...times], width: info.width, height: info.height, warnings };
}

async function inPage(path: string, { frames, size, resize = 'stretch' }: Asked): Promise<Read> {
  const { pixels, times, info, warnings } = await page!.read(path, {
    ...{ frames, size, resize },
    sampling: 'uniform',
  });
  return { pixels, times, width: info.width, height: info.height, warnings };
}

const [lowest, highest] = [rightColours(0.299, 0.114), rightColours(0.2126, 0.0722)];
const h264 = ['-c:v', 'libx264', '-qp', '2', '-pix_fmt', 'yuv420p'];
const vp8 = ['-c:v', 'libvpx', '-crf', '4', '-b:v', '20M', '-deadline', 'realtime'];
const vp9 = ['-c:v', 'libvpx-vp9', '-crf', '2', '-b:v', '0', '-deadline', 'realtime', '-cpu-used', '8'];
const tagged = (values: string): string[] => ['-bsf:v', `h264_metadata=${values}`];
const of709 = 'matrix_coefficients=1:colour_primaries=1:transfer_characteristics=1';
const of601 = 'matrix_coefficients=6:colour_primaries=6:transfer_characteristics=6';
const of2020 = (transfer: number): string[] => [
  ...h264,
  ...tagged(`matrix_coefficients=9:colour_primaries=9:transfer_characteristics=${transfer}`),
];
const tenBits = [
  ...vp9,
  ...['-pix_fmt', 'yuv420p10le', '-profile:v', '2'],
  ...[
    '-colorspace',
    'bt2020nc',
    '-color_primaries',
    'bt2020',
    '-color_trc',
    'smpte2084',
    '-color_range',
    'tv',
  ],
];

describe.runIf(hasFfmpeg).each(Object.keys(readers))('%s', (name) => {
  const read = readers[name]!;

  test.each([
    ['nothing said, 718 lines: BT.601', '718.mp4', 1280, 718, h264, lowest],
    ['nothing said, 720 lines: BT.709', '720.mp4', 1280, 720, h264, highest],
    ['nothing said, upright, 1280 lines: BT.709', 'upright.webm', 720, 1280, vp8, highest],
    ['nothing said, 240 lines, VP9: BT.601', '240.webm', 320, 240, vp9, lowest],
    ['BT.709 said, 240 lines', 'said-709.mp4', 320, 240, [...h264, ...tagged(of709)], highest],
    ['BT.601 said, 720 lines', 'said-601.mp4', 1280, 720, [...h264, ...tagged(of601)], lowest],
    [
      'full range said, no matrix',
      'full.mp4',
      320,
      240,
      [...h264, ...tagged('video_full_range_flag=1')],
      rightColours(0.299, 0.114, true),
    ],
  ] as const)('colours within a level: %s', async (_, file, width, height, args, right) => {
    const path = writePatches(at(file), width, height, [...args]);
    const size = { width: 96, height: 64 };
    const small = await read(path, { frames: 1, size });
    expect(farthest(readPatches(small.pixels, size.width, size.height), right)).toBeLessThanOrEqual(1);
    if (height > 300) return;
    const own = await read(path, { frames: 1, size: { width, height } });
    expect(farthest(readPatches(own.pixels, width, height), right)).toBeLessThanOrEqual(1);
  });

  test.each([
    ['the first enabled track of an MP4', 'enabled.mp4', ['0', 'default'], 96],
    ['the first of two enabled ones', 'both.mp4', ['default', 'default'], 64],
    ['the first track of Matroska, whatever is its default', 'second.mkv', ['0', 'default'], 64],
  ] as const)('reads the track that <video> plays: %s', async (_, file, [first, second], width) => {
    const path = twoTracks(at(file), first, second);
    const asked = { frames: 1, size: { width: 8, height: 8 } };
    const found = await read(path, asked);
    expect(found.width).toBe(width);
    const isRed = width === 64;
    expect(found.pixels[isRed ? 0 : 2]).toBeGreaterThan(200);
    if (page) expect((await page.shown(path)).width).toBe(width);
  });

  test.each([
    ['wide pixels', 'wide', '4/3', 85, 48],
    ['high pixels', 'high', '3/4', 64, 64],
  ] as const)(
    'gives the size that is shown, and cuts what is shown: %s',
    async (_, file, aspect, width, height) => {
      // a white square of 12 shown pixels a side lies in the middle of black
      const [w, h] = aspect === '4/3' ? [9, 12] : [12, 9];
      const draw = `drawbox=x=${32 - (w >> 1)}:y=${24 - (h >> 1)}:w=${w}:h=${h}:color=white:t=fill,setsar=${aspect}`;
      const black = ['-f', 'lavfi', '-i', 'color=black:size=64x48:rate=10:duration=0.2'];
      const path = ffmpegOnce(...black, '-vf', draw, ...h264, at(`${file}.mp4`));
      const side = Math.min(width, height);
      const found = await read(path, { frames: 1, size: { width: side, height: side }, resize: 'crop' });
      expect([found.width, found.height]).toEqual([width, height]);
      if (page) expect(await page.shown(path)).toMatchObject({ width, height });
      const isWhite = (x: number, y: number): boolean => found.pixels[(y * side + x) * 3]! > 128;
      const across = Array.from({ length: side }, (__, x) => isWhite(x, side >> 1)).filter(Boolean).length;
      const down = Array.from({ length: side }, (__, y) => isWhite(side >> 1, y)).filter(Boolean).length;
      expect(Math.abs(across - 12)).toBeLessThanOrEqual(1);
      expect(Math.abs(down - 12)).toBeLessThanOrEqual(1);
    },
  );

  test('reads a fast-start MP4 that was cut as far as it goes, and says what is missing', async () => {
    const film = ['-f', 'lavfi', '-i', 'testsrc2=size=160x120:rate=10:duration=4'];
    const whole = ffmpegOnce(
      ...film,
      ...h264,
      '-g',
      '10',
      '-bf',
      '0',
      '-movflags',
      '+faststart',
      at('whole.mp4'),
    );
    const path = cut(whole, at('cut.mp4'), 0.6);
    const { times, warnings } = await read(path, { frames: 4, size: { width: 8, height: 8 } });
    expect(times.length).toBeGreaterThan(15);
    expect(times.length).toBeLessThan(30);
    expect(warnings).toEqual([`${40 - times.length} of 40 declared frames missing`]);
    times.forEach((time, i) => expect(Math.abs(time - i / 10)).toBeLessThan(0.001));
    const { times: others } = await readers['node-av']!(path, { frames: 4, size: { width: 8, height: 8 } });
    expect(times.length).toBe(others.length);
  });

  test("reads VP9 of level 0, as browsers' recorders write it", async () => {
    const path = writePatches(at('level.mp4'), 320, 240, vp9);
    const bytes = readFileSync(path);
    bytes[bytes.indexOf('vpcC') + 9] = 0; // after version, flags and profile
    writeFileSync(path, bytes);
    const size = { width: 96, height: 64 };
    const { pixels, times } = await read(path, { frames: 1, size });
    expect(times.length).toBe(2);
    expect(farthest(readPatches(pixels, size.width, size.height), lowest)).toBeLessThanOrEqual(1);
  });

  test.each([
    ['PQ', 'PQ.mp4', of2020(16)],
    ['HLG', 'HLG.mp4', of2020(18)],
    ['PQ', '10-bits.webm', tenBits],
  ])(
    'reads colours of high dynamic range as stored, and warns of them: %s, %s',
    async (curve, file, args) => {
      const path = writePatches(at(file), 320, 240, args);
      const size = { width: 96, height: 64 };
      const { pixels, warnings } = await read(path, { frames: 1, size });
      expect(warnings.join()).toContain(`high dynamic range (${curve}), read as stored`);
      const right = rightColours(0.2627, 0.0593);
      expect(farthest(readPatches(pixels, size.width, size.height), right)).toBeLessThanOrEqual(1);
    },
  );
});

/** A red track of 64 x 48 and a blue one of 96 x 64, with these dispositions. */
function twoTracks(path: string, first: string, second: string): string {
  const film = (colour: string, size: string): string[] => [
    ...['-f', 'lavfi', '-i', `color=${colour}:size=${size}:rate=10:duration=0.5`],
  ];
  const films = [...film('red', '64x48'), ...film('blue', '96x64'), '-map', '0:v', '-map', '1:v'];
  return ffmpegOnce(...films, ...h264, '-disposition:v:0', first, '-disposition:v:1', second, path);
}
