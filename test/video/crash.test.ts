// A decoder that crashes: its process is killed while it works, as a fault in native code would.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WhereWhenError } from '../../src/errors.js';
import { DecodePool, openVideo, type Clip, type ClipOutcome } from '../../src/video/index.js';
import { join, numberedVideo, rmSync, temporaryFolder } from './media.js';

let folder: string;
let [short, long]: [string, string] = ['', ''];
let pool: DecodePool;
beforeAll(async () => {
  folder = temporaryFolder();
  short = await numberedVideo(join(folder, 'short.mp4'), 4);
  long = await numberedVideo(join(folder, 'long.mp4'), 9);
  pool = new DecodePool({ threads: 1 });
  await pool.readClip(short, { frames: 1 }); // its process has started
});
afterAll(async () => {
  await pool.close();
  rmSync(folder, { recursive: true });
});

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Kills whatever decodes. */
function crash(): void {
  for (const pid of pool.threads.processIds) process.kill(pid, 'SIGKILL');
}

test('after one crash a clip is read again, in another process', async () => {
  const [first] = pool.threads.processIds;
  const reading = pool.readClip(long, { frames: 3 });
  crash();
  expect((await reading).indices).toEqual([0, 3, 6]);
  expect(pool.threads.processIds).not.toContain(first);
});

test('a clip that takes its decoder with it twice is named as broken, and the rest go on', async () => {
  const outcomes: ClipOutcome[] = [];
  let isOver = false;
  const killing = (async () => {
    while (!isOver) {
      crash();
      await pause(10); // far below what a process needs to start
    }
  })();
  const options = { frames: 2 };
  const wanted = [long, short].map((path) => ({ path, options }));
  for await (const outcome of pool.readClips(wanted, { ahead: 1 })) {
    isOver = true;
    await killing;
    outcomes.push(outcome);
  }
  const received = 'a crash of the decoder in 2 tries (SIGKILL)';
  expect(outcomes).toEqual([
    { path: long, error: expect.objectContaining({ code: 'input', path: long, received }) as WhereWhenError },
    { path: short, clip: expect.objectContaining({ indices: [0, 2] }) as Clip },
  ]);
});

test('frames that were handed out before a crash do not come twice', async () => {
  const source = await openVideo(long, { threads: pool.threads });
  const seen: number[] = [];
  for await (const { index } of source.frames()) {
    seen.push(index);
    if (index === 2) crash();
  }
  expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
});

test('closing kills the processes at once', async () => {
  const other = new DecodePool({ threads: 1 });
  const reading = other.readClip(short, { frames: 1 });
  const [pid] = other.threads.processIds;
  await other.close();
  await expect(reading).rejects.toThrow('the threads were closed');
  expect(() => process.kill(pid!, 0)).toThrow('ESRCH');
});
