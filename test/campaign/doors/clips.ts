// Small clips of many endings, their bytes changed, read as every command reads them: frames of the size that was asked for
// with times in order, or one error.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DecodePool } from '../../../src/video/index.js';
import { judged, requireFinite, type OpenDoor } from '../door.js';
import { mutatedBytes } from '../mutate.js';

/** Endings, with what ffmpeg is told beside them. */
const ENDINGS: Record<string, string[]> = {
  avi: ['-c:v', 'mpeg4'],
  mp4: ['-c:v', 'libx264'],
  mov: ['-c:v', 'mpeg4'],
  mkv: ['-c:v', 'libx264'],
  webm: ['-c:v', 'libvpx', '-deadline', 'realtime'],
  gif: [],
  flv: ['-c:v', 'flv'],
  wmv: ['-c:v', 'wmv2'],
  mpg: ['-c:v', 'mpeg1video', '-r', '25'],
  ts: ['-c:v', 'mpeg2video', '-r', '25'],
  '3gp': ['-c:v', 'h263', '-s', '176x144'],
  ogv: ['-c:v', 'libtheora'],
  y4m: ['-pix_fmt', 'yuv420p'],
  mjpeg: ['-c:v', 'mjpeg'],
  h264: ['-c:v', 'libx264'],
  ivf: ['-c:v', 'libvpx', '-deadline', 'realtime'],
};

/** Clips that the ffmpeg here can make; at least one. */
export const openClips: OpenDoor = async (folder) => {
  const seeds = Object.entries(ENDINGS).flatMap(([ending, codec]) => {
    const file = join(folder, `seed.${ending}`);
    const input = ['-f', 'lavfi', '-i', 'testsrc=size=48x32:rate=10:duration=1'];
    const { status } = spawnSync('ffmpeg', ['-v', 'error', '-y', ...input, '-threads', '1', ...codec, file]);
    return status === 0 ? [{ ending, bytes: Uint8Array.from(readFileSync(file)) }] : [];
  });
  if (seeds.length === 0) throw new Error('the door `clips` needs an ffmpeg on PATH that makes clips');
  const pool = new DecodePool({ threads: 1 });
  const size = { width: 16, height: 12 };
  return {
    attempt: async (random) => {
      const { ending, bytes } = random.pick(seeds);
      const path = join(folder, `changed.${ending}`);
      await writeFile(path, mutatedBytes(random, bytes));
      return judged(async () => {
        const { frames, times, shape, info } = await pool.readClip(path, { frames: 4, size });
        requireFinite({ times, info });
        if (frames.length !== shape.reduce((a, b) => a * b, 1)) throw new Error('frames of another size');
        if (times.some((time, i) => i > 0 && time < times[i - 1]!)) throw new Error('times out of order');
      });
    },
    close: () => pool.close(),
  };
};
