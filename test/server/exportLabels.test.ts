// Saved labels as files of other tools: a box bears the class that is done in it.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TruthClip } from '../../src/truth.js';
import { exportLabels } from '../../src/server/exportLabels.js';
import { Labels } from '../../src/server/labels.js';

const frame = (index: number, x: number): TruthClip['frames'][number] => ({
  ...{ index, timeSeconds: index / 10 },
  box: [x, 0, x + 10, 10],
});
const base = { label: 'wave', startSeconds: 0, endSeconds: 1, width: 40, height: 20, durationSeconds: 2 };

/** Class and left edge of every box of the only clip, as COCO has them. */
async function boxesOf(folder: string, clip: TruthClip): Promise<[string, number][]> {
  const file = join(folder, 'labels.json');
  await writeFile(file, JSON.stringify({ version: 1, clips: { 'a.mp4': clip } }));
  const { bytes } = await exportLabels(new Labels(folder), 'coco');
  const read = JSON.parse(new TextDecoder().decode(bytes)) as {
    categories: { id: number; name: string }[];
    annotations: { category_id: number; bbox: number[] }[];
  };
  const names = new Map(read.categories.map(({ id, name }) => [id, name]));
  return read.annotations.map(({ category_id, bbox }) => [names.get(category_id)!, bbox[0]!]);
}

describe('exported labels', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wherewhen-labels-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('give a box the class that lasts at its time, the clip’s own where none does', async () => {
    const instances = [
      { label: 'wave', startSeconds: 0, endSeconds: 0.45 },
      { label: 'bend', startSeconds: 0.5, endSeconds: 1 },
    ];
    const frames = [frame(4, 0), frame(5, 1), frame(6, 2), frame(15, 3)];
    expect(await boxesOf(folder, { ...base, frames, instances })).toEqual([
      ['wave', 0],
      ['bend', 1],
      ['bend', 2],
      ['wave', 3],
    ]);
  });

  it('give the boxes of several things their own classes', async () => {
    const actors = [
      { label: 'wave', frames: [frame(0, 0), frame(1, 1)] },
      { label: 'bend', frames: [frame(1, 20)] },
    ];
    expect(await boxesOf(folder, { ...base, frames: actors[0]!.frames, actors })).toEqual([
      ['wave', 0],
      ['wave', 1],
      ['bend', 20],
    ]);
  });
});
