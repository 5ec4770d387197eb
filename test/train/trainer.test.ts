import { formSizes } from '../../src/model/index.js';
import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { modelParameters } from '../../src/savedModel/modelFolder.js';
import { openModel, readModelFolder } from '../../src/savedModel/index.js';
import { ownerMark, thisOwner } from '../../src/owner.js';
import { readCheckpoint, writeCheckpoint } from '../../src/train/folder/checkpoint.js';
import { readTimes } from '../../src/train/folder/times.js';
import {
  readLog,
  train,
  type RecipeInput,
  type TrainEvent,
  type TrainSummary,
} from '../../src/train/index.js';
import { readClip } from '../../src/video/index.js';
import { compared, digestsOf } from '../campaign/digests.js';
import { writeTinyWorld } from '../dataset/tinyWorld.js';

const recipe: RecipeInput = {
  frames: 6,
  epochs: 3,
  batch: 4,
  transform: { size: { width: 32, height: 24 } },
  places: 0.5,
  learningRate: 3e-3,
};

let folder: string;
let data: string;
let cache: string;
let unbroken: string;
let summary: TrainSummary;
const events: TrainEvent[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-train-'));
  data = join(folder, 'data');
  cache = join(folder, 'cache');
  unbroken = join(folder, 'unbroken');
  await writeTinyWorld(data, 8);
  summary = await train({
    threads: 1,
    data,
    out: unbroken,
    cache,
    recipe,
    onEvent: (event) => events.push(event),
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Every file, to the last bit, but the one of times. */
async function expectSameRun(out: string): Promise<void> {
  const [ours, theirs] = [digestsOf(out), digestsOf(unbroken)];
  expect([...ours.keys()]).toEqual([...theirs.keys()]);
  const { unequal } = compared(ours, theirs);
  expect(unequal.filter((name) => name !== 'times.jsonl')).toEqual([]);
  const places = async (run: string) => (await readTimes(run)).filter(({ step }) => step === 0);
  const untimed = (rows: { seconds?: number }[]) => rows.map((row) => ({ ...row, seconds: 0 }));
  expect(untimed(await places(out))).toEqual(untimed(await places(unbroken)));
}

test('a run leaves a model folder, a log line an epoch and a summary', async () => {
  expect(summary).toMatchObject({ status: 'done', classes: ['left', 'right'], epochs: 3 });
  expect(summary.clips).toEqual({ training: 12, validation: 4, broken: 0, leftOut: 0 });
  expect((await readdir(unbroken)).sort()).toEqual([
    'checkpoint.safetensors',
    'config.json',
    'held-out.json',
    'learnt.json',
    'log.jsonl',
    'model.safetensors',
    'run.json',
    'samples.jsonl',
    'tensorboard',
    'times.jsonl',
  ]);
  const log = await readLog(unbroken);
  expect(log.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
  const seconds = log.map((row) => row.seconds!); // read from beside it
  expect(seconds[0]).toBeGreaterThan(0);
  expect(seconds).toEqual([...seconds].sort((a, b) => a - b));
  expect((await readCheckpoint(unbroken))!.run.seconds).toBe(seconds[2]);
  expect(Object.keys(log[0]!.losses)).toEqual(
    expect.arrayContaining(['total', 'crossEntropy', 'totalVariation']),
  );
  expect(log[2]!.losses.crossEntropy).toBeLessThan(log[0]!.losses.crossEntropy!);
  expect(log[0]!.validation?.clips).toBe(4);
});

test('the model folder holds the tensors that its config describes, and answers', async () => {
  const { config, tensors, id } = await readModelFolder(unbroken);
  expect(Object.keys(tensors).sort()).toEqual(
    modelParameters(config)
      .map(({ name }) => name)
      .sort(),
  );
  expect(id).toBe(summary.model);
  expect(config.training).toMatchObject({ classCounts: [6, 6], epoch: summary.best!.epoch });
  const predictor = await openModel(unbroken, { threads: 1 });
  const path = join(data, 'left/clip0.mp4');
  const { result } = await predictor.predict(await readClip(path, predictor.shape), path);
  await predictor.close();
  expect(result.classes.map(({ label }) => label).sort()).toEqual(['left', 'right']);
  expect(result.frames).toHaveLength(6);
});

test('a run that was stopped in the middle of an epoch ends like the unbroken one', async () => {
  const out = join(folder, 'stopped');
  for (const stopAt of [2, 3, 1]) {
    const abort = new AbortController();
    let steps = 0;
    const onEvent = (event: TrainEvent): void => {
      if (event.kind === 'step' && ++steps === stopAt) abort.abort();
    };
    const half = await train({
      threads: 1,
      data,
      out,
      cache,
      recipe,
      resume: true,
      signal: abort.signal,
      onEvent,
    });
    expect(half.status).toBe('interrupted');
  }
  const rest = await train({ threads: 1, data, out, cache, resume: true });
  expect(rest).toMatchObject({ status: 'done', best: summary.best, model: summary.model });
  await expectSameRun(out);
});

test('two runs with one seed are equal, and another seed is another run', async () => {
  const again = join(folder, 'again');
  await train({ threads: 1, data, out: again, recipe, cache: join(folder, 'other-cache') });
  await expectSameRun(again);
  const other = await train({
    threads: 1,
    data,
    out: join(folder, 'other'),
    recipe: { ...recipe, seed: 1 },
    cache,
  });
  expect(other.model).not.toBe(summary.model);
});

test('clips are decoded once: the next run reads the store', async () => {
  const reused: number[] = [];
  const onEvent = (event: TrainEvent): void => {
    if (event.kind === 'prepare') reused.push(event.reused);
  };
  await train({
    threads: 1,
    data,
    out: join(folder, 'reuse'),
    cache,
    recipe: { ...recipe, epochs: 1 },
    onEvent,
  });
  expect(reused.at(-1)).toBe(16);
});

test('every form of attention trains, and so does random sampling with augmentation', async () => {
  for (const form of ['pooled', 'recurrent-additive', 'recurrent-tanh'] as const) {
    const own = { ...recipe, places: 1, epochs: 1, attention: formSizes(form) };
    expect((await train({ threads: 1, data, out: join(folder, form), cache, recipe: own })).status).toBe(
      'done',
    );
    await (await openModel(join(folder, form))).close();
  }
  const own: RecipeInput = {
    ...recipe,
    epochs: 1,
    sampling: 'segment-random',
    augment: { flip: 0.5, jitter: 0.2, crop: 0.2 },
    optimiser: { name: 'sgd', momentum: 0.9 },
    schedule: { name: 'plateau' },
    average: 0,
  };
  await train({ threads: 1, data, out: join(folder, 'random'), cache, recipe: own });
  expect((await readModelFolder(join(folder, 'random'))).config.sampling).toBe('centred');
});

test('a broken clip is named, counted and left out; strict stops at it', async () => {
  const own = join(folder, 'broken-data');
  await cp(data, own, { recursive: true });
  await writeFile(join(own, 'left/text.mp4'), 'this is no video');
  const named: string[] = [];
  const onEvent = (event: TrainEvent): void => {
    if (event.kind === 'broken') named.push(event.error.message);
  };
  const options = { data: own, cache, recipe: { ...recipe, epochs: 1 } };
  const { clips } = await train({ threads: 1, ...options, out: join(folder, 'b1'), onEvent });
  expect(clips).toMatchObject({ training: 12, validation: 4, broken: 1 });
  expect(named).toHaveLength(1);
  expect(named[0]).toContain('left/text.mp4');
  await expect(train({ threads: 1, ...options, out: join(folder, 'b2'), strict: true })).rejects.toThrow(
    /text\.mp4/,
  );
});

test('a class of broken clips only stops the run', async () => {
  const own = join(folder, 'dead-class');
  await cp(data, own, { recursive: true });
  await mkdir(join(own, 'up'));
  await writeFile(join(own, 'up/a.mp4'), 'this is no video');
  await expect(train({ threads: 1, data: own, out: join(folder, 'd'), cache, recipe })).rejects.toThrow(
    /up: at least one readable clip in every class, got 1 broken/,
  );
});

test('a folder with a run is only touched with resume or overwrite, and a resumed recipe stays', async () => {
  await expect(train({ threads: 1, data, out: unbroken, cache, recipe })).rejects.toThrow(
    /--resume.*--overwrite/,
  );
  await expect(
    train({ threads: 1, data, out: unbroken, cache, resume: true, recipe: { batch: 5 } }),
  ).rejects.toThrow(/--resume: batch: 4, as the run began, got 5/);
  const before = await readFile(join(unbroken, 'run.json'), 'utf8');
  const done = await train({ threads: 1, data, out: unbroken, cache, resume: true, recipe });
  expect(await readFile(join(unbroken, 'run.json'), 'utf8')).toBe(before); // it is done, and says so
  expect(done).toMatchObject({ status: 'done', epochs: 3, model: summary.model });
  const own = join(folder, 'fewer');
  await cp(data, own, { recursive: true });
  await rm(join(own, 'left/clip0.mp4'));
  await expect(train({ threads: 1, data: own, out: unbroken, cache, resume: true })).rejects.toThrow(
    /began with, got others/,
  );
});

test('a part of an option that is given again leaves the other parts as the run began', async () => {
  const again = { data, out: unbroken, cache, resume: true, threads: 1 };
  const same = await train({ ...again, recipe: { transform: { resize: 'stretch' } } });
  expect(same).toMatchObject({ status: 'done', epochs: 3, model: summary.model });
  await expect(train({ ...again, recipe: { transform: { resize: 'crop' } } })).rejects.toThrow(
    /--resume: transform.*"width":32/,
  );
});

test('a run that began before an option had all its parts goes on when that option is given again', async () => {
  const out = join(folder, 'older');
  await cp(unbroken, out, { recursive: true });
  const { run, state } = (await readCheckpoint(out))!;
  const { resize, ...transform } = run.recipe.transform;
  expect(resize).toBe('stretch');
  const older = { ...run.recipe, transform } as typeof run.recipe;
  await writeCheckpoint(out, { run: { ...run, recipe: older }, state });
  const again = { data, out, cache, resume: true, threads: 1 };
  const done = await train({ ...again, recipe: { transform: { ...transform, resize } } });
  expect(done).toMatchObject({ status: 'done', epochs: 3 });
  await expect(train({ ...again, recipe: { transform: { ...transform, resize: 'crop' } } })).rejects.toThrow(
    /--resume: transform/,
  );
});

test('resume and overwrite together, and a file in the place of the model folder, are named', async () => {
  await expect(
    train({ threads: 1, data, out: unbroken, cache, resume: true, overwrite: true }),
  ).rejects.toMatchObject({
    code: 'usage',
    expected: 'either --resume or --overwrite',
  });
  const file = join(folder, 'file');
  await writeFile(file, 'mine');
  await expect(train({ threads: 1, data, out: file, recipe })).rejects.toMatchObject({
    code: 'output',
    message: `${file}: a place to write to, got a file where a folder should be (choose another folder)`,
  });
  expect(await readFile(file, 'utf8')).toBe('mine');
});

test('what killed processes left half-written goes, what a living one writes stays', async () => {
  const own = join(folder, 'swept');
  const { space } = thisOwner();
  await mkdir(own);
  const [dead, alive] = [
    `.a.safetensors.${space}-999999999-0-3.tmp`,
    `.a.safetensors.${ownerMark()}-0-99.tmp`,
  ];
  for (const name of [dead, alive, 'mine.tmp']) await writeFile(join(own, name), 'half');
  await train({ threads: 1, data, out: own, cache, recipe: { ...recipe, epochs: 1 } });
  const names = await readdir(own);
  expect(names).not.toContain(dead);
  expect(names).toEqual(expect.arrayContaining([alive, 'mine.tmp']));
});

test('impossible options are wrong use and named', async () => {
  await expect(
    train({ threads: 1, data, out: join(folder, 'x'), recipe: { batch: 0 } }),
  ).rejects.toMatchObject({
    code: 'usage',
    path: 'train: options: batch',
  });
  await expect(train({ threads: 1, data, out: join(data, 'model') })).rejects.toThrow(
    /--out: a folder outside DATA/,
  );
});

test('on a full disk the run ends with a clear error and the earlier checkpoint is whole', async (context) => {
  const disk = join(folder, 'small-disk');
  await mkdir(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', disk], { stdio: 'ignore' });
  } catch {
    context.skip('mounting a small tmpfs needs root');
  }
  try {
    const out = join(disk, 'model');
    let filled = false;
    const onEvent = (event: TrainEvent): void => {
      if (event.kind === 'epoch' && !filled) {
        filled = true;
        execFileSync('sh', ['-c', `dd if=/dev/zero of=${join(disk, 'fill')} bs=1k 2>/dev/null || true`]);
      }
    };
    await expect(train({ threads: 1, data, out, cache, recipe, onEvent })).rejects.toThrow(
      /no space left on the device/,
    );
    const checkpoint = await readCheckpoint(out);
    expect(checkpoint?.run.position).toMatchObject({ epoch: 1, step: 0 });
    await readModelFolder(out);
    await rm(join(disk, 'fill'));
    expect((await train({ threads: 1, data, out, cache, resume: true })).model).toBe(summary.model);
    expect((await readdir(out)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  } finally {
    execFileSync('umount', [disk]);
  }
});
