// Who acts, learnt in a whole run on a network of a few bytes: what lies in the model, in the store, and what is said.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerClips, openModel, readModelFolder } from '../../../src/savedModel/index.js';
import { actorNames } from '../../../src/model/actors.js';
import { train, type RecipeInput, type TrainEvent } from '../../../src/train/index.js';
import { writeTinyWorld } from '../../dataset/tinyWorld.js';
import { writeTinyBackbone } from '../tinyFrozen.js';

let folder: string;
let data: string;
let cache: string;
let recipe: RecipeInput;
const place = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-actors-'));
  [data, cache] = [place('data'), place('store')];
  await writeTinyWorld(data, 6);
  const backbone = await writeTinyBackbone(place('net.onnx'));
  recipe = { frames: 6, batch: 4, epochs: 0, attention: { form: 'mean' }, backbone };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function trained(name: string, change: RecipeInput = {}): Promise<TrainEvent[]> {
  const events: TrainEvent[] = [];
  const out = place(name);
  const listen = { onEvent: (one: TrainEvent) => void events.push(one) };
  await train({ ...{ data, out, cache, threads: 1 }, recipe: { ...recipe, ...change }, ...listen });
  return events;
}

const notes = (events: readonly TrainEvent[]): string[] =>
  events.flatMap((event) => (event.kind === 'note' ? [event.text] : []));

describe('a training on a frozen backbone', () => {
  test('learns a direction of unit length, and scores of every class and of nothing', async () => {
    const events = await trained('first', { actors: { leastAgreement: 0 } });
    const { config, tensors } = await readModelFolder(place('first'));
    expect(config.actors).toEqual({ start: 0, end: 4, hasClasses: true, isClose: true });
    const direction = tensors[actorNames.direction]!.data as Float32Array;
    expect(Math.hypot(...direction)).toBeCloseTo(1, 5);
    expect(tensors[actorNames.weight]!.shape).toEqual([3, 8]);
    expect(tensors[actorNames.close.weight]!.shape).toEqual([3, 8]);
    expect(config.localize).toMatchObject({
      where: {
        maps: { foreground: 1, change: 0.2 },
        second: {
          threshold: 0.57,
          margin: { x: 0.2, y: 0.9 },
          prior: 0.5,
          apart: { threshold: 0.6 },
          shared: 0.7,
        },
        motion: {},
      },
      who: { own: 0.7, alone: 0.5, together: 0.15, near: { least: 0.3, own: 0 } },
    });
    expect(notes(events).some((text) => /two looks at the training clips/.test(text))).toBe(true);
    expect(events.filter(({ kind }) => kind === 'mosaics')).toHaveLength(4 * 12);
    expect(events.filter(({ kind }) => kind === 'squares')).toHaveLength(12);
  });

  test('sees no mosaic again that lies in the store, and ends with the same bytes', async () => {
    const before = (await readdir(cache)).length;
    await trained('second', { actors: { leastAgreement: 0 } });
    expect((await readdir(cache)).length).toBe(before);
    const bytes = (name: string) => readFile(join(place(name), 'model.safetensors'));
    expect((await bytes('second')).equals(await bytes('first'))).toBe(true);
  });

  test('takes one look where two do not agree, and says so', async () => {
    const events = await trained('doubtful', { actors: { leastAgreement: 1, mosaics: 0 } });
    const { config } = await readModelFolder(place('doubtful'));
    expect(config.actors).toMatchObject({ hasClasses: false });
    const { where } = config.localize as { where: { maps: object; second?: object } };
    expect(where.second).toBeUndefined();
    expect(where.maps).toEqual({ foreground: 1, change: 0.2 });
    expect(notes(events).find((text) => /two looks/.test(text))).toMatch(/boxes are those of one look/);
  });

  test('looks no closer than it must where nobody asks for names of a second look', async () => {
    const events = await trained('far', { actors: { leastAgreement: 0, close: false } });
    const { config, tensors } = await readModelFolder(place('far'));
    expect(config.actors).toEqual({ start: 0, end: 4, hasClasses: true });
    expect(tensors[actorNames.close.weight]).toBeUndefined();
    expect(events.filter(({ kind }) => kind === 'squares')).toEqual([]);
  });

  test('is as it was without actors', async () => {
    await trained('without', { actors: { isOn: false } });
    const { config, tensors } = await readModelFolder(place('without'));
    expect(config.actors).toBeUndefined();
    expect(Object.keys(tensors).filter((name) => /^(foreground|actor)\./.test(name))).toEqual([]);
  });
});

describe('the model that it leaves', () => {
  test('looks twice unless it is asked to look once, and names who is asked for', async () => {
    const model = await openModel(place('first'));
    try {
      expect(model.looksTwice).toBe(true);
      const clip = join(data, 'left/clip1.mp4');
      const answer = async (predict: { looks?: 1 | 2; ask?: string[] }) => {
        for await (const outcome of answerClips(model, [clip], { predict })) {
          if ('answer' in outcome) return outcome.answer.result;
        }
        throw new Error('no answer');
      };
      const [once, twice] = [await answer({ looks: 1 }), await answer({ ask: ['left', 'right'] })];
      expect(new Set(twice.actors.map(({ label }) => label))).toEqual(new Set(['left', 'right']));
      expect(once.frames.map(({ box }) => box)).not.toEqual(twice.frames.map(({ box }) => box));
      const { width, height } = twice.video;
      for (const box of twice.actors.flatMap(({ boxes }) => boxes)) {
        if (box === null) continue;
        expect(Math.min(...box)).toBeGreaterThanOrEqual(0);
        expect(box[2]).toBeLessThanOrEqual(width);
        expect(box[3]).toBeLessThanOrEqual(height);
      }
    } finally {
      await model.close();
    }
  });
});
