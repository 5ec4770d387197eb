// Clips of several classes from list to model: every class is learnt, and a run that was stopped ends like an unbroken one.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openModel, readModelFolder } from '../../src/savedModel/index.js';
import { renderWorld } from '../../src/dataset/synthetic/world.js';
import {
  readLog,
  train,
  type RecipeInput,
  type TrainOptions,
  type TrainSummary,
} from '../../src/train/index.js';
import { readClip } from '../../src/video/index.js';

const recipe: RecipeInput = {
  ...{ frames: 6, epochs: 2, batch: 4, validation: 0.3 },
  transform: { size: { width: 32, height: 24 } },
};
let folder: string;
let whole: string;
let summary: TrainSummary;
let common: Pick<TrainOptions, 'data' | 'annotations' | 'cache' | 'threads'>;
const notes: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-several-'));
  const data = join(folder, 'data');
  const { labels } = await renderWorld(data, { clips: 24, seed: 1, actions: 2 });
  common = { data, annotations: { path: labels! }, cache: join(folder, 'cache'), threads: 1 };
  whole = join(folder, 'whole');
  summary = await train({
    ...{ ...common, out: whole, recipe },
    onEvent: (event) => void (event.kind === 'note' && notes.push(event.text)),
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('every class of every clip is learnt and counted', async () => {
  expect(notes).toContain('24 clips have several classes: all of them are learnt, and count in mAP');
  const { config } = await readModelFolder(whole);
  expect(config.classes).toHaveLength(8);
  expect(config.probabilities).toBe('sigmoid');
  const counts = config.training!.classCounts as number[];
  expect(counts.reduce((a, b) => a + b)).toBe(2 * summary.clips.training);
  expect(Math.min(...counts)).toBeGreaterThan(0);
  for (const { validation } of await readLog(whole)) {
    expect(validation!.mAP).toBeGreaterThan(0);
    expect(validation!.mAP).toBeLessThanOrEqual(1);
  }
});

test('segments are cut from what each class says by itself', async () => {
  const predictor = await openModel(whole, { threads: 1 });
  expect(predictor.config.localize).toMatchObject({
    when: { probability: 'sigmoid', minimumProbability: 0.5, maximumSegments: 100 },
  });
  const path = join(common.data, 'clips/clip_0001.mp4');
  const { probabilities, localization, result } = await predictor.predict(
    await readClip(path, predictor.shape),
    path,
  );
  await predictor.close();
  const answered = new Set(result.segments.map(({ label }) => label));
  for (const { label, probability } of result.classes)
    if (probability >= 0.5) expect(answered).toContain(label);
  expect(localization.curves).toHaveLength(6 * 8);
  expect(probabilities.every((p) => p > 0 && p < 1)).toBe(true);
});

test('a run that was stopped in the middle ends in the same bytes', async () => {
  const out = join(folder, 'stopped');
  const abort = new AbortController();
  const half = await train({
    ...{ ...common, out, recipe, signal: abort.signal },
    onEvent: (event) => void (event.kind === 'step' && event.step === 2 && abort.abort()),
  });
  expect(half.status).toBe('interrupted');
  await train({ ...common, out, resume: true });
  const bytes = (run: string) => readFile(join(run, 'model.safetensors'));
  expect((await bytes(out)).equals(await bytes(whole))).toBe(true);
});

test('the softmax shares a clip between its classes where that is asked for', async () => {
  const out = join(folder, 'shared');
  await train({ ...common, out, recipe: { ...recipe, epochs: 1, probabilities: 'softmax' } });
  const { config } = await readModelFolder(out);
  expect(config.probabilities).toBe('softmax');
  expect((config.localize as { when: object }).when).not.toHaveProperty('probability');
  // Before anything is learnt, even shares of 8 classes cost log 8 = 2.08, whichever two of them a clip has.
  expect((await readLog(out))[0]!.losses.crossEntropy).toBeCloseTo(Math.log(8), 0);
});
