// Encodes with the `ffmpeg` on PATH, with the settings of the node-av encoder.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { paddedSize, type EncodeOptions, type Encoding } from './encoding.js';
import { rational } from './frameRate.js';

/** Starts ffmpeg with raw RGB pictures on its standard input. */
export async function encodeWithFfmpeg(path: string, options: EncodeOptions): Promise<Encoding> {
  const { width, height } = paddedSize(options);
  const child = spawn(
    'ffmpeg',
    [
      ...['-v', 'error', '-y', '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${width}x${height}`],
      ...['-r', rational(options.frameRate).join('/'), '-i', 'pipe:0'],
      ...['-threads', '1', '-fflags', '+bitexact'],
      ...[
        '-flags:v',
        '+bitexact',
        '-sws_flags',
        'bicubic',
        '-vf',
        'scale=out_color_matrix=bt601:out_range=tv',
      ],
      ...[
        '-c:v',
        'libx264',
        '-preset',
        'veryfast',
        '-crf',
        `${options.quality ?? 18}`,
        '-x264-params',
        'mbtree=0', // differs from run to run, see encodeNodeAv.ts
        '-pix_fmt',
        'yuv420p',
      ],
      ...['-colorspace', 'smpte170m', '-color_primaries', 'smpte170m', '-color_trc', 'smpte170m'],
      ...['-color_range', 'tv', '-movflags', '+faststart', '-f', 'mp4', `file:${path}`],
    ],
    { stdio: ['pipe', 'ignore', 'pipe'] },
  );
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => (words = (words + chunk.toString()).slice(-2000)));
  child.stdin.on('error', () => undefined); // a dead ffmpeg is reported by its exit
  const ended = new Promise<number | Error>((resolve) => {
    child.on('error', resolve);
    child.on('close', (code) => resolve(code ?? 1));
  });
  let isOver = false;
  void ended.then(() => (isOver = true));
  const end = async (): Promise<void> => {
    const code = await ended;
    if (code instanceof Error) throw code;
    if (code !== 0)
      throw new Error(words.trim().split('\n').at(-1)?.split(': ').at(-1) || `ffmpeg ended with ${code}`);
  };
  return {
    async write(rgb) {
      if (isOver) return end();
      if (child.stdin.write(rgb)) return;
      await Promise.race([once(child.stdin, 'drain').catch(() => ended), ended]);
      if (isOver) await end(); // its own words say more than a broken pipe
    },
    async finish() {
      child.stdin.end();
      await end();
    },
    abandon() {
      child.kill();
    },
  };
}
