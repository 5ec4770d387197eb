// What workers do for other commands: answers to be scored, features and trainings, with and without a disk that both see. What
// comes back is what one process would have made. Skipped where there is no server to start.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { main } from '../../src/cli/main.js';
import { byProcess, type RunCommand } from '../../src/cli/queuedCommand.js';
import { queueHandlers } from '../../src/cli/queueHandlers.js';
import { wordsFor } from '../../src/cli/queueTrainings.js';
import { countRows } from '../../src/experiments/ablation/ablate.js';
import { countRuns } from '../../src/experiments/reproduce/run.js';
import { queueStatus, runWorker, type QueueLink } from '../../src/scale/index.js';
import { tinyOnnx } from '../backbone/tinyOnnx.js';
import { writeTinyWorld } from '../dataset/tinyWorld.js';
import { writeTinyModel } from '../savedModel/tinyModel.js';
import { freePort, hasRedis, RedisServer } from '../scale/redisServer.js';
import { command } from './command.js';

const preprocessing = { channels: 'BGR', scale: 1, mean: [104, 117, 123], size: { width: 24, height: 16 } };

let folder: string;
let server: RedisServer;
let link: QueueLink;
const inside = (...names: string[]): string => join(folder, ...names);

function run(...args: string[]): Promise<number> {
  return main([...args, '--json']);
}

/** How a test has its worker do. */
interface Working {
  before?: () => Promise<void>;
  runCommand?: RunCommand;
}

/** Runs what a worker is told to here, which spares a test the start of a process for every training. */
const here: RunCommand = async (args) => {
  if ((await run(...args)) !== 0) throw new Error(`failed: ${args.join(' ')}`);
};

test('of a command line workers are given everything but where it lies, the queue and how to compute', () => {
  const words = [
    'train',
    'data',
    '--queue',
    'redis://:s3cret@host',
    '--out=x',
    '--folds',
    '5',
    '--threads',
    '2',
  ];
  expect(wordsFor([...words, '--group', '--json', '--debug', '--device=cpu'])).toEqual([
    ...['train', 'data', '--folds', '5', '--group'],
  ]);
});

test.each([
  [['evaluate', 'm', 'd'], 'no place for the results'],
  [['evaluate', 'm', 'd', '--protocol', 'ucf101'], 'a protocol'],
  [['train', 'd', '--out', 'm'], 'one training alone'],
  [['train', 'd', '--out', 'm', '--folds', '3', '--overwrite'], 'all anew'],
  [['train', 'd', '--out', 'm', '--folds', '3', '--part', '1/2'], 'a part'],
  [['ablate', 'd', '--out', 'm', '--gather'], 'joining alone'],
  [['reproduce', 'folders', 'd', '--out', 'm', '--overwrite'], 'all anew'],
])('%j through a queue is wrong use: %s', async (args) => {
  expect(await run(...args, '--queue', 'redis://127.0.0.1:1')).toBe(2);
});

test('a server and a worker of a queue that is not there end with a line', async () => {
  const address = ['--queue', `redis://127.0.0.1:${await freePort()}`];
  expect(await run('serve', ...address, '--port', '0')).toBe(1);
  expect(await run('worker', ...address, '--metrics', '0', '--metrics-host', '127.0.0.1')).toBe(1);
});

test('trainings are counted before any of them begins: rows by seeds, folds by seeds', async () => {
  const rows = { data: 'd', out: 'o', form: 'pooled', epochs: 1, frames: 4, hidden: 8, test: 0.3 } as const;
  const asked = { ...rows, seeds: 2, groups: ['unimodal'], backboneEpochs: 1 } as const;
  expect(countRows(asked)).toBe(2 * (1 + 6)); // the form, and without the term or in five other ways
  const out = await mkdtemp(join(tmpdir(), 'wherewhen-counted-'));
  const folders = { name: 'folders', data: 'd', out, recipe: {}, folds: 5, seeds: [0, 1] } as const;
  expect(await countRuns(folders)).toBe(10);
  await rm(out, { recursive: true });
});

describe.skipIf(!hasRedis)('through a queue', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wherewhen-queued-'));
    server = await RedisServer.open();
    link = await server.link();
    vi.stubEnv('WHEREWHEN_QUEUE_PASSWORD', server.password);
    await writeTinyWorld(inside('data'), 4, { frames: 6 });
    await writeTinyModel(inside('model'), ['left', 'right']);
    await writeFile(inside('net.onnx'), tinyOnnx({ width: 24, height: 16 }));
    await writeFile(inside('net.json'), JSON.stringify(preprocessing));
    const recipe = {
      ...{ frames: 4, batch: 4, epochs: 0, validation: 0.25, refit: false, attention: { form: 'mean' } },
      actors: { isOn: false, mosaics: 0 },
      backbone: { kind: 'onnx', file: inside('net.onnx'), preprocessing, outputs: ['fine'] },
    };
    await writeFile(inside('recipe.json'), JSON.stringify(recipe));
    await writeFile(inside('sweep.json'), JSON.stringify({ search: 'grid', settings: { seed: [0, 1] } }));
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await link[Symbol.asyncDispose]();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });
  afterEach(async () => {
    await link.redis.flushdb();
  });

  /** Gives a command and lets a worker do what it queues; `before` the worker begins. */
  async function work(
    args: string[],
    { before = async () => undefined, runCommand = byProcess(command) }: Working = {},
  ): Promise<number> {
    const code = run(...args, '--queue', server.address);
    while ((await queueStatus(link)).waiting === 0) await sleep(20);
    await before();
    const end = new AbortController();
    const worker = runWorker(link, {
      handlers: queueHandlers({ threads: 1 }, runCommand),
      concurrency: 2,
      signal: end.signal,
    });
    await code;
    end.abort();
    await worker;
    return code;
  }

  /** Takes away what tells workers that they see the producer's folder. */
  async function hide(out: string): Promise<void> {
    const marks = (await readdir(out)).filter((name) => name.startsWith('.wherewhen.queue-'));
    expect(marks).toHaveLength(1);
    await rm(join(out, marks[0]!));
  }

  test('a report from the answers of workers is that of one process', async () => {
    const args = ['evaluate', inside('model'), inside('data'), '--threads', '1', '--out'];
    expect(await run(...args, inside('one.json'))).toBe(0);
    expect(await work([...args, inside('queued.json')])).toBe(0);
    expect(await readFile(inside('queued.json'), 'utf8')).toBe(await readFile(inside('one.json'), 'utf8'));
  });

  test('features of a worker that does not see the store come back into it', async () => {
    const extract = (out: string): string[] => [
      ...['extract', inside('data'), '--backbone', `onnx:${inside('net.onnx')}`, '--out', inside(out)],
      ...['--preprocessing', inside('net.json'), '--frames', '4', '--threads', '1'],
    ];
    expect(await run(...extract('whole'))).toBe(0);
    expect(await work(extract('sent'), { before: () => hide(inside('sent')) })).toBe(0);
    const stored = (await readdir(inside('whole'))).filter((name) => name.endsWith('.safetensors'));
    expect(stored).toHaveLength(8);
    for (const name of stored)
      expect((await readFile(inside('sent', name))).equals(await readFile(inside('whole', name)))).toBe(true);
    expect(await link.redis.keys('wherewhen:blob*')).toEqual([]);
  });

  test('trials of a sweep come back whole from a worker with a disk of its own, folds from one that shares it', async () => {
    const train = (out: string): string[] => [
      ...['train', inside('data'), '--settings', inside('recipe.json'), '--threads', '1', '--group', '(.*)'],
      ...['--cache', inside('cache'), '--out', inside(out)],
    ];
    const sweep = ['--sweep', inside('sweep.json')];
    const folds = ['--folds', '2', '--validation', '0'];
    expect(await run(...train('sweep'), ...sweep)).toBe(0);
    expect(await work([...train('far'), ...sweep], { before: () => hide(inside('far')) })).toBe(0);
    expect(await facts('far', 'sweep.json')).toEqual(await facts('sweep', 'sweep.json'));
    await same(['far', 'sweep'], ['trial-1/model.safetensors', 'trial-2/model.safetensors']);
    expect(await run(...train('folds'), ...folds)).toBe(0);
    expect(await work([...train('near'), ...folds])).toBe(0);
    expect(await facts('near', 'folds.json')).toEqual(await facts('folds', 'folds.json'));
    await same(['near', 'folds'], ['fold-1-of-2/model.safetensors', 'fold-2-of-2/model.safetensors']);
  });

  test('rows of an ablation from a worker with a disk of its own make the table of one process', async () => {
    const ablate = (out: string): string[] => [
      ...['ablate', inside('data'), '--backbone', `onnx:${inside('net.onnx')}`, '--out', inside(out)],
      ...['--preprocessing', inside('net.json'), '--rows', 'full', '--seeds', '2', '--epochs', '1'],
      ...['--frames', '4', '--hidden', '2', '--threads', '1', '--group', '(.*)'],
    ];
    expect(await run(...ablate('rows'))).toBe(0);
    expect(
      await work(ablate('sent-rows'), { before: () => hide(inside('sent-rows')), runCommand: here }),
    ).toBe(0);
    await same(['sent-rows', 'rows'], ['ablation.md', 'ablation.json']);
    expect(await readFile(inside('rows', 'ablation.md'), 'utf8')).toMatch(
      /^\| full model \| \d+\.\d % ± \d/m,
    );
    const results = (await readdir(inside('rows', 'results'))).sort();
    expect(results).toEqual(['full-0.json', 'full-1.json']);
    expect((await readdir(inside('sent-rows', 'results'))).sort()).toEqual(results);
    for (const name of results) {
      const file = join('results', name);
      expect(await facts('sent-rows', file)).toEqual(await facts('rows', file));
      const model = join('rows', name.replace('.json', ''), 'model.safetensors');
      await same(['sent-rows', 'rows'], [model]);
    }
  });

  test('runs of a reproduction from a worker that shares the disk make the report of one process', async () => {
    const reproduce = (out: string): string[] => [
      ...['reproduce', 'folders', inside('data'), '--settings', inside('recipe.json'), '--out', inside(out)],
      ...['--seeds', '0', '--folds', '2', '--validation', '0', '--threads', '1', '--group', '(.*)'],
    ];
    expect(await run(...reproduce('runs'))).toBe(0);
    expect(await work(reproduce('near-runs'), { runCommand: here })).toBe(0);
    const plots = (await readdir(inside('runs', 'plots'))).map((name) => join('plots', name));
    const models = [1, 2].map((fold) => join('runs', `fold-${fold}`, 'seed-0', 'model.safetensors'));
    expect(plots).toHaveLength(3);
    await same(['near-runs', 'runs'], ['plan.json', 'report.md', ...plots, ...models]);
    expect(await facts('near-runs', 'report.json')).toEqual(await facts('runs', 'report.json'));
  });

  /** Files that two folders have alike, to the byte. */
  async function same([one, other]: [string, string], files: string[]): Promise<void> {
    for (const name of files) {
      const [bytes, others] = [await readFile(inside(one, name)), await readFile(inside(other, name))];
      expect(bytes.equals(others), name).toBe(true);
    }
  }

  /** A table, but for times and the folder that it lies in. */
  async function facts(out: string, file: string): Promise<unknown> {
    const text = (await readFile(inside(out, file), 'utf8')).replaceAll(inside(out), 'OUT');
    return JSON.parse(text.replaceAll(/"seconds": ?[\d.e-]+/g, '"seconds":0'));
  }
});
