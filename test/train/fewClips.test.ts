// Two clips of each of two classes: too few to hold any out, and enough to begin with.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { train, type TrainEvent } from '../../src/train/index.js';
import { writeTinyWorld } from '../dataset/tinyWorld.js';
import { writeTinyBackbone } from './tinyFrozen.js';

let folder: string;
let data: string;
const inside = (...parts: string[]): string => join(folder, ...parts);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-few-'));
  data = inside('clips');
  await writeTinyWorld(data, 2, { frames: 6 });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('two classes of two clips', () => {
  it.each(['frozen', 'small'])(
    'train a model on a %s backbone, all of them learnt from, and it is said',
    async (kind) => {
      const backbone = kind === 'small' ? { kind } : await writeTinyBackbone(inside('net.onnx'));
      const size = { width: 32, height: 24 };
      const recipe = {
        frames: 3,
        epochs: 1,
        batch: 2,
        backbone,
        ...(kind === 'small' && { transform: { size } }),
      };
      const notes: string[] = [];
      const onEvent = (event: TrainEvent): void => void (event.kind === 'note' && notes.push(event.text));
      const { status, clips } = await train({ data, out: inside(kind), recipe, onEvent });
      expect([status, clips.training, clips.validation]).toEqual(['done', 4, 0]);
      expect(notes).toContainEqual(
        expect.stringMatching(/^no clip is held out: 4 clips in 4 groups are too few/),
      );
    },
  );

  it('are refused where a share of them is asked for, before any feature is computed', async () => {
    const recipe = { frames: 3, validation: 0.2, backbone: await writeTinyBackbone(inside('net.onnx')) };
    const events: TrainEvent[] = [];
    const asked = train({ data, out: inside('asked'), recipe, onEvent: (event) => events.push(event) });
    await expect(asked).rejects.toThrow(/groups that can be held out .*4 clips in 4 groups/);
    expect(events.filter(({ kind }) => kind === 'prepare')).toEqual([]);
    expect(await readdir(inside('asked')).catch(() => [])).toEqual([]);
  });
});
