// Flow of videos on disk: which pairs are read, what is said of them, and threads that end.
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { FlowPool, motionOf, readMotion } from '../../../src/store/motion/flowPool.js';
import { readFlow } from '../../../src/store/motion/readFlow.js';
import { fieldOf } from '../../../src/motion/clipFlow.js';
import type { Box } from '../../../src/result.js';
import { encodeVideo, openVideo } from '../../../src/video/index.js';
import { texture } from '../../motion/pictures.js';
import {
  hasMedia,
  join,
  mediaFolder,
  numberedVideo,
  rmSync,
  temporaryFolder,
  writeFileSync,
} from '../../video/media.js';

let folder: string;
beforeAll(() => void (folder = temporaryFolder()));
afterAll(() => rmSync(folder, { recursive: true }));

const size = { width: 320, height: 240 };
const square = 96;

/** A textured square that moves 4 pixels a frame to the right before a still ground; from `cutAt` on another scene. */
function shown(frame: number, cutAt: number): Uint8Array {
  const rgb = new Uint8Array(size.width * size.height * 3);
  const left = 60 + 4 * frame;
  for (let y = 0, at = 0; y < size.height; y++)
    for (let x = 0; x < size.width; x++, at += 3) {
      const isInside = x >= left && x < left + square && y >= 70 && y < 70 + square;
      const ground = frame < cutAt ? texture(x / 3, y / 3) : texture(y / 2 + 300, x / 4);
      rgb.fill(isInside && frame < cutAt ? texture((x - left) / 2 + 50, y / 2) : ground, at, at + 3);
    }
  return rgb;
}

async function video(name: string, frames: number, cutAt = Infinity): Promise<string> {
  const path = join(folder, name);
  const pictures = Array.from({ length: frames }, (_, i) => shown(i, cutAt));
  await encodeVideo(path, { ...size, frameRate: 10, quality: 4, frames: pictures });
  return path;
}
const boxAt = (frame: number): Box => [60 + 4 * frame, 70, 60 + 4 * frame + square, 70 + square];

describe('readMotion', () => {
  it('says that a square moves to the right, in its own sizes a second', async () => {
    const path = await video('square.mp4', 7);
    const found = await readMotion(path, { boxes: [boxAt(0), boxAt(6)], times: [0, 0.6] });
    expect([found.pairs, found.cuts, found.warnings]).toEqual([6, 0, []]);
    // 40 pixels a second are 0.417 sides of the square; the middle row of cells is 1.3 sides wide and the square 1
    const middle = 27 + 24;
    expect(found.rows[middle]! ** 2).toBeCloseTo(40 / square / 1.3, 1);
    expect(found.trajectory[0]! ** 2).toBeCloseTo(40 / square, 2);
  });

  it('leaves the pair over a cut out and says so', async () => {
    const path = await video('cut.mp4', 6, 3);
    const found = await readMotion(path, { boxes: [boxAt(0)], times: [0] });
    expect([found.pairs, found.cuts, found.warnings]).toEqual([4, 1, ['motion: 1 cut left out']]);
  });

  it('answers zeros for a clip of one frame and numbers for one of two', async () => {
    const boxes = { boxes: [boxAt(0)], times: [0] };
    const one = await readMotion(await video('one.mp4', 1), boxes);
    expect([one.pairs, one.rows.some((x) => x !== 0)]).toEqual([0, false]);
    const two = await readMotion(await video('two.mp4', 2), boxes);
    expect([two.pairs, two.rows.every(Number.isFinite)]).toEqual([1, true]);
    expect(two.rows[27 + 24]).toBe(two.rows[81 + 27 + 24]); // the one pair is all three thirds
  });
});

describe('readFlow', () => {
  it('looks at evenly chosen neighbours where there are too many, and says how many', async () => {
    const source = await openVideo(await numberedVideo(join(folder, 'long.mp4'), 21));
    const { flow, pairs, warnings } = await readFlow(source, { mostPairs: 5 });
    expect([...flow.frames]).toEqual([2, 6, 10, 14, 18]); // the middle of five parts of 20 pairs
    expect(pairs).toBe(20);
    expect(warnings).toEqual(['motion: 5 of 20 neighbouring frames looked at, evenly chosen']);
    expect(flow.seconds).toBeCloseTo(0.1, 6); // between neighbours, not between the chosen pairs
  });

  it('does not mind which pairs were looked at before: a chosen pair has the flow of the whole reading', async () => {
    const source = await openVideo(await video('again.mp4', 7));
    const all = (await readFlow(source)).flow;
    const some = (await readFlow(source, { mostPairs: 2 })).flow;
    expect([...some.frames]).toEqual([1, 4]);
    expect(fieldOf(some, 1)).toEqual(fieldOf(all, 4));
    const part = (await readFlow(source, { range: { start: 4, end: 7 } })).flow;
    expect([...part.frames]).toEqual([4, 5]);
  });

  it('refuses a range that is none and a number of pairs below 1', async () => {
    const source = await openVideo(await numberedVideo(join(folder, 'short.mp4'), 3));
    await expect(readFlow(source, { range: { start: 2, end: 2 } })).rejects.toThrow('got 2 to 2');
    await expect(readFlow(source, { mostPairs: 0 })).rejects.toThrow('motion.mostPairs');
  });
});

describe('FlowPool', () => {
  it('reads clips side by side, names a broken one, and ends', async () => {
    const pool = new FlowPool({ threads: 2 });
    const broken = join(folder, 'broken.mp4');
    writeFileSync(broken, 'text');
    const good = await numberedVideo(join(folder, 'good.mp4'), 4);
    const [first, second, third] = await Promise.allSettled(
      [good, broken, good].map((path) => pool.flowOf(path)),
    );
    expect([first!.status, second!.status, third!.status]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((second as PromiseRejectedResult).reason).toMatchObject({ path: broken });
    await pool.close();
    await expect(pool.flowOf(good)).rejects.toThrow('the threads were closed');
  });

  it('stops a clip that nobody waits for, and works on', async () => {
    const pool = new FlowPool({ threads: 1 });
    const long = await numberedVideo(join(folder, 'waited.mp4'), 200);
    const abort = new AbortController();
    const waited = pool.flowOf(long, { signal: abort.signal });
    setTimeout(() => abort.abort(new Error('enough')), 300);
    await expect(waited).rejects.toThrow('enough');
    expect((await pool.flowOf(await numberedVideo(join(folder, 'next.mp4'), 3))).pairs).toBe(2);
    await pool.close();
  });
});

test.skipIf(!hasMedia)(
  'reads every pair of neighbours of a real AVI, whose frames have no times',
  async () => {
    const path = join(mediaFolder, 'weizmann', 'run', 'daria_run.avi');
    const { frames, width, height } = (await openVideo(path)).info;
    const pool = new FlowPool({ threads: 1 });
    const { flow } = await pool.flowOf(path);
    await pool.close();
    expect([...flow.frames]).toEqual(Array.from({ length: frames - 1 }, (_, i) => i));
    const { rows, pairs } = motionOf(flow, { boxes: [[0, 0, width, height]], times: [0] });
    expect(pairs).toBe(frames - 1);
    expect(rows.every(Number.isFinite)).toBe(true);
    expect(rows[26]!).toBeGreaterThan(0);
  },
);
