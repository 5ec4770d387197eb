import { expect, test } from 'vitest';
import type { Decoder } from '../../src/video/decoder.js';
import type { Frame, Survey } from '../../src/video/types.js';
import { wantedFrames } from '../../src/video/wanted.js';

/** A video of ten frames that says how many of them were decoded, and whether it was closed. */
function video() {
  const told = { decoded: 0, isClosed: false };
  async function* frames({ wanted }: { wanted?: ReadonlySet<number> }): AsyncGenerator<Frame, Survey, void> {
    try {
      for (let index = 0; index < 10; index++) {
        told.decoded++;
        if (wanted?.has(index) ?? true) yield { index } as Frame;
      }
      return {} as Survey;
    } finally {
      told.isClosed = true;
    }
  }
  return { told, decoder: { frames } as unknown as Decoder };
}

async function indicesOf(frames: AsyncGenerator<Frame>): Promise<number[]> {
  const all: number[] = [];
  for await (const { index } of frames) all.push(index);
  return all;
}

test('decoding ends with the last frame that is wanted', async () => {
  const { told, decoder } = video();
  expect(await indicesOf(wantedFrames(decoder, { resize: 'stretch', wanted: new Set([4, 1]) }))).toEqual([
    1, 4,
  ]);
  expect(told).toEqual({ decoded: 5, isClosed: true });
});

test('all frames are decoded where all are wanted, and none where none is', async () => {
  const [all, none] = [video(), video()];
  expect(await indicesOf(wantedFrames(all.decoder, { resize: 'stretch' }))).toHaveLength(10);
  expect(all.told).toEqual({ decoded: 10, isClosed: true });
  expect(await indicesOf(wantedFrames(none.decoder, { resize: 'stretch', wanted: new Set() }))).toEqual([]);
  expect(none.told.decoded).toBe(0);
});
