// One battery for every kind of frozen network.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backboneKinds, onnxKind } from '../../src/backbone/kinds.js';
import { fitWeights } from '../../src/backbone/weights/fit.js';
import { openExtractor, type BackboneSettings, type FeatureExtractor } from '../../src/backbone/index.js';
import { parametersOf } from '../../src/backbone/weights/read.js';
import { initialise } from '../../src/model/index.js';
import { Random } from '../../src/random.js';
import { openRuntime, type Runtime } from '../../src/runtime/index.js';
import type { Tensor, Tensors } from '../../src/tensor.js';
import { formulaWeights } from './formula.js';
import { tinyOnnx } from './tinyOnnx.js';

const folder = mkdtempSync(join(tmpdir(), 'extractor-'));
const size = { width: 32, height: 24 };

function onnxFile(name: string, options: Parameters<typeof tinyOnnx>[0]): string {
  const file = join(folder, `${name}.onnx`);
  writeFileSync(file, tinyOnnx({ ...size, ...options }));
  return file;
}

function weightsFor(settings: BackboneSettings): Tensors {
  const parameters = parametersOf(settings);
  if (settings.kind === 'small') return initialise(parameters, Random.from(1));
  return fitWeights(formulaWeights(parameters, 3), { parameters, path: 'formula' });
}

interface Case {
  settings: BackboneSettings;
  grid: [channels: number, height: number, width: number];
  scales: string[];
}

const cases: Record<string, Case> = {
  small: { settings: { kind: 'small', size }, grid: [64, 3, 4], scales: ['conv3'] },
  'resnet18, layer2': {
    settings: { kind: 'resnet18', stages: ['layer2'], size },
    grid: [128, 3, 4],
    scales: ['layer2'],
  },
  'resnet50, layer2 and layer1': {
    settings: { kind: 'resnet50', stages: ['layer2', 'layer1'], size },
    grid: [768, 6, 8],
    scales: ['layer2', 'layer1'],
  },
  'an ONNX file with a free batch': {
    settings: { kind: 'onnx', file: onnxFile('free', {}), preprocessing: 'imagenet', size },
    grid: [4, 12, 16],
    scales: ['fine'],
  },
  'an ONNX file for three frames at once, two scales': {
    settings: {
      kind: 'onnx',
      file: onnxFile('three', { batch: 3 }),
      preprocessing: 'caffe',
      outputs: ['coarse', 'fine'],
      size,
    },
    grid: [9, 12, 16],
    scales: ['coarse', 'fine'],
  },
};

function framesOf(count: number, seed = 1): Tensor {
  const random = Random.from(seed, 'frames');
  const data = Uint8Array.from({ length: count * 24 * 32 * 3 }, () => random.integer(0, 256));
  return { dtype: 'uint8', shape: [count, 24, 32, 3], data };
}

function rows(features: Tensor, start: number, end: number): Float32Array {
  const one = features.data.length / features.shape[0]!;
  return (features.data as Float32Array).subarray(start * one, end * one);
}

function expectClose(ours: Float32Array, expected: Float32Array): void {
  expect(ours.length).toBe(expected.length);
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  expect(scale).toBeGreaterThan(0);
  const worst = ours.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
  expect(worst / scale).toBeLessThan(1e-5);
}

it('looks at every kind of backbone there is', () => {
  // 34 and 101 are the blocks of 18 and 50, more often
  const kinds = new Set([
    ...Object.values(cases).map(({ settings }) => settings.kind),
    'resnet34',
    'resnet101',
  ]);
  expect([...kinds].sort()).toEqual([...backboneKinds, onnxKind].sort());
});

describe.each(Object.entries(cases))('features of %s', (_, { settings, grid, scales }) => {
  let runtime: Runtime;
  let extractor: FeatureExtractor;
  const open = (changed: object = {}, tensors?: Tensors): Promise<FeatureExtractor> => {
    const all: BackboneSettings = { ...settings, ...changed };
    const own = all.kind === 'onnx' ? undefined : (tensors ?? weightsFor(all));
    return openExtractor(all, { runtime, tensors: own, batch: 4 });
  };
  beforeAll(async () => {
    runtime = await openRuntime({ threads: 1 });
    extractor = await open();
  });
  afterAll(() => runtime.close());

  it('have the grid that is told', async () => {
    const [channels, height, width] = grid;
    expect(extractor.grid).toEqual({ channels, height, width });
    expect(extractor.scales.map(({ name }) => name)).toEqual(scales);
    expect(extractor.preprocessing.size).toEqual(size);
    expect((await extractor.extract(framesOf(2))).shape).toEqual([2, ...grid]);
  });

  it('of a frame are the same whatever stands beside it, for any number of frames', async () => {
    const frames = framesOf(9);
    const all = await extractor.extract(frames);
    const one = {
      ...frames,
      shape: [1, 24, 32, 3],
      data: (frames.data as Uint8Array).slice(5 * 2304, 6 * 2304),
    };
    expectClose(rows(await extractor.extract(one), 0, 1), rows(all, 5, 6));
    const again = await extractor.extract(framesOf(9));
    expect(again.data).toEqual(all.data);
  });

  it('come in the order of the calls when calls overlap, and leave the frames as they were', async () => {
    const [a, b] = [framesOf(3, 1), framesOf(5, 2)];
    const [first, second] = await Promise.all([extractor.extract(a), extractor.extract(b)]);
    expect(a.data).toEqual(framesOf(3, 1).data);
    expectClose(rows(first, 0, 3), rows(await extractor.extract(a), 0, 3));
    expectClose(rows(second, 0, 5), rows(await extractor.extract(b), 0, 5));
  });

  it('are refused for frames of another size or type', async () => {
    const wrong = { ...framesOf(1), shape: [1, 32, 24, 3] };
    await expect(extractor.extract(wrong)).rejects.toThrow(
      /frames: uint8 \[B, 24, 32, 3\], got uint8 \[1, 32, 24, 3\]/,
    );
    const float: Tensor = { ...framesOf(1), dtype: 'float32', data: new Float32Array(2304) };
    await expect(extractor.extract(float)).rejects.toThrow(/frames: uint8 .*, got float32/);
  });

  it('have an identity that changes with what decides the numbers, and with nothing else', async () => {
    await using same = await open();
    expect(same.identity).toBe(extractor.identity);
    await using cropped = await open({
      preprocessing: { ...extractor.preprocessing, size, mean: [0.4, 0.5, 0.6] },
    });
    expect(cropped.identity).not.toBe(extractor.identity);
    const changed = settings.kind === 'onnx' ? { file: onnxFile('other', { seed: 2 }) } : {};
    const tensors: Tensors = settings.kind === 'onnx' ? {} : weightsFor(settings);
    const name = Object.keys(tensors)[0];
    if (name) tensors[name] = { ...tensors[name]!, data: new Float32Array(tensors[name]!.data.length) };
    await using other = await open(changed, tensors);
    expect(other.identity).not.toBe(extractor.identity);
  });
});
