// Options of the command line that no other test runs: what each hands to the library, which stops there. At the end, that no
// option of any command is named by no test.
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { programOf } from '../../src/cli/main.js';
import { parseRecipe, type Recipe } from '../../src/train/index.js';
import { called } from './called.js';

/** The first argument that each function of the library was called with; the call ends there. */
const given = vi.hoisted(() => ({ by: {} as Record<string, Record<string, unknown>> }));
const caught = vi.hoisted(() => (name: string, at: number) => (...args: unknown[]) => {
  given.by[name] = args[at] as Record<string, unknown>;
  return Promise.reject(new Error('far enough'));
});
vi.mock('../../src/train/index.js', async (original) => ({
  ...(await original<object>()),
  train: caught('train', 0),
  finetune: caught('finetune', 0),
}));
vi.mock('../../src/experiments/index.js', () => ({ trainFolds: caught('trainFolds', 0) }));
vi.mock('../../src/experiments/foldsInParts.js', () => ({
  gatherFolds: undefined,
  trainFoldsPart: undefined,
}));
vi.mock('../../src/experiments/ablation/ablate.js', () => ({ ablate: caught('ablate', 0) }));
vi.mock('../../src/experiments/reproduce/run.js', () => ({ reproduce: caught('reproduce', 0) }));
vi.mock('../../src/evaluate/index.js', async (original) => ({
  ...(await original<object>()),
  readTruth: (file: string) => Promise.resolve({ file }),
  scoreModel: caught('scoreModel', 2),
}));
vi.mock('../../src/evaluate/protocols/protocols.js', async (original) => ({
  ...(await original<object>()),
  runProtocol: caught('runProtocol', 0),
}));
vi.mock('../../src/savedModel/index.js', async (original) => ({
  ...(await original<object>()),
  openModel: () => Promise.resolve({ close: () => Promise.resolve() }),
}));
vi.mock('../../src/savedModel/modelFolder.js', async (original) => ({
  ...(await original<object>()),
  modelFoldersIn: (model: string) => Promise.resolve([model]),
}));
vi.mock('../../src/savedModel/learntClips.js', async (original) => ({
  ...(await original<object>()),
  readLearnt: () => Promise.resolve(undefined),
}));
vi.mock('../../src/savedModel/storedBeside.js', async (original) => ({
  ...(await original<object>()),
  cacheBeside: () => Promise.resolve(undefined),
}));
vi.mock('../../src/dataset/index.js', async (original) => ({
  ...(await original<object>()),
  openDataset: () => Promise.resolve({ folder: '', classes: [], clips: [], leftOut: [] }),
}));
vi.mock('../../src/store/index.js', async (original) => ({
  ...(await original<object>()),
  featureStore: () => ({}),
}));
vi.mock('../../src/store/features/file.js', async (original) => ({
  ...(await original<object>()),
  shapeFor: () => ({}),
}));
vi.mock('../../src/store/features/verify.js', async (original) => ({
  ...(await original<object>()),
  verifyFeatures: caught('verifyFeatures', 1),
}));
const link = vi.hoisted(() => ({ shown: 'redis://here', [Symbol.asyncDispose]: () => Promise.resolve() }));
vi.mock('../../src/scale/index.js', async (original) => ({
  ...(await original<object>()),
  openQueue: () => Promise.resolve(link),
  runWorker: caught('runWorker', 1),
}));
vi.mock('../../src/backbone/index.js', async (original) => ({
  ...(await original<object>()),
  openExtractor: () => Promise.resolve({ notes: [], [Symbol.asyncDispose]: () => Promise.resolve() }),
}));
vi.mock('../../src/runtime/index.js', async (original) => ({
  ...(await original<object>()),
  openRuntime: () => Promise.resolve({ [Symbol.asyncDispose]: () => Promise.resolve() }),
}));
vi.mock('../../src/server/index.js', () => ({
  openServed: (options: Record<string, unknown>) => {
    given.by['openServed'] = options;
    return Promise.resolve({
      library: { list: () => ({ leftOut: [] }), ready: Promise.resolve() },
      follow: () => undefined,
      close: () => Promise.resolve(),
    });
  },
  listen: (_: unknown, options: Record<string, unknown>) => {
    given.by['listen'] = options;
    const listening = { url: 'http://127.0.0.1:1/', port: 1, close: () => Promise.resolve() };
    setTimeout(() => process.emit('SIGINT', 'SIGINT'), 10); // what a user does to end it
    return Promise.resolve(listening);
  },
}));
vi.mock('../../src/server/staticCopy.js', () => ({
  writeStatic: (place: string) => Promise.resolve({ place, files: 3, bytes: 2e6, broken: [] }),
}));
vi.mock('../../src/server/oneFile.js', () => ({
  writeOneFile: (place: string) => Promise.resolve({ place, bytes: 1e6, broken: ['a.mp4'] }),
}));
const spawned = vi.hoisted(() => [] as unknown[][]);
vi.mock('node:child_process', async (original) => ({
  ...(await original<object>()),
  spawn: (...args: unknown[]) => {
    spawned.push(args);
    return { on: () => undefined, unref: () => undefined };
  },
}));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-options-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(() => {
  given.by = {};
});

/** What a function of the library was handed by a command line. */
async function handed(name: string, line: string, ...more: string[]): Promise<Record<string, unknown>> {
  await expect(called(...line.split(' '), ...more)).rejects.toThrow('far enough');
  return given.by[name]!;
}

describe('train', () => {
  const line = () => `train DATA --offline --out ${join(folder, 'm')}`;
  const recipeOf = async (...options: string[]): Promise<Recipe> =>
    parseRecipe((await handed('train', line(), ...options))['recipe'] as object);
  const onFeatures = ['--backbone', 'resnet18', '--weights', 'random'];

  it('takes every choice of the recipe that an option names', async () => {
    const settings = join(folder, 'settings.json');
    await writeFile(settings, JSON.stringify({ epochs: 7, batch: 5, losses: { area: 0.25 } }));
    const plain = await recipeOf('--backbone', 'small');
    expect(plain).toMatchObject({ augment: { flip: 0 }, isBalanced: true, refit: false });
    expect(plain).toMatchObject({
      schedule: { name: 'cosine', warmupEpochs: 1 },
      optimiser: { name: 'adamw' },
    });
    const chosen = await recipeOf(
      ...['--backbone', 'small', '--flip', '--no-balance', '--warmup', '2.5', '--refit'],
      ...['--weight-decay', '0.003'], // as --warmup without a --schedule, without an --optimiser
      ...['--loss', 'contrast=0.75', '--loss', 'unimodal=0.5', '--settings', settings, '--batch', '6'],
    );
    expect(chosen).toMatchObject({ augment: { flip: 0.5 }, isBalanced: false, refit: true });
    expect(chosen.schedule).toEqual({ ...plain.schedule, warmupEpochs: 2.5 });
    expect(chosen.optimiser).toEqual({ ...plain.optimiser, weightDecay: 0.003 });
    expect(chosen.losses).toEqual({ ...plain.losses, contrast: 0.75, unimodal: 0.5, area: 0.25 });
    expect(chosen).toMatchObject({ epochs: 7, batch: 6 }); // of the file; by hand, which wins
  });

  it('trains anew on features unless told not to', async () => {
    expect(await recipeOf(...onFeatures)).toMatchObject({ refit: true });
    expect(await recipeOf(...onFeatures, '--no-refit')).toMatchObject({ refit: false });
  });

  it('trains the last stages of a network, with the statistics that are asked for', async () => {
    const from = [...onFeatures, '--train-from', 'layer4'];
    expect((await recipeOf(...from)).backbone).toMatchObject({ from: 'layer4', batchNorm: 'running' });
    const other = await recipeOf(...from, '--batch-norm', 'batch');
    expect(other.backbone).toMatchObject({ kind: 'resnet18', from: 'layer4', batchNorm: 'batch' });
    await expect(called(...line().split(' '), ...onFeatures, '--batch-norm', 'batch')).rejects.toThrow(
      /--batch-norm: to stand beside --train-from, got alone/,
    );
  });

  it('trains in folds, stratified unless told not to', async () => {
    const folds = `${line()} --backbone small --folds`;
    expect(await handed('trainFolds', `${folds} 3`)).toMatchObject({ folds: 3, isStratified: true });
    expect(await handed('trainFolds', `${folds} group --no-stratify`)).toMatchObject({
      ...{ folds: 'group', isStratified: false },
    });
  });

  it('shows itself in the browser, at the port that is named or any', async () => {
    const out = join(folder, 'm');
    await handed('train', `${line()} --backbone small --serve 8123`);
    expect(given.by).toMatchObject({ openServed: { models: [out], running: out }, listen: { port: 8123 } });
    await handed('trainFolds', `${line()} --backbone small --folds 3 --serve`);
    expect(given.by).toMatchObject({ openServed: { models: [] }, listen: { port: 0 } });
  });
});

it('ablate hands on what its table is to be made of', async () => {
  const line = 'ablate DATA --out OUT --backbone small';
  expect(await handed('ablate', line)).toMatchObject({
    ...{ form: 'pooled', seeds: 3, hidden: 16, test: 0.3, backboneEpochs: 10, backbone: undefined },
  });
  const more = '--form recurrent-tanh --seeds 2 --hidden 4 --test 0.5 --backbone-epochs 1 --rows mask';
  expect(await handed('ablate', line, ...more.split(' '))).toMatchObject({
    ...{ form: 'recurrent-tanh', seeds: 2, hidden: 4, test: 0.5, backboneEpochs: 1, groups: ['mask'] },
  });
});

it('reproduce hands on seeds, splits and folds', async () => {
  const line = 'reproduce folders DATA --out OUT --seeds 4,5 --folds 3';
  expect(await handed('reproduce', line)).toMatchObject({ name: 'folders', seeds: [4, 5], folds: 3 });
  expect(await handed('reproduce', 'reproduce hmdb51 DATA --out OUT --splits 1,3')).toMatchObject({
    ...{ name: 'hmdb51', splits: [1, 3], folds: undefined },
  });
});

describe('finetune', () => {
  const line = () =>
    `finetune DATA --offline --backbone resnet18 --weights random --out ${join(folder, 'f')}`;

  it('learns from layer4 on with mirroring and balance, unless told otherwise', async () => {
    const usual = await handed('finetune', line());
    expect(usual).toMatchObject({ from: 'layer4', isAugmented: true, recipe: {} });
    const other = await handed('finetune', line(), '--from', 'layer3', '--no-flip', '--no-balance');
    expect(other).toMatchObject({ from: 'layer3', recipe: { augment: { flip: 0 }, isBalanced: false } });
  });

  it('takes a file of settings, over which options by hand win', async () => {
    const settings = join(folder, 'finetune.json');
    await writeFile(settings, JSON.stringify({ epochs: 7, batch: 5 }));
    const { recipe } = await handed('finetune', line(), '--settings', settings, '--batch', '6');
    expect(recipe).toMatchObject({ epochs: 7, batch: 6 });
    await writeFile(settings, '[1]');
    await expect(called(...line().split(' '), '--settings', settings)).rejects.toThrow(
      /finetune.json: a JSON file with parts of a recipe, got \[1\]/,
    );
  });
});

it('extract checks what is stored, three clips or as many as are asked for', async () => {
  const line = `extract DATA --backbone resnet18 --weights random --out ${join(folder, 'store')} --verify`;
  expect(await handed('verifyFeatures', line)).not.toHaveProperty('sample');
  expect(await handed('verifyFeatures', `${line} 7`)).toMatchObject({ sample: 7 });
});

it('a worker takes one clip at a time and waits half a minute for others unless told otherwise', async () => {
  const line = 'worker --queue redis://127.0.0.1:1';
  expect(await handed('runWorker', line)).toMatchObject({ concurrency: 1, stalledSeconds: 30 });
  expect(await handed('runWorker', `${line} --concurrency 3 --stalled 90`)).toMatchObject({
    ...{ concurrency: 3, stalledSeconds: 90 },
  });
});

it('evaluate hands on the training truth, the rule of truth and the side', async () => {
  expect(await handed('scoreModel', 'evaluate MODEL DATA')).toMatchObject({
    ...{ truthRule: 'any', trainTruth: undefined },
  });
  const line = 'evaluate MODEL DATA --train-truth t.json --truth-rule first';
  expect(await handed('scoreModel', line)).toMatchObject({
    ...{ truthRule: 'first', trainTruth: { file: 't.json' } },
  });
  const protocol = 'evaluate --protocol thumos14 --annotations A --detections D --subset validation';
  expect(await handed('runProtocol', protocol)).toMatchObject({ subset: 'validation' });
});

describe('serve', () => {
  it('listens where it is told to, under the names that are allowed, and takes uploads up to a limit', async () => {
    const { code, printed } = await called(
      ...['serve', 'MODEL', '--host', '0.0.0.0', '--allow-host', 'a.example', '--allow-host', 'b.example'],
      ...['--port', '0', '--upload-limit', '1.5'],
    );
    expect([code, printed]).toEqual([0, ['http://127.0.0.1:1/']]);
    expect(given.by['listen']).toMatchObject({
      host: '0.0.0.0',
      allowHosts: ['a.example', 'b.example'],
      port: 0,
    });
    expect(given.by['openServed']).toMatchObject({ models: ['MODEL'], uploadLimit: 1.5e6, mode: 'server' });
    expect(spawned).toEqual([]);
  });

  it('serves a page to teach without any argument, with the network that is named', async () => {
    await called('serve', '--backbone', 'onnx:NET.onnx#fine', '--preprocessing', 'caffe');
    expect(given.by['openServed']).toMatchObject({
      models: [],
      data: undefined,
      backbone: { kind: 'onnx', file: 'NET.onnx', outputs: ['fine'], preprocessing: 'caffe' },
    });
    await called('serve'); // the tests' environment names the small one, which is trained and not named
    expect(given.by['openServed']).toMatchObject({ models: [], backbone: undefined });
  });

  it('opens the browser where asked', async () => {
    await called('serve', 'MODEL', '--open');
    expect(spawned.flat().flat()).toContain('http://127.0.0.1:1/');
  });

  it('writes the page as a folder or as one file, and ends with 1 where a clip is missing from it', async () => {
    const copy = await called('serve', 'MODEL', '--static', 'site');
    expect([copy.code, copy.json]).toEqual([
      0,
      [{ folder: 'site', place: 'site', files: 3, bytes: 2e6, broken: [] }],
    ]);
    expect(copy.printed.join()).toMatch(/site: 3 files, 2.0 MB; open it from any web server/);
    const one = await called('serve', 'MODEL', '--static', 'page.HTML');
    expect([one.code, one.said.at(-1)]).toEqual([1, 'left out: a.mp4']);
    expect(one.json).toMatchObject([{ file: 'page.HTML', bytes: 1e6 }]);
  });
});

it('every option of the command line is named by a test', async () => {
  const program = await programOf(() => () => Promise.resolve(), []);
  const options = program.commands.flatMap((command) => [command, ...command.commands]);
  const names = new Set(options.flatMap((command) => command.options.map(({ long }) => long!)));
  expect(names.size).toBeGreaterThan(80);
  const tests = readdirSync('test', { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  const text = tests.map((name) => readFileSync(join('test', name), 'utf8')).join('\n');
  const isNamed = (name: string): boolean => new RegExp(`${name}(?![\\w-])`).test(text);
  expect([...names].filter((name) => !isNamed(name))).toEqual([]);
});
