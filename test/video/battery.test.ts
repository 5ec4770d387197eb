// One battery for every decoder of files: what each must give for good files and for broken ones.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openVideo, readClip, type DecoderName, type Frame } from '../../src/video/index.js';
import {
  cut,
  ffmpegOnce,
  hasFfmpeg,
  join,
  numbered,
  numberedVideo,
  readFileSync,
  rmSync,
  temporaryFolder,
  withMatrix,
  writeFileSync,
} from './media.js';

let folder: string;
let plain: string;
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = temporaryFolder();
  plain = await numberedVideo(at('plain.mp4'), 20);
});
afterAll(() => rmSync(folder, { recursive: true }));

async function all(path: string, decoder: DecoderName): Promise<Frame[]> {
  const frames: Frame[] = [];
  for await (const frame of (await openVideo(path, { decoder })).frames()) frames.push(frame);
  return frames;
}

const grey = ({ data }: { data: Uint8Array }): number => data.at(-1)!;

describe.each(['node-av', 'ffmpeg'] as const)('%s', (decoder) => {
  const withTools = test.skipIf(!hasFfmpeg);
  const itself = decoder === 'ffmpeg' ? withTools : test;

  itself('gives every frame in order with its time and its picture', async () => {
    const frames = await all(plain, decoder);
    expect(frames.map(({ index }) => index)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    frames.forEach((frame, i) => {
      expect(frame.timeSeconds).toBeCloseTo(i / 10, 6);
      expect(Math.abs(grey(frame) - (20 + 10 * i))).toBeLessThanOrEqual(2);
      expect(frame.data.length).toBe(64 * 48 * 3);
    });
  });

  itself('tells what it counted', async () => {
    const { info, warnings, times } = await openVideo(plain, { decoder });
    expect(info).toMatchObject({
      width: 64,
      height: 48,
      frames: 20,
      frameRate: 10,
      codec: 'h264',
      rotation: 0,
    });
    expect(info.isVariableRate).toBe(false);
    expect(info.durationSeconds).toBeCloseTo(2, 6);
    expect(times.length).toBe(20);
    expect(warnings).toEqual([]);
  });

  withTools.each([
    [0, 0.1],
    [1, 0.1],
    [2, 0.02],
    [5, 0.05],
  ])('shows a GIF as browsers do: a delay of %i/100 s takes %f s', async (delay, seconds) => {
    const path = ffmpegOnce(...['-i', plain, '-frames:v', '4'], at(`delay${delay}.gif`));
    const bytes = readFileSync(path);
    const mark = Buffer.from([0x21, 0xf9, 4]); // before each picture's delay
    for (let from = bytes.indexOf(mark); from >= 0; from = bytes.indexOf(mark, from + 1))
      bytes.writeUInt16LE(delay, from + 4);
    writeFileSync(path, bytes);
    const { times, info } = await openVideo(path, { decoder });
    [...times].forEach((time, i) => expect(time).toBeCloseTo(i * seconds, 6));
    expect(info.durationSeconds).toBeCloseTo(4 * seconds, 6);
  });

  withTools('lays what shines through on black', async () => {
    const half = ['-f', 'lavfi', '-i', 'color=0xc83214@0.5:size=64x48:rate=10:duration=0.2,format=rgba'];
    const path = ffmpegOnce(...half, '-c:v', 'png', at('half.mov'));
    const [frame] = await all(path, decoder);
    [0x64, 0x19, 0x0a].forEach((level, c) =>
      expect(Math.abs(frame!.data[c]! - level)).toBeLessThanOrEqual(1),
    );
  });

  withTools('leaves opaque pixels of pictures with alpha as they are', async () => {
    const ramp = [
      '-f',
      'lavfi',
      '-i',
      'color=black:size=256x2:rate=10:duration=0.1,format=gbrap,geq=r=X:g=X:b=X:a=255',
    ];
    const path = ffmpegOnce(...ramp, '-c:v', 'png', at('ramp.mov'));
    const [frame] = await all(path, decoder);
    expect(Array.from({ length: 256 }, (_, x) => frame!.data[3 * x])).toEqual(
      Array.from({ length: 256 }, (_, x) => x),
    );
  });

  withTools('tells the shape of pixels that are no squares, and says nothing of those that are', async () => {
    const wide = ffmpegOnce(...['-i', plain, '-vf', 'setsar=2', '-c:v', 'mpeg4'], at('wide.mp4'));
    expect((await openVideo(wide, { decoder })).info).toMatchObject({
      pixelAspect: 2,
      width: 128,
      height: 48,
    });
    expect((await openVideo(plain, { decoder })).info).not.toHaveProperty('pixelAspect');
  });

  withTools(
    'takes samples that an edit list hides for none, neither as frames nor as missing ones',
    async () => {
      const long = ffmpegOnce(
        ...['-i', plain, '-c:v', 'libx264', '-g', '20', '-pix_fmt', 'yuv420p'],
        at('long.mp4'),
      );
      const copied = ffmpegOnce('-ss', '0.7', '-i', long, '-c', 'copy', at('copied.mp4'));
      const { info, times, missingFrames, warnings } = await openVideo(copied, { decoder });
      expect([info.frames, missingFrames, warnings]).toEqual([13, 0, []]); // frames 7 to 19; the file holds all 20
      expect(times[0]).toBeCloseTo(0, 6);
      expect(Math.abs(grey((await all(copied, decoder))[0]!) - (20 + 70))).toBeLessThanOrEqual(3);
    },
  );

  withTools.each([
    ['a film that begins after its sound', 'mp4', 2, 2],
    ['a film alone that begins late', 'webm', 0.5, 0.5],
    ['a broadcast stream, whose clock begins anywhere', 'ts', 3, 0],
  ])('counts times as players do: %s', async (_, ending, offset, first) => {
    const sound = ['-f', 'lavfi', '-i', 'sine=duration=2'];
    const shifted =
      ending === 'mp4'
        ? ['-itsoffset', `${offset}`, '-i', plain, ...sound, '-map', '0:v', '-map', '1:a', '-c:v', 'copy']
        : ['-i', plain, ...(ending === 'webm' ? ['-c:v', 'libvpx'] : ['-c', 'copy']), '-an'];
    const late = ffmpegOnce(
      ...shifted,
      ...(ending === 'mp4' ? [] : ['-output_ts_offset', `${offset}`]),
      at(`late.${ending}`),
    );
    const { info, times } = await openVideo(late, { decoder });
    expect(info.frames).toBe(20);
    expect(times[0]).toBeCloseTo(first, 2);
    expect(times.at(-1)! - times[0]!).toBeCloseTo(1.9, 2);
    expect(info.durationSeconds).toBeCloseTo(first + 2, 2);
    expect(info.frameRate).toBeCloseTo(10, 1);
  });

  withTools.each([
    ['beside the end, as a cut without decoding leaves it, for no change of the rate', 18, false],
    ['in the middle for one', 9, true],
  ])('takes a picture that is missing %s', async (_, place, isVariableRate) => {
    const without = ['-vf', `select=not(eq(n\\,${place}))`, '-fps_mode', 'passthrough', '-c:v', 'mpeg4'];
    const path = ffmpegOnce('-i', plain, ...without, at(`hole-${place}.mp4`));
    const { info, times } = await openVideo(path, { decoder });
    expect(times[place]! - times[place - 1]!).toBeCloseTo(0.2, 6);
    expect(info.isVariableRate).toBe(isVariableRate);
    expect(info.frameRate).toBeCloseTo(isVariableRate ? 18 / 1.9 : 10, 6);
  });

  withTools('does not miss the empty samples by which an AVI shows a picture again', async () => {
    const doubled = ffmpegOnce(
      ...['-i', plain, '-vf', 'select=not(eq(n\\,5))', '-fps_mode', 'passthrough', '-c:v', 'mpeg4'],
      at('empty.avi'),
    );
    const { info, missingFrames, warnings } = await openVideo(doubled, { decoder });
    expect([info.frames, missingFrames, warnings]).toEqual([19, 0, []]); // 20 samples, of which the sixth is empty
  });

  itself('samples the frames of the rule and no other', async () => {
    const clip = await readClip(plain, { frames: 6, size: { width: 8, height: 8 }, decoder });
    expect(clip.indices).toEqual([0, 3, 6, 9, 12, 15]);
    expect(clip.shape).toEqual([6, 8, 8, 3]);
    expect([...clip.times].map((t) => +t.toFixed(6))).toEqual([0, 0.3, 0.6, 0.9, 1.2, 1.5]);
    const greys = clip.indices.map((_, i) => clip.frames[(i + 1) * 8 * 8 * 3 - 1]!);
    greys.forEach((value, i) => expect(Math.abs(value - (20 + 30 * i))).toBeLessThanOrEqual(2));
  });

  itself('repeats the last frame of a video that is too short, and says so', async () => {
    const short = await numberedVideo(at('short.mp4'), 3);
    const clip = await readClip(short, { frames: 5, decoder });
    expect(clip.indices).toEqual([0, 1, 2, 2, 2]);
    expect(clip.warnings).toEqual([`3 frames for the 5 asked for, the last one is repeated`]);
  });

  itself('reads a video of one frame', async () => {
    const one = await numberedVideo(at('one.mp4'), 1);
    const clip = await readClip(one, { frames: 2, sampling: 'centred', decoder });
    expect(clip.info).toMatchObject({ frames: 1, isVariableRate: false });
    expect(clip.indices).toEqual([0, 0]);
  });

  itself('reads 2 x 2 pixels', async () => {
    const tiny = await numberedVideo(at('tiny.mp4'), 4, 2, 2);
    const clip = await readClip(tiny, { frames: 4, size: { width: 16, height: 16 }, decoder });
    expect(clip.info).toMatchObject({ width: 2, height: 2 });
    expect(clip.frames.length).toBe(4 * 16 * 16 * 3);
  });

  itself.each([
    [90, [0, 1, -1, 0], 48, 64, 'top right'],
    [180, [-1, 0, 0, -1], 64, 48, 'bottom right'],
    [270, [0, -1, 1, 0], 48, 64, 'bottom left'],
  ] as const)(
    'turns a video by its display matrix: %i degrees',
    async (degrees, matrix, width, height, corner) => {
      const path = withMatrix(plain, at(`rotated-${degrees}.mp4`), [...matrix]);
      const { info } = await openVideo(path, { decoder });
      expect(info).toMatchObject({ width, height, rotation: degrees });
      const [frame] = await all(path, decoder);
      const white = (x: number, y: number): boolean => frame!.data[(y * width + x) * 3]! > 200;
      const corners = {
        'top left': white(2, 2),
        'top right': white(width - 3, 2),
        'bottom left': white(2, height - 3),
        'bottom right': white(width - 3, height - 3),
      };
      expect(Object.entries(corners).filter(([, isWhite]) => isWhite)).toEqual([[corner, true]]);
    },
  );

  itself('keeps the aspect when it crops: a square cut from the middle', async () => {
    const clip = await readClip(plain, {
      frames: 1,
      size: { width: 48, height: 48 },
      resize: 'crop',
      decoder,
    });
    const white = (x: number): boolean => clip.frames[(2 * 48 + x) * 3]! > 200;
    expect([white(0), white(6), white(10)]).toEqual([true, true, false]); // the square reaches x = 16, of which 8 are cut
  });

  withTools('takes the true times of a variable frame rate', async () => {
    const path = ffmpegOnce(
      '-i',
      plain,
      '-vf',
      "setpts='if(lt(N,10),N,10+3*(N-10))*0.1/TB'",
      '-fps_mode',
      'vfr',
      at('cursed-vfr.mp4'),
    );
    const { info, times } = await openVideo(path, { decoder });
    expect(info.isVariableRate).toBe(true);
    expect(info.frames).toBe(20);
    expect(times[9]).toBeCloseTo(0.9, 3);
    expect(times[19]).toBeCloseTo(1 + 3 * 0.9, 3);
  });

  withTools('numbers the frames of an AVI whose packets have no time stamps', async () => {
    const path = ffmpegOnce('-i', plain, '-c:v', 'mpeg4', '-bf', '2', '-q:v', '2', at('b-frames.avi'));
    const frames = await all(path, decoder);
    expect(frames.length).toBe(20);
    frames.forEach((frame, i) => {
      expect(frame.timeSeconds).toBeCloseTo(i / 10, 6);
      expect(Math.abs(grey(frame) - (20 + 10 * i))).toBeLessThanOrEqual(6);
    });
  });

  withTools('counts damaged and missing frames of an AVI that was cut, and gives the rest', async () => {
    const noise = ['-f', 'lavfi', '-i', 'testsrc2=size=160x120:rate=10:duration=4'];
    const whole = ffmpegOnce(...noise, '-c:v', 'mpeg4', '-q:v', '3', at('whole.avi'));
    const clip = await readClip(cut(whole, at('cut.avi'), 0.5), { frames: 8, decoder });
    expect(clip.info.frames).toBeGreaterThan(10);
    expect(clip.info.frames + clip.missingFrames).toBe(40);
    expect(clip.damagedFrames).toBe(1); // the frame in which the file ends
    expect(clip.warnings.join('\n')).toMatch(/1 frame damaged[^]*of 40 declared frames missing/);
  });

  withTools('reads frames that change size midway as the first one', async () => {
    const part = (size: string, name: string): string =>
      ffmpegOnce(
        '-f',
        'lavfi',
        '-i',
        `testsrc=size=${size}:rate=10:duration=1`,
        '-c:v',
        'mpeg2video',
        '-f',
        'mpegts',
        at(name),
      );
    const parts = [part('64x48', `a.ts`), part('96x80', `b.ts`)];
    const path = ffmpegOnce(
      '-i',
      `concat:${parts.join('|')}`,
      '-c',
      'copy',
      '-f',
      'mpegts',
      at('changing-size.ts'),
    );
    for (const resize of ['stretch', 'crop'] as const) {
      const clip = await readClip(path, { frames: 20, resize, decoder });
      expect(clip.shape).toEqual([20, 48, 64, 3]);
      expect(clip.warnings.join()).toContain('10 frames of another size');
    }
  });

  withTools('takes colours by the matrix that the stream names', async () => {
    const red = ['-f', 'lavfi', '-i', 'color=0xc83214:size=64x64:rate=10:duration=0.3'];
    for (const matrix of ['bt709', 'bt601']) {
      const scale = ['-vf', `scale=out_color_matrix=${matrix}:out_range=tv,format=yuv420p`];
      const tag = ['-colorspace', matrix === 'bt709' ? 'bt709' : 'smpte170m'];
      const path = ffmpegOnce(...red, ...scale, ...tag, '-c:v', 'libx264', '-qp', '2', at(`${matrix}.mp4`));
      const { frames } = await readClip(path, { frames: 1, decoder });
      [0xc8, 0x32, 0x14].forEach((level, c) => expect(Math.abs(frames[c]! - level)).toBeLessThanOrEqual(3));
    }
  });

  withTools('takes a file with sound alone for what it is', async () => {
    const path = ffmpegOnce('-f', 'lavfi', '-i', 'sine=duration=1', at('audio-only.m4a'));
    await expect(readClip(path, { frames: 1, decoder })).rejects.toThrow('a file with sound and no pictures');
  });

  itself('names an MP4 without its index', async () => {
    const path = at('no-index.mp4');
    const box = Buffer.from([0, 0, 0, 16, ...Buffer.from('ftypisom'), 0, 0, 2, 0]);
    writeFileSync(
      path,
      Buffer.concat([box, Buffer.from([0, 0, 255, 255, ...Buffer.from('mdat')]), Buffer.alloc(999, 7)]),
    );
    await expect(openVideo(path, { decoder })).rejects.toThrow(
      `${path}: a video, got an MP4 without its index (moov)`,
    );
  });

  itself('names a text file under the name of a video', async () => {
    const path = at('text.mp4');
    writeFileSync(path, 'this is no video\n'.repeat(50));
    await expect(openVideo(path, { decoder })).rejects.toThrow(`${path}: a video, got a text file`);
  });

  itself('takes noise for an error, not for a crash', async () => {
    const path = at('noise.avi');
    writeFileSync(
      path,
      Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) >> 3),
    );
    await expect(openVideo(path, { decoder })).rejects.toMatchObject({ name: 'WhereWhenError', path });
  });

  itself('reads names with spaces, colons and signs of the shell', async () => {
    const path = await numberedVideo(at(`a b: $HOME %03d 'ä' ${decoder}.mp4`), 2);
    expect((await openVideo(path, { decoder })).info.frames).toBe(2);
  });

  itself('stops when it is told to', async () => {
    const stop = new AbortController();
    const source = await openVideo(plain, { decoder });
    const read = async (): Promise<void> => {
      for await (const frame of source.frames({ signal: stop.signal })) if (frame.index === 2) stop.abort();
    };
    await expect(read()).rejects.toThrow(/abort/i);
    await expect(readClip(plain, { frames: 2, decoder, signal: stop.signal })).rejects.toThrow(/abort/i);
    expect((await readClip(plain, { frames: 2, decoder })).indices).toEqual([0, 10]); // and goes on after it
  });

  itself('lets a reader leave early and come back', async () => {
    const source = await openVideo(plain, { decoder });
    for await (const frame of source.frames()) if (frame.index === 1) break;
    const kept: number[] = [];
    for await (const frame of source.frames({ indices: [17, 3] })) kept.push(frame.index);
    expect(kept).toEqual([3, 17]);
    const beyond = source.frames({ indices: [20] })[Symbol.asyncIterator]();
    await expect(beyond.next()).rejects.toThrow('must lie in 0 .. 19, got 20');
    await source.close();
  });

  itself('agrees with the picture that was encoded, pixel by pixel', async () => {
    const [frame] = await all(plain, decoder);
    const truth = numbered(0);
    const error = truth.reduce((sum, value, i) => sum + Math.abs(value - frame!.data[i]!), 0) / truth.length;
    expect(error).toBeLessThan(1);
  });
});
