// Many trainings in several processes: folds, sweeps and rows of an ablation, each trained once and joined as by one process.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { trainFolds, type FoldsSummary } from '../../src/experiments/index.js';
import { ablate } from '../../src/experiments/ablation/ablate.js';
import { gatherFolds, trainFoldsPart } from '../../src/experiments/foldsInParts.js';
import { gatherSweep, sweep, sweepPart, type SweepSummary } from '../../src/experiments/sweep/run.js';
import { readSweep, trialsOf } from '../../src/experiments/sweep/plan.js';
import { reproduce } from '../../src/experiments/reproduce/run.js';
import type { RecipeInput } from '../../src/train/index.js';
import { tinyOnnx } from '../backbone/tinyOnnx.js';
import { writeTinyWorld } from '../dataset/tinyWorld.js';

const preprocessing = { channels: 'BGR', scale: 1, mean: [104, 117, 123], size: { width: 24, height: 16 } };

let folder: string;
let recipe: RecipeInput;
let common: { data: string; cache: string; recipe: RecipeInput; threads: number };
const inside = (...names: string[]): string => join(folder, ...names);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-trainings-'));
  await writeTinyWorld(inside('data'), 4, { frames: 6 });
  await writeFile(inside('net.onnx'), tinyOnnx({ width: 24, height: 16 }));
  recipe = {
    ...{ frames: 4, batch: 4, epochs: 0, validation: 0.25, refit: false, attention: { form: 'mean' } },
    actors: { isOn: false, mosaics: 0 }, // who acts is another matter, and most of the time
    backbone: { kind: 'onnx', file: inside('net.onnx'), preprocessing, outputs: ['fine'] },
  } as RecipeInput;
  common = { data: inside('data'), cache: inside('store'), recipe, threads: 1 };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What a summary says, but for times and the folder that it lies in. */
function facts(summary: FoldsSummary | SweepSummary | undefined, out: string): unknown {
  const text = JSON.stringify(summary).replaceAll(JSON.stringify(out).slice(1, -1), 'OUT');
  return JSON.parse(text.replaceAll(/"seconds":[\d.e-]+/g, '"seconds":0'));
}

test('folds of two parts sum up as those of one process, and a part that is done trains nothing again', async () => {
  const folds = { ...common, recipe: { ...recipe, validation: 0 }, folds: 3 };
  const whole = await trainFolds({ ...folds, out: inside('folds') });
  const divided = { ...folds, out: inside('divided') };
  expect(await trainFoldsPart(divided, { index: 1, of: 2 })).toMatchObject({
    pieces: 2,
    made: 2,
    missing: 1,
  });
  await expect(gatherFolds(divided)).rejects.toThrow(/the pieces of all parts, 3, got 1 of them missing/);
  expect(await trainFoldsPart(divided, { index: 1, of: 2 })).toMatchObject({ made: 0, before: 2 });
  expect(await trainFoldsPart(divided, { index: 2, of: 2 })).toMatchObject({ made: 1, missing: 0 });
  expect(facts(await gatherFolds(divided), inside('divided'))).toEqual(facts(whole, inside('folds')));
  for (const name of ['fold-1-of-3', 'fold-2-of-3', 'fold-3-of-3']) {
    const [one, other] = ['folds', 'divided'].map((out) => readFile(inside(out, name, 'model.safetensors')));
    expect((await one)!.equals((await other)!)).toBe(true);
  }
});

describe('a sweep', () => {
  const grid = { search: 'grid', settings: { seed: [0, 1], 'attention.form': ['mean', 'joint'] } } as const;
  const sweepOf = async (value: unknown): Promise<Awaited<ReturnType<typeof readSweep>>> => {
    await writeFile(inside('sweep.json'), JSON.stringify(value));
    return readSweep(inside('sweep.json'));
  };

  test('on a grid tries every value with every other one, the last setting first', async () => {
    const trials = trialsOf(await sweepOf(grid), recipe);
    expect(trials.map(({ name, settings }) => [name, settings.seed, settings['attention.form']])).toEqual([
      ['trial-1', 0, 'mean'],
      ['trial-2', 0, 'joint'],
      ['trial-3', 1, 'mean'],
      ['trial-4', 1, 'joint'],
    ]);
    expect(trials[3]!.recipe).toMatchObject({ seed: 1, frames: 4, attention: { form: 'joint' } });
  });

  test('by random draws keeps within its ranges, and draws the same again', async () => {
    const settings = {
      learningRate: { low: 1e-4, high: 1e-2, scale: 'log' },
      epochs: { low: 1, high: 3, isWhole: true },
      dropout: { low: 0, high: 0.5 },
      batch: [4, 8],
    };
    const asked = await sweepOf({ search: 'random', trials: 200, seed: 3, settings });
    const drawn = trialsOf(asked, recipe).map((trial) => trial.settings as Record<string, number>);
    expect(trialsOf(asked, recipe).map((trial) => trial.settings)).toEqual(drawn);
    expect(drawn.every(({ learningRate: rate }) => rate! >= 1e-4 && rate! <= 1e-2)).toBe(true);
    expect(drawn.filter(({ learningRate: rate }) => rate! < 1e-3).length / 200).toBeCloseTo(0.5, 0); // evenly in the logarithm
    expect(new Set(drawn.map(({ epochs }) => epochs))).toEqual(new Set([1, 2, 3]));
    expect(new Set(drawn.map(({ batch }) => batch))).toEqual(new Set([4, 8]));
  });

  test.each([
    [
      { search: 'grid', settings: { learningRate: [-1] } },
      /--sweep: trial-1: settings that a training takes.*learningRate/,
    ],
    [{ search: 'grid', settings: { nonsense: [1] } }, /trial-1: settings that a training takes.*nonsense/],
    [
      { search: 'random', trials: 2, settings: { dropout: { low: 1, high: 0 } } },
      /settings > dropout: low and high with low <= high/,
    ],
    [
      { search: 'random', trials: 2, settings: { dropout: { low: 0, high: 1, scale: 'log' } } },
      /0 < low <= high/,
    ],
    [{ search: 'grid', settings: {} }, /at least one setting/],
    [{ search: 'best' }, /sweep\.json > search/],
  ])('%j is refused before any training', async (value, message) => {
    await expect(sweepOf(value).then((asked) => trialsOf(asked, recipe))).rejects.toThrow(message);
  });

  test('of two parts ranks as one process does: by what held-out clips say', async () => {
    const asked = await sweepOf({ search: 'grid', settings: { seed: [0, 1] } });
    const whole = await sweep({ ...common, out: inside('sweep'), sweep: asked });
    const divided = { ...common, out: inside('swept'), sweep: asked };
    for (const index of [2, 1]) await sweepPart(divided, { index, of: 2 });
    const gathered = await gatherSweep(divided);
    expect(facts(gathered, inside('swept'))).toEqual(facts(whole, inside('sweep')));
    const scores = gathered.ranking.map((name) => gathered.trials.find((one) => one.name === name)!);
    for (const [i, { accuracy, crossEntropy }] of scores.slice(1).entries()) {
      const before = scores[i]!;
      const isLevel = accuracy === before.accuracy;
      expect(isLevel ? crossEntropy! >= before.crossEntropy! : accuracy! < before.accuracy!).toBe(true);
    }
    expect(JSON.parse(await readFile(inside('swept', 'sweep.json'), 'utf8'))).toEqual(gathered);
  });
});

test('rows of an ablation are trained by one part each, and the last part has the table that --gather has', async () => {
  const trained: string[] = [];
  const divided = {
    ...{
      data: inside('data'),
      groups: [],
      form: 'pooled' as const,
      seeds: 2,
      epochs: 1,
      frames: 4,
      hidden: 2,
    },
    ...{
      test: 0.25,
      backbone: recipe.backbone as never,
      backboneEpochs: 1,
      threads: 1,
      out: inside('ablated'),
    },
    onRow: ({ name, seed, reused }: { name: string; seed: number; reused: number }) =>
      void trained.push(`${name} ${seed} ${reused}`),
  };
  expect(await ablate({ ...divided, part: { index: 1, of: 2 } })).toMatchObject({
    status: 'part',
    missing: 1,
  });
  await expect(ablate({ ...divided, isGather: true })).rejects.toThrow(
    /the rows of all parts, got 1 of them missing/,
  );
  const last = await ablate({ ...divided, part: { index: 2, of: 2 } });
  expect(last.status).toBe('done');
  expect(trained.sort()).toEqual(['full 0 0', 'full 1 0']);
  expect(last.rows).toMatchObject([{ name: 'full', runs: [{ seed: 0 }, { seed: 1 }] }]);
  expect(await ablate({ ...divided, isGather: true })).toEqual(last);
});

test('runs of a reproduction are made by one part each, and joined are all there', async () => {
  const made: string[] = [];
  const divided = {
    ...{
      name: 'folders' as const,
      data: inside('data'),
      cache: inside('store'),
      out: inside('reproduced'),
      threads: 1,
    },
    ...{ recipe: { ...recipe, validation: 0 }, seeds: [0], folds: 2 },
    onRun: ({ id, isKept }: { id: string; isKept: boolean }) => void (isKept || made.push(id)),
  };
  expect(await reproduce({ ...divided, part: { index: 2, of: 2 } })).toMatchObject({
    status: 'part',
    missing: 1,
  });
  await expect(reproduce({ ...divided, isGather: true })).rejects.toThrow(
    /the runs of all parts, got 1 of them missing/,
  );
  const last = await reproduce({ ...divided, part: { index: 1, of: 2 } });
  expect(last.status).toBe('done');
  expect(made.sort()).toEqual(['fold-1/seed-0', 'fold-2/seed-0']);
  expect(last.runs.map(({ run, outcome }) => [run.id, outcome.clips.test])).toEqual([
    ['fold-1/seed-0', 4],
    ['fold-2/seed-0', 4],
  ]);
  expect(await reproduce({ ...divided, isGather: true })).toEqual(last);
});
