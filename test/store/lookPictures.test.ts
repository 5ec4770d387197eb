// The pictures that a second look cuts from, and the frames beside them: which frames are asked of the decoder.
import { describe, expect, it } from 'vitest';
import type { ClipFacts } from '../../src/infer/index.js';
import type { ModelConfig } from '../../src/model/index.js';
import { lookPictures } from '../../src/store/lookPictures.js';
import type { Clip, ClipOptions } from '../../src/video/clip.js';

const config = {
  transform: { size: { width: 224, height: 224 }, resize: 'stretch' },
} as ModelConfig;

/** A decoder whose pictures are as bright as the place of their frame; it notes which frames it was asked for. */
function decoder() {
  const asked: (readonly number[])[] = [];
  const readClip = async (_: string, { frames, size }: ClipOptions): Promise<Clip> => {
    const indices = frames as readonly number[];
    asked.push(indices);
    const area = size!.width * size!.height * 3;
    const data = Uint8Array.from({ length: indices.length * area }, (_, i) => indices[Math.floor(i / area)]!);
    return { frames: data } as Clip;
  };
  return { asked, pool: { readClip } };
}

const clipOf = (width: number, indices: number[]): ClipFacts & Pick<Clip, 'frames'> =>
  ({ indices, info: { width, height: width, frames: 12 }, frames: new Uint8Array(3) }) as never;

describe('the pictures of a second look', () => {
  it('are the frames of the network where the video is hardly larger, and no frame is decoded for them', async () => {
    const { asked, pool } = decoder();
    const clip = clipOf(300, [0, 5]);
    const { data, width } = await lookPictures(pool, 'a.mp4', { config, clip });
    expect([data, width, asked]).toEqual([clip.frames, 224, []]);
  });

  it('are larger frames of a larger video, at most 720 pixels long', async () => {
    const { asked, pool } = decoder();
    const found = await lookPictures(pool, 'a.mp4', { config, clip: clipOf(1440, [0, 5]) });
    expect([found.width, found.height, asked]).toEqual([720, 720, [[0, 5]]]);
  });

  it('bring the frames beside each on request: each frame once, none before the first or after the last', async () => {
    const { asked, pool } = decoder();
    const { beside } = await lookPictures(pool, 'a.mp4', { config, clip: clipOf(300, [0, 5, 6, 11, 11]) });
    const frames = await beside!();
    expect(asked).toEqual([[0, 1, 4, 5, 6, 7, 10, 11]]);
    const bright = ({ grey, neighbours }: (typeof frames)[number]) => [
      grey[0],
      ...neighbours.map((one) => one[0]),
    ];
    expect(frames.map(bright)).toEqual([
      [0, 1],
      [5, 4, 6],
      [6, 5, 7],
      [11, 10],
      [11, 10],
    ]);
    expect(frames[0]!.grey).toHaveLength(160 * 120);
  });
});
