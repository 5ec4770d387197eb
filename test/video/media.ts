// Media of these tests, named after their defect, made on the spot in a temporary folder.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { encodeVideo } from '../../src/video/index.js';

/** Whether ffmpeg and ffprobe can be started here. */
export const hasFfmpeg = ['ffmpeg', 'ffprobe'].every((tool) => spawnSync(tool, ['-version']).status === 0);

/** Real clips, where they are. */
export const mediaFolder = resolve(process.env.WHEREWHEN_MEDIA ?? '../shared/media');
export const hasMedia = existsSync(join(mediaFolder, 'clips'));
if (!hasMedia) console.warn(`skipped: tests on real clips, no ${mediaFolder} (set WHEREWHEN_MEDIA)`);
if (!hasFfmpeg) console.warn('skipped: tests that need ffmpeg on PATH');

/** A new empty folder. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'wherewhen-video-'));
}

/** A picture whose brightness tells its number: grey `10 i` with a white square in the top left corner. */
export function numbered(i: number, width = 64, height = 48): Uint8Array {
  const rgb = new Uint8Array(width * height * 3).fill(20 + 10 * i);
  for (let y = 0; y < height / 4; y++) rgb.fill(250, y * width * 3, (y * width + width / 4) * 3);
  return rgb;
}

/** Writes `count` numbered pictures as MP4 at 10 frames a second. */
export async function numberedVideo(path: string, count: number, width = 64, height = 48): Promise<string> {
  const frames = Array.from({ length: count }, (_, i) => numbered(i, width, height));
  await encodeVideo(path, { width, height, frameRate: 10, quality: 4, frames });
  return path;
}

/** Runs ffmpeg; the last argument is the file that it makes. */
export function ffmpeg(...args: string[]): string {
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...args]);
  return args.at(-1)!;
}

/** As {@link ffmpeg}, but a file that an earlier test made stays: several readers are shown the same one. */
export function ffmpegOnce(...args: string[]): string {
  return existsSync(args.at(-1)!) ? args.at(-1)! : ffmpeg(...args);
}

/** A copy of an MP4 with another display matrix `[a, b, c, d]` in its track header. */
export function withMatrix(source: string, target: string, [a, b, c, d]: number[]): string {
  const bytes = readFileSync(source);
  const at = bytes.indexOf('tkhd') + 44; // version 0: after times, duration, layer and volume
  [a, b, 0, c, d, 0].forEach((value, i) => bytes.writeInt32BE(value! * 65536, at + 4 * i));
  writeFileSync(target, bytes);
  return target;
}

/** A copy of a file that ends early. */
export function cut(source: string, target: string, share: number): string {
  const bytes = readFileSync(source);
  writeFileSync(target, bytes);
  truncateSync(target, Math.floor(bytes.length * share));
  return target;
}

export { existsSync, join, mkdirSync, readFileSync, rmSync, writeFileSync };
