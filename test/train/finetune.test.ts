// Fine-tuning the last stage of a ResNet-18 on tiny frames, from weights given by a formula.
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openExtractor } from '../../src/backbone/index.js';
import { parametersOf, readWeightFile } from '../../src/backbone/weights/read.js';
import { exportOnnx, exportWeb, openModel, readModelFolder } from '../../src/savedModel/index.js';
import { openBackbone } from '../../src/savedModel/openModel.js';
import { decodeSafetensors, encodeSafetensors } from '../../src/model/index.js';
import { openRuntime } from '../../src/runtime/index.js';
import { readCheckpoint } from '../../src/train/folder/checkpoint.js';
import {
  finetune,
  readLog,
  train,
  type FinetuneOptions,
  type FinetuneSummary,
  type TrainEvent,
} from '../../src/train/index.js';
import type { Tensor } from '../../src/tensor.js';
import { readClip } from '../../src/video/index.js';
import { formulaWeights } from '../backbone/formula.js';
import { runCommand } from '../cli/runCommand.js';
import { writeTinyWorld } from '../dataset/tinyWorld.js';
import { command } from '../cli/command.js';

const kind = 'resnet18';
const size = { width: 32, height: 32 };
let folder: string;
let data: string;
let cache: string;
let start: string;
let options: Omit<FinetuneOptions, 'out'>;
let summary: FinetuneSummary;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-finetune-'));
  [data, cache, start] = ['data', 'cache', 'start.safetensors'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await writeTinyWorld(data, 4);
  await writeFile(start, encodeSafetensors(formulaWeights(parametersOf({ kind }), 7)));
  const recipe = { epochs: 2, batch: 3, oversample: 3, validation: 0.25 };
  options = { data, cache, backbone: { kind, weights: start, size }, from: 'layer4', recipe, threads: 1 };
  summary = await finetune({ ...options, out: join(folder, 'unbroken') });
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

test('leaves the whole network by the names of torchvision, of which only the asked stage has changed', async () => {
  expect(summary).toMatchObject({
    status: 'done',
    epochs: 2,
    weights: join(folder, 'unbroken/resnet18.safetensors'),
  });
  const [before, after] = [await readWeightFile(start), await readWeightFile(summary.weights!)];
  expect(Object.keys(after).sort()).toEqual([...Object.keys(before), 'fc.weight', 'fc.bias'].sort());
  expect([after['fc.weight']!.shape, after['fc.bias']!.shape]).toEqual([[2, 512], [2]]);
  const bytesOf = ({ data: { buffer, byteOffset, byteLength } }: Tensor) =>
    Buffer.from(buffer, byteOffset, byteLength);
  const changed = Object.keys(before).filter((name) => !bytesOf(before[name]!).equals(bytesOf(after[name]!)));
  expect(changed.length).toBeGreaterThan(0);
  expect(changed.filter((name) => !name.startsWith('layer4.'))).toEqual([]);
  // a batch norm in PyTorch's train mode: running statistics follow the batch, weights learn
  expect(changed).toEqual(expect.arrayContaining(['layer4.0.bn1.running_mean', 'layer4.1.bn2.weight']));
});

test('says in the file what it is and where it comes from', async () => {
  const { metadata } = decodeSafetensors(await readFile(summary.weights!), 'file');
  expect(metadata).toMatchObject({ kind, from: 'layer4', start, hash: summary.hash });
  expect(JSON.parse(metadata.classes!)).toEqual(['left', 'right']);
  const { epoch, recipe } = JSON.parse(metadata.training!) as { epoch: number; recipe: object };
  expect(epoch).toBe(summary.best!.epoch);
  expect(recipe).toMatchObject({
    frames: 5,
    sampling: 'segment-random',
    attention: { form: 'mean', consensus: 'sum' },
    optimiser: { name: 'sgd', momentum: 0.9 },
    learningRate: 5e-4,
    schedule: { name: 'plateau', patience: 1 },
    augment: { flip: 0.5, crop: 0 },
    cutFrom: { width: 37, height: 37 }, // 32 * 256 / 224 = 36.6
  });
});

test('is a weight file that the backbone takes, with features other than before', async () => {
  await using runtime = await openRuntime({ threads: 1 });
  const of = async (weights: string) => {
    await using extractor = await openExtractor({ kind, weights, size }, { runtime });
    const frames = { dtype: 'uint8' as const, shape: [1, 32, 32, 3], data: new Uint8Array(3072).fill(90) };
    return { identity: extractor.identity, data: (await extractor.extract(frames)).data };
  };
  const [before, after] = [await of(start), await of(summary.weights!)];
  expect(after.identity).not.toBe(before.identity);
  expect(after.data).not.toEqual(before.data);
});

test('a run that was stopped within an epoch, and then broke off within one, ends in the same bytes', async () => {
  const out = join(folder, 'stopped');
  const abort = new AbortController();
  const onEvent = (event: TrainEvent): void => void (event.kind === 'step' && abort.abort());
  const half = await finetune({ ...options, out, signal: abort.signal, onEvent });
  expect(half).toMatchObject({ status: 'interrupted' });
  expect(half.weights).toBeUndefined();
  let made = 0;
  const broken = finetune({
    ...{ ...options, out, saveSeconds: 0 }, // saves before every step
    onEvent: (event) => {
      if (event.kind === 'step' && ++made === 3) throw new Error('broken off');
    },
  });
  await expect(broken).rejects.toThrow('broken off');
  // two steps an epoch: the second of epoch 1, then both of epoch 2, the last of which is not saved
  expect((await readCheckpoint(out))!.run.position).toMatchObject({ epoch: 1, step: 1, total: 3 });
  const rest = await finetune({ ...options, out });
  expect(rest).toMatchObject({ status: 'done', model: summary.model, hash: summary.hash });
  expect((await readFile(rest.weights!)).equals(await readFile(summary.weights!))).toBe(true);
});

test('a killed command, called again, computes no whole thing again and ends in the bytes of an unbroken one', async () => {
  const line = (out: string) => [
    ...['finetune', data, '--out', out, '--backbone', kind, '--weights', start, '--size', '32', '--json'],
    ...['--threads', '1', '--batch', '3', '--accumulate', '2', '--epochs', '2', '--frames', '2'],
    ...['--no-augment', '--cache', join(folder, 'killed-cache')],
  ];
  const out = join(folder, 'killed.safetensors');
  await killedAt(line(out), ({ kind: event }) => event === 'epoch');
  const stored = await readdir(join(folder, 'killed-cache'));
  const done = (await readCheckpoint(join(folder, 'killed.run')))!.run.position.epoch; // 1, or 2 where the kill came late
  expect(await readdir(folder)).not.toContain('killed.safetensors');
  const again = await runCommand(...line(out));
  expect(again.code, again.stderr).toBe(0);
  const events = eventsOf(again.stderr);
  expect(events.find(({ kind: event }) => event === 'start')).toMatchObject({ epochsDone: done });
  expect(events.filter(({ kind: event }) => event === 'epoch')).toHaveLength(2 - done);
  const kept = await readdir(join(folder, 'killed-cache'));
  expect(kept).toEqual(expect.arrayContaining(stored));
  expect(kept.length).toBeLessThanOrEqual(stored.length + 1); // what a run that ends pools of its clips
  const whole = await finetune({
    ...{ ...options, out: join(folder, 'whole'), cache: join(folder, 'killed-cache'), isAugmented: false },
    backbone: { ...options.backbone, batchNorm: 'batch' },
    recipe: { epochs: 2, batch: 3, accumulate: 2, frames: 2 },
  });
  expect((await readFile(out)).equals(await readFile(whole.weights!))).toBe(true);
}, 300_000);

interface Told {
  kind?: string;
}

function eventsOf(stderr: string): Told[] {
  return stderr.split('\n').flatMap((row) => (row.startsWith('{') ? [JSON.parse(row) as Told] : []));
}

/** Runs a command and kills it, without a chance to save anything, when it tells of a certain event. */
function killedAt(args: string[], isTime: (event: Told) => boolean): Promise<void> {
  const child = spawn(process.execPath, [...command, ...args]);
  let text = '';
  child.stderr.on('data', (part) => {
    text += part;
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (eventsOf(whole).some(isTime)) child.kill('SIGKILL');
  });
  return new Promise((resolve, reject) =>
    child.on('close', (_, signal) =>
      signal === 'SIGKILL' ? resolve() : reject(new Error(`ended by itself: ${text}`)),
    ),
  );
}

test('other settings than those of the unfinished run are refused, and what they are is said', async () => {
  const change = { ...options, out: join(folder, 'unbroken'), recipe: { ...options.recipe, batch: 4 } };
  await expect(finetune(change)).rejects.toThrow(/batch: 3, as the run began, got 4/);
});

test('without weights it says which to bring, before any clip is read', async () => {
  const events: TrainEvent[] = [];
  const before = process.env.HF_HOME;
  process.env.HF_HOME = join(folder, 'no-hub');
  try {
    const failing = finetune({
      ...options,
      backbone: { kind, size },
      out: join(folder, 'none'),
      cache: join(folder, 'none'),
      onEvent: (event) => events.push(event),
    });
    await expect(failing).rejects.toThrow(/the weights resnet18.*backbone get resnet18.*--weights FILE/s);
  } finally {
    if (before === undefined) delete process.env.HF_HOME;
    else process.env.HF_HOME = before;
  }
  expect(events.filter(({ kind: event }) => event === 'broken')).toEqual([]);
});

test('a stage that there is not, and a backbone without stages, are refused', async () => {
  const out = join(folder, 'refused');
  await expect(finetune({ ...options, out, from: 'layer5' })).rejects.toThrow(
    /layer2, layer3, layer4.*layer5/,
  );
  await expect(finetune({ ...options, out, backbone: { kind: 'small' } })).rejects.toThrow(
    /resnet18.*got small/,
  );
});

test('the last stage learns together with the attention, and its model answers and is exported in one piece', async () => {
  const out = join(folder, 'joint');
  const backbone = {
    kind,
    weights: start,
    size,
    from: 'layer4',
    stages: ['layer3', 'layer4'],
    batchNorm: 'running',
  };
  const recipe = { backbone, frames: 4, epochs: 1, batch: 4, validation: 0.25 };
  const abort = new AbortController();
  const half = await train({
    ...{ data, cache, out, recipe, threads: 1, signal: abort.signal },
    onEvent: (event) => void (event.kind === 'step' && abort.abort()),
  });
  expect(half.status).toBe('interrupted');
  const done = await train({ data, cache, out, resume: true, threads: 1 });
  expect(done).toMatchObject({ status: 'done', epochs: 1 });
  expect((await readLog(out)).map(({ epoch }) => epoch)).toEqual([0, 1]); // epoch 0 is the mean pool
  const { config, tensors } = await readModelFolder(out);
  expect(config.backbone).toMatchObject({ kind, from: 'layer4', weights: start });
  expect(config.backbone.isFrozen).toBeUndefined();
  expect(config.grid).toEqual({ channels: 256 + 512, height: 2, width: 2 }); // 32 pixels: layer3 2 x 2, layer4 1 x 1
  const own = Object.keys(tensors).filter((name) => name.startsWith('backbone.'));
  expect(own.length).toBeGreaterThan(0);
  expect(own.filter((name) => !name.startsWith('backbone.layer4.'))).toEqual([]);

  const predictor = await openModel(out, { threads: 1 });
  const path = join(data, 'left/clip0.mp4');
  const clip = await readClip(path, predictor.shape);
  const { result } = await predictor.predict(clip, path);
  await predictor.close();
  const file = join(folder, 'joint.onnx');
  const exported = await exportOnnx(out, file, { threads: 1 });
  expect(exported.largestDifference).toBeLessThan(1e-4);
  expect((await exportWeb(out, join(folder, 'web'), { threads: 1 })).largestDifference).toBeLessThan(1e-4);
  await using runtime = await openRuntime({ threads: 1 });
  await using seen = await openBackbone({ config, tensors }, { runtime }); // front and trained stage, as an audit sees them
  expect(seen.grid).toEqual(config.grid);
  const whole = await runtime.openModel(file); // frames in, without any of this project beside it
  const { probabilities } = await whole.run({
    frames: { dtype: 'uint8', shape: [1, 4, 32, 32, 3], data: clip.frames },
  });
  for (const { label, probability } of result.classes) {
    expect(Number(probabilities!.data[config.classes.indexOf(label)])).toBeCloseTo(probability, 4);
  }
}, 300_000);
