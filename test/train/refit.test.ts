// The second part of a run on features: the epoch is chosen on held-out clips, the model learns from all.
import { formSizes } from '../../src/model/index.js';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readModelFolder } from '../../src/savedModel/index.js';
import { readLog, train, type RecipeInput, parseRecipe } from '../../src/train/index.js';
import { refitCourse } from '../../src/train/refit.js';
import { tinyOnnx } from '../backbone/tinyOnnx.js';
import { writeTinyWorld } from '../dataset/tinyWorld.js';

const preprocessing = { channels: 'BGR', scale: 1, mean: [104, 117, 123], size: { width: 24, height: 16 } };

let folder: string;
let recipe: RecipeInput;
let common: { data: string; cache: string; threads: number };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-refit-'));
  const file = join(folder, 'net.onnx');
  common = { data: join(folder, 'data'), cache: join(folder, 'store'), threads: 1 };
  await writeTinyWorld(common.data, 6);
  await writeFile(file, tinyOnnx({ width: 24, height: 16 }));
  const backbone = { kind: 'onnx', file, preprocessing, outputs: ['fine'] };
  recipe = { frames: 5, batch: 4, epochs: 2, keepsStart: false, actors: { mosaics: 0 }, backbone };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const run = (name: string, change: RecipeInput = {}, more: Partial<Parameters<typeof train>[0]> = {}) =>
  train({ ...common, out: join(folder, name), recipe: { ...recipe, ...change }, ...more });

test('the model is that of a run on all clips for the epochs that held-out clips chose', async () => {
  const both = await run('both', { epochs: 1 });
  expect(both).toMatchObject({ status: 'done', best: { epoch: 1 }, refit: { clips: 12 } });
  expect(both.meanPool).toEqual({ accuracy: expect.any(Number), crossEntropy: expect.any(Number) }); // of the first part
  expect(both.clips.training + both.clips.validation).toBe(12);
  const { config } = await readModelFolder(join(folder, 'both'));
  expect(config.training).toMatchObject({
    classCounts: [6, 6],
    validation: { clips: both.clips.validation },
  });
  const parts = (await readLog(join(folder, 'both'))).map((row) => [row.epoch, row.isRefit ?? false]);
  expect(parts).toEqual([
    [1, false],
    [1, true],
  ]);
  const whole = await run('whole', { epochs: 1, validation: 0 });
  expect(whole.refit).toBeUndefined();
  expect(both.model).toBe(whole.model);
  const kept = await run('kept', { epochs: 1, refit: false });
  expect(kept.refit).toBeUndefined();
  expect(kept.model).not.toBe(both.model);
});

test('a run that was stopped in either part ends like the unbroken one', async () => {
  const unbroken = await run('unbroken');
  for (const [name, after] of [
    ['first', 3],
    ['second', 7], // the first part makes 2 epochs of 3 steps at most, the second one 3 or 6
  ] as const) {
    const abort = new AbortController();
    let steps = 0;
    const half = await run(
      name,
      {},
      {
        signal: abort.signal,
        onEvent: (event) => {
          if (event.kind === 'step' && ++steps === after) abort.abort();
        },
      },
    );
    expect(half.status).toBe('interrupted');
    const { status, model, best, refit, epochs, meanPool } = await run(name, {}, { resume: true });
    const { model: same, best: chosen, refit: anew, epochs: made, meanPool: pool } = unbroken;
    expect({ status, model, best, refit, epochs, meanPool }).toEqual({
      ...{ status: 'done', model: same, best: chosen, refit: anew, epochs: made, meanPool: pool },
    });
    const rows = (name: string) => readLog(join(folder, name));
    const story = async (name: string) =>
      (await rows(name)).map((row) => [row.epoch, row.isRefit, row.losses]);
    expect(await story(name)).toEqual(await story('unbroken'));
  }
});

test('mean makes no step: its model is the regression on all clips, kept beside it too', async () => {
  const attention = formSizes('mean', { onFeatures: true });
  const summary = await run('mean', { attention, epochs: undefined, keepsStart: undefined });
  expect(summary).toMatchObject({ status: 'done', epochs: 0, best: { epoch: 0 }, refit: { clips: 12 } });
  const { tensors } = await readModelFolder(join(folder, 'mean'));
  const [own, beside] = [tensors['classifier.weight']!.data, tensors['meanPool.weight']!.data];
  expect(own.length).toBe(8);
  own.forEach((value, i) => expect(Number(value)).toBeCloseTo(Number(beside[i]), 5));
  await expect(run('none', { attention: { form: 'mean' }, epochs: 0, start: 'random' })).rejects.toThrow(
    'at least 1 where the model starts at random',
  );
});

test('the second part cuts the rate where the first one did', () => {
  const plateau = parseRecipe({ schedule: { name: 'plateau', factor: 0.1 } });
  const score = { accuracy: 1, crossEntropy: 0 };
  const chosen = { epoch: 9, score, clips: 4, cuts: [3, 7], made: 12, seconds: 1 };
  expect([0, 2, 3, 6, 7, 9].map((epoch) => refitCourse(chosen, epoch, plateau).factor)).toEqual([
    1,
    1,
    0.1,
    0.1,
    0.1 ** 2,
    0.1 ** 2,
  ]);
});
