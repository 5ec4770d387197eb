import { describe, expect, it } from 'vitest';
import { createBackbone } from '../../src/backbone/index.js';
import { fitWeights } from '../../src/backbone/weights/fit.js';
import { frontOf, trainedFrom, wholeOf } from '../../src/backbone/front.js';
import { parametersOf } from '../../src/backbone/weights/read.js';
import { resnet, type StageName } from '../../src/backbone/resnet.js';
import { gradients, input, mul, sum, type Expr } from '../../src/graph/index.js';
import { Scope } from '../../src/model/index.js';
import { openRuntime } from '../../src/runtime/index.js';
import { float32, type Tensors } from '../../src/tensor.js';
import { formulaFrames, formulaTensor, formulaWeights } from './formula.js';

function shapeOf(settings: Record<string, unknown> & { kind: string }, width: number, height: number) {
  const scope = new Scope({ training: false });
  return createBackbone(settings).forward(scope, input('frames', [2, 3, height, width])).shape;
}

describe('a ResNet', () => {
  it.each([
    ['resnet18', ['layer4'], 224, 224, [512, 7, 7]],
    ['resnet34', ['layer2'], 96, 64, [128, 8, 12]],
    ['resnet50', ['layer3'], 224, 224, [1024, 14, 14]],
    ['resnet101', ['layer1'], 50, 30, [256, 8, 13]],
    ['resnet18', ['layer3', 'layer4'], 97, 113, [768, 8, 7]],
  ] as const)(
    '%s cut at %j makes of %i x %i pixels the grid %j that it says',
    (kind, stages, width, height, grid) => {
      const [channels, h, w] = grid;
      expect(createBackbone({ kind, stages }).grid({ width, height })).toEqual({
        channels,
        height: h,
        width: w,
      });
      expect(shapeOf({ kind, stages }, width, height)).toEqual([2, channels, h, w]);
    },
  );

  it('has 14 x 14 cells of 224 pixels in its last stage with stride 1 there', () => {
    const settings = { kind: 'resnet18', lastStride: 1 };
    expect(createBackbone(settings).grid({ width: 224, height: 224 })).toEqual({
      channels: 512,
      height: 14,
      width: 14,
    });
    expect(shapeOf(settings, 64, 96)).toEqual([2, 512, 6, 4]);
  });

  it("has as many parameters as torchvision's, without the classifier", () => {
    const count = (kind: string): number =>
      parametersOf({ kind })
        .filter(({ isTrainable }) => isTrainable)
        .reduce((total, { shape }) => total + shape.reduce((a, b) => a * b, 1), 0);
    expect(count('resnet18')).toBe(11_689_512 - 513_000); // the whole network's known size less its 1000 classes
    expect(count('resnet34')).toBe(21_797_672 - 513_000);
    expect(count('resnet50')).toBe(25_557_032 - 2_049_000);
    expect(count('resnet101')).toBe(44_549_160 - 2_049_000);
  });

  it('goes on from an earlier stage where it is told to, with the same parameters', async () => {
    const parts = parametersOf({ kind: 'resnet18', from: 'layer4' }).map(({ name }) => name);
    const all = parametersOf({ kind: 'resnet18' }).map(({ name }) => name);
    expect(parts).toEqual(all.filter((name) => name.startsWith('backbone.layer4.')));
    const scope = new Scope({ training: false });
    const features = resnet({ kind: 'resnet18', from: 'layer4' }).forward(scope, input('x', [1, 256, 6, 4]));
    expect(features.shape).toEqual([1, 512, 3, 2]);
  });

  it.each([[['layer4']], [['layer3', 'layer4']]])(
    'behind its frozen front gives %j as in one piece: the very same nodes of the graph',
    (stages) => {
      const settings = trainedFrom({ kind: 'resnet18', stages }, 'layer4');
      const scope = new Scope({ training: false });
      const frames = input('frames', [2, 3, 64, 48]);
      const front = createBackbone(frontOf(settings)).forward(scope, frames);
      const stage = createBackbone(settings);
      const size = { width: 48, height: 64 };
      const { channels, height, width } = stage.inputGrid!(size);
      expect(front.shape).toEqual([2, channels, height, width]);
      expect(stage.grid(size)).toEqual(createBackbone(wholeOf(settings)).grid(size));
      const [behind, whole] = [
        stage.forward(scope, front),
        createBackbone(wholeOf(settings)).forward(scope, frames),
      ];
      expect(behind.shape).toEqual(whole.shape);
      if (stages.length === 1) expect(behind).toBe(whole);
      else expect(behind.inputs[0]).toBe(whole.inputs[0]); // what is enlarged beside it is made anew
    },
  );

  it('refuses a stage that there is not, one given twice, and one before the beginning', () => {
    const make = (settings: object) => () => createBackbone({ kind: 'resnet18', ...settings });
    expect(make({ stages: ['layer5'] })).toThrow(/backbone: stages\.0: .*layer4.*, got "layer5"/);
    expect(make({ stages: ['layer3', 'layer3'] })).toThrow(/backbone: stages: expected every stage once/);
    for (const stages of [['layer3'], ['layer2', 'layer4']]) {
      expect(make({ from: 'layer4', stages })).toThrow(/stages: expected no stage before `from`/);
    }
    expect(make({ lastStride: 3 })).toThrow(/backbone: lastStride/);
  });
});

function lengthOf(vector: Float32Array): number {
  return Math.sqrt(vector.reduce((total, value) => total + value * value, 0));
}

interface Slope {
  name: string;
  ours: number;
  measured: number;
}

const tolerance = 0.02;

/**
 * Steps as shares of a parameter's length: where units of a ReLU change sides within the first, the smaller one is
 * nearer to the slope. Both are far above the rounding of float32, and a wrong gradient agrees with neither.
 */
const steps = [2e-4, 5e-5];

/** Our derivative along the gradient of each parameter, and the one that central differences measure there. */
async function slopes(training: boolean, names: readonly string[], stage: StageName): Promise<Slope[]> {
  const shape = [2, 3, 32, 32];
  const scope = new Scope({ training });
  const frames = input('frames', shape);
  const features = resnet({ kind: 'resnet18', stages: [stage] }).forward(scope, frames);
  const loss = sum(mul(features, input('weights', features.shape)));
  const wrt = names.map((name) => scope.parameters.find((one) => one.name === name)!.expr);
  const found = gradients(loss, wrt);
  await using runtime = await openRuntime({ threads: 1 });
  const { parameters } = scope;
  const state = fitWeights(formulaWeights(parameters, 3), { parameters, path: 'formula' });
  const feeds = { frames: formulaFrames(shape, 3) };
  const weighted: Tensors = { ...feeds, weights: formulaTensor('weights', features.shape, 3) };
  const outputs: Record<string, Expr> = Object.fromEntries(
    found.map((slope, i) => [`slope ${names[i]!}`, slope]),
  );
  const backward = await runtime.compile({ outputs, updates: [] });
  const forward = await runtime.compile({ outputs: { features }, updates: [] });
  await runtime.write(state);
  const gradient = await backward.run(weighted);
  const weights = weighted.weights!.data as Float32Array;
  const lossAt = async (name: string, step: Float32Array, by: number): Promise<number> => {
    const { data, shape } = state[name]!;
    const moved = (data as Float32Array).map((value, i) => value + by * step[i]!);
    await runtime.write({ [name]: float32(moved, shape) });
    const result = (await forward.run(feeds)).features!.data as Float32Array;
    return result.reduce((total, value, i) => total + value * weights[i]!, 0); // in float64, unlike a sum in the graph
  };
  const all: Slope[] = [];
  for (const name of names) {
    const own = gradient[`slope ${name}`]!.data as Float32Array;
    const norm = lengthOf(own);
    const direction = own.map((value) => value / norm);
    let measured = NaN;
    for (const share of steps) {
      const by = share * lengthOf(state[name]!.data as Float32Array);
      measured = ((await lossAt(name, direction, by)) - (await lossAt(name, direction, -by))) / (2 * by);
      if (Math.abs(measured / norm - 1) < tolerance) break;
    }
    await runtime.write({ [name]: state[name]! });
    all.push({ name, ours: norm, measured });
    if (process.env.WHEREWHEN_SHOW) console.log(training, name, measured / norm - 1);
  }
  return all;
}

describe('gradients of a ResNet-18 on frames of 32 x 32 pixels', () => {
  const names = [
    'backbone.conv1.weight',
    'backbone.layer1.0.bn1.bias',
    'backbone.layer2.0.downsample.0.weight',
    'backbone.layer3.1.conv2.weight',
    'backbone.layer4.1.bn2.weight',
  ];

  it('agree with central differences with running statistics, for each parameter of the whole network', async () => {
    const all = parametersOf({ kind: 'resnet18' }).filter(({ isTrainable }) => isTrainable);
    expect(all).toHaveLength(60); // 20 convolutions, and weight and bias of their batch norms
    const measurements = await slopes(
      false,
      all.map(({ name }) => name),
      'layer4',
    );
    for (const { name, ours, measured } of measurements) {
      expect(Math.abs(measured / ours - 1), `${name}: ${ours} and ${measured}`).toBeLessThan(tolerance);
    }
  });

  it("agree with central differences through the batch's own statistics", async () => {
    for (const { name, ours, measured } of await slopes(true, names.slice(0, 4), 'layer3')) {
      expect(Math.abs(measured / ours - 1), `${name}: ${ours} and ${measured}`).toBeLessThan(tolerance);
    }
  });
});
