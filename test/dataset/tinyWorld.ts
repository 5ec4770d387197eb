// Clips small enough to learn in seconds: a bright bar that moves right, or left, over a noisy ground.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Random } from '../../src/random.js';
import { encodeVideo } from '../../src/video/index.js';

const width = 64;
const height = 48;

/** Writes `clips` clips for each of the classes `left` and `right` as MP4 files into class folders of `folder`. */
export async function writeTinyWorld(folder: string, clips: number, { frames = 24 } = {}): Promise<void> {
  for (const label of ['left', 'right']) {
    await mkdir(join(folder, label), { recursive: true });
    for (let i = 0; i < clips; i++) {
      const path = join(folder, label, `clip${i}.mp4`);
      await encodeVideo(path, { width, height, frameRate: 12, frames: pictures(label, i, frames) });
    }
  }
}

function* pictures(label: string, clip: number, frames: number): Generator<Uint8Array> {
  const random = Random.from(clip, label);
  for (let t = 0; t < frames; t++) {
    const picture = new Uint8Array(width * height * 3);
    const bar = Math.round(
      ((label === 'right' ? t : frames - 1 - t) / Math.max(1, frames - 1)) * (width - 8),
    );
    for (let p = 0; p < width * height; p++) {
      const x = p % width;
      picture.fill(x >= bar && x < bar + 8 ? 230 : random.integer(0, 80), p * 3, p * 3 + 3);
    }
    yield picture;
  }
}
