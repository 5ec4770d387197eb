// Clips that tell little or nothing of motion, for tests of what is said of them.
import { join } from 'node:path';
import { encodeVideo } from '../../../src/video/index.js';
import { texture } from '../../motion/pictures.js';
import { ffmpeg, hasFfmpeg } from '../../video/media.js';

const size = { width: 64, height: 48 };
type Scene = (x: number, y: number, frame: number) => number;

const ground: Scene = (x, y) => texture(x * 1.5, y * 1.5);
const moving: Scene = (x, y, frame) => texture((x - frame) * 1.5, y * 1.5);
const elsewhere: Scene = (x, y) => texture(y * 3 + 300, x * 2);

function* pictures(frames: number, sceneAt: (frame: number) => Scene): Generator<Uint8Array> {
  for (let frame = 0; frame < frames; frame++) {
    const picture = new Uint8Array(size.width * size.height * 3);
    for (let p = 0; p < size.width * size.height; p++)
      picture.fill(sceneAt(frame)(p % size.width, Math.floor(p / size.width), frame), 3 * p, 3 * p + 3);
    yield picture;
  }
}

/** Writes them into `folder`; their paths by name. One of changing size is there where FFmpeg is. */
export async function writeOddClips(folder: string): Promise<Map<string, string>> {
  const clips: [name: string, frames: number, sceneAt: (frame: number) => Scene][] = [
    ['one frame', 1, () => ground],
    ['two frames', 2, () => moving],
    ['still', 12, () => ground],
    ['black', 12, () => () => 0],
    ['cut', 12, (frame) => (frame < 6 ? moving : elsewhere)],
    ['cut between two frames', 2, (frame) => (frame < 1 ? ground : elsewhere)],
  ];
  const paths = new Map<string, string>();
  for (const [name, frames, sceneAt] of clips) {
    const path = join(folder, `${name.replaceAll(' ', '-')}.mp4`);
    await encodeVideo(path, { ...size, frameRate: 12, quality: 3, frames: pictures(frames, sceneAt) });
    paths.set(name, path);
  }
  if (hasFfmpeg) paths.set('changing size', changingSize(folder));
  return paths;
}

function changingSize(folder: string): string {
  const parts = ['64x48', '96x80'].map((shown) =>
    ffmpeg(
      ...['-f', 'lavfi', '-i', `testsrc=size=${shown}:rate=10:duration=1`],
      ...['-c:v', 'mpeg2video', '-f', 'mpegts', join(folder, `part-${shown}.mpegts`)],
    ),
  );
  const whole = join(folder, 'changing-size.ts');
  return ffmpeg('-i', `concat:${parts.join('|')}`, '-c', 'copy', '-f', 'mpegts', whole);
}
