import { describe, expect, it } from 'vitest';
import { createBackbone } from '../../src/backbone/index.js';
import { small } from '../../src/backbone/small.js';
import { input } from '../../src/graph/index.js';
import { inferenceGraph, initialise, parseModelConfig, Scope } from '../../src/model/index.js';
import { Random } from '../../src/random.js';
import { openRuntime } from '../../src/runtime/index.js';
import type { Tensor } from '../../src/tensor.js';

describe('the small backbone', () => {
  it.each([
    [112, 112],
    [96, 96],
    [128, 100],
    [97, 113],
  ])('makes the grid that it says from %i x %i frames', (width, height) => {
    const backbone = small();
    const features = backbone.forward(new Scope({ training: false }), input('frames', [2, 3, height, width]));
    const { channels, ...cells } = backbone.grid({ width, height });
    expect(features.shape).toEqual([2, channels, cells.height, cells.width]);
  });

  it('has 14 x 14 cells at 112 pixels and 12 x 12 at 96', () => {
    expect(small().grid({ width: 112, height: 112 })).toEqual({ channels: 64, height: 14, width: 14 });
    expect(small().grid({ width: 96, height: 96 })).toMatchObject({ height: 12, width: 12 });
  });

  it('costs between 5 and 15 million multiply-adds for a frame of 96 pixels', () => {
    const scope = new Scope({ training: false });
    small().forward(scope, input('frames', [1, 3, 96, 96]));
    const weights = scope.parameters.filter(({ shape }) => shape.length === 4);
    const edges = [24, 12, 12];
    const cost = weights.reduce(
      (sum, { shape: [o, i, a, b] }, k) => sum + o! * i! * a! * b! * edges[k]! ** 2,
      0,
    );
    expect(cost).toBeGreaterThan(5e6);
    expect(cost).toBeLessThan(15e6);
  });

  it('names its parameters backbone.*', () => {
    const scope = new Scope({ training: false });
    small({ widths: [4], strides: [2] }).forward(scope, input('frames', [1, 3, 8, 8]));
    expect(scope.parameters.map(({ name }) => name)).toEqual([
      'backbone.conv1.weight',
      'backbone.bn1.weight',
      'backbone.bn1.bias',
      'backbone.bn1.runningMean',
      'backbone.bn1.runningVar',
    ]);
  });

  it('refuses widths and strides of different counts, and an unknown kind', () => {
    expect(() => small({ widths: [8, 8], strides: [2] })).toThrow(
      /backbone: strides: expected as many strides/,
    );
    expect(() => createBackbone({ kind: 'giant' })).toThrow(
      /backbone\.kind: one of small, resnet18, .*, got giant/,
    );
  });
});

describe('a model with its backbone in front', () => {
  const config = parseModelConfig({
    version: 1,
    classes: ['a', 'b'],
    frames: 3,
    transform: { size: { width: 12, height: 8 }, mean: [0.5, 0.4, 0.3], std: [0.2, 0.3, 0.4] },
    backbone: { kind: 'small', widths: [4], strides: [4], kernels: [3] },
    attention: { form: 'joint', hidden: 4, scoreWidth: 3, contextFrames: 1 },
    grid: { channels: 4, height: 2, width: 3 },
  });

  it('takes frames as bytes and normalises them by the transform', async () => {
    // a "backbone" that only averages blocks of 4 x 4, so that the features can be worked by hand
    const seen: { frames?: readonly number[] } = {};
    const encoder = {
      forward: (scope: Scope, frames: ReturnType<typeof input>) => {
        seen.frames = frames.shape;
        return createBackbone(config.backbone).forward(scope, frames);
      },
    };
    await using runtime = await openRuntime({ threads: 1 });
    const { graph, parameters } = inferenceGraph({ config, encoder, clips: 1, features: true });
    const weights = initialise(parameters, Random.from(1));
    const pick = new Float32Array(4 * 3 * 9); // channel c of the output is the middle pixel of colour c
    for (let c = 0; c < 3; c++) pick[(c * 3 + c) * 9 + 4] = 1;
    await runtime.write({
      ...weights,
      'backbone.conv1.weight': { ...weights['backbone.conv1.weight']!, data: pick },
    });
    const bytes = Uint8Array.from({ length: 3 * 8 * 12 * 3 }, (_, i) => (i * 7) % 256);
    const frames: Tensor = { dtype: 'uint8', shape: [1, 3, 8, 12, 3], data: bytes };
    const { features } = await (await runtime.compile(graph)).run({ frames });
    expect(seen.frames).toEqual([3, 3, 8, 12]);
    const at = (i: number, y: number, x: number, c: number): number => bytes[((i * 8 + y) * 12 + x) * 3 + c]!;
    const { mean, std } = config.transform;
    for (const [i, c, y, x] of [
      [0, 0, 0, 0],
      [1, 1, 1, 2],
      [2, 2, 1, 1],
    ] as const) {
      const pixel = (at(i, 4 * y, 4 * x, c) / 255 - mean[c]!) / std[c]!;
      const expected = Math.max(0, pixel / Math.sqrt(1 + 1e-5)); // a fresh batch norm, then ReLU
      expect(Number(features!.data[((i * 4 + c) * 2 + y) * 3 + x])).toBeCloseTo(expected, 4);
    }
  });

  it('refuses a grid that the backbone does not make', () => {
    const wrong = { ...config, grid: { channels: 4, height: 3, width: 3 } };
    const encoder = createBackbone(config.backbone);
    expect(() => inferenceGraph({ config: wrong, encoder, clips: 1 })).toThrow(
      /config\.json: grid: what the backbone makes of 12x8 frames, \[4,2,3\], got \[4,3,3\]/,
    );
  });
});
