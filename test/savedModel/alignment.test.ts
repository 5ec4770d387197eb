// Models from before it was known where cells look, and those that say it.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openExtractor } from '../../src/backbone/index.js';
import { exportOnnx, exportWeb, openModel, writeModelFolder } from '../../src/savedModel/index.js';
import { modelParameters } from '../../src/savedModel/modelFolder.js';
import { randomFrames } from '../../src/savedModel/export/exportOnnx.js';
import { cellsOf, geometryOf } from '../../src/model/cells.js';
import { initialise, parseModelConfig } from '../../src/model/index.js';
import { Random } from '../../src/random.js';
import { openRuntime } from '../../src/runtime/index.js';
import { onnxOf, type NodeText } from '../backbone/geometry/onnxGraph.js';
import { writeTinyModel } from './tinyModel.js';

let folder: string;
const settings = {
  kind: 'resnet18',
  stages: ['layer1', 'layer2'],
  weights: 'random',
  size: { width: 32, height: 24 },
};

/** A model on two stages, with what `named` keeps of the extractor that was opened as `alignment` says. */
async function write(name: string, alignment: 'centres' | 'tiles', kept: object): Promise<string> {
  await using runtime = await openRuntime({ threads: 1 });
  await using extractor = await openExtractor({ ...settings, alignment }, { runtime });
  const { preprocessing, identity, grid } = extractor;
  const config = parseModelConfig({
    ...{ version: 1, classes: ['left', 'right'], frames: 2, grid },
    transform: { size: preprocessing.size },
    backbone: { ...settings, preprocessing, weightsHash: identity, isFrozen: true, ...kept },
    attention: { form: 'joint', hidden: 0, scoreWidth: 4, contextFrames: 0 },
  });
  const model = join(folder, name);
  const tensors = initialise(modelParameters(config), Random.from(2, 'alignment'));
  await writeModelFolder(model, { config, tensors });
  return model;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-alignment-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a model on two scales', () => {
  it('that does not say how they lie on each other opens as it was trained, on tiles, and learns where cells look', async () => {
    const model = await write('old', 'tiles', {});
    const opened = await openModel(model);
    await opened.close();
    const { config } = opened;
    expect(config.backbone.alignment).toBeUndefined();
    expect(geometryOf(config)).toMatchObject({ source: 'graph', x: { offset: 0, stride: 4 } }); // layer1
    expect(cellsOf(config)!.x).toEqual({ offset: 0.5, stride: 4, size: 32 });
  });

  it('that says centres opens on them, and is refused where it says what it was not trained on', async () => {
    const model = await write('new', 'centres', { alignment: 'centres' });
    await (await openModel(model)).close();
    const wrong = await write('wrong', 'centres', {});
    await expect(openModel(wrong)).rejects.toThrow(/the backbone that the model was trained on/);
  });
});

describe('a model on two outputs of a file that look past the middles of their tiles', () => {
  it('is exported with its scales at their centres, in one file and in two', async () => {
    const conv = (from: string, output: string, weight: string): NodeText => ({
      ...{ type: 'Conv', inputs: [from, weight], output },
      attributes: { strides: [2, 2], pads: [0, 0, 1, 1] },
    });
    const file = join(folder, 'net.onnx');
    const graph = {
      nodes: [conv('frames', 'fine', 'v'), conv('fine', 'coarse', 'w')], // 2 i + 1 and 4 i + 3
      weights: { v: [4, 3, 3, 3], w: [5, 4, 3, 3] },
      ...{ outputs: ['fine', 'coarse'], width: 24, height: 16 },
    };
    await writeFile(file, onnxOf(graph));
    const named = { kind: 'onnx', file, outputs: ['fine', 'coarse'], preprocessing: 'imagenet' };
    const frames = randomFrames({ name: 'frames', dtype: 'uint8', shape: [1, 16, 24, 3] });
    await using runtime = await openRuntime({ threads: 1 });
    await using centres = await openExtractor(named, { runtime });
    await using tiles = await openExtractor({ ...named, alignment: 'tiles' }, { runtime });
    const { preprocessing, identity: weightsHash, grid, scales, alignment } = centres;
    expect(scales.map(({ geometry: { x } }) => [x.offset, x.stride])).toEqual([
      [1, 2],
      [3, 4],
    ]);
    const [a, b] = [await centres.extract(frames), await tiles.extract(frames)];
    const differences = Array.from(a.data as Float32Array, (value, i) => value - Number(b.data[i]));
    expect(Math.max(...differences)).toBeGreaterThan(0.01);
    const config = parseModelConfig({
      ...{ version: 1, classes: ['left', 'right'], frames: 2, grid },
      transform: { size: preprocessing.size },
      backbone: { ...named, preprocessing, weightsHash, alignment, isFrozen: true },
      attention: { form: 'joint', hidden: 0, scoreWidth: 4, contextFrames: 0 },
    });
    const model = join(folder, 'scales');
    const tensors = initialise(modelParameters(config), Random.from(2, 'alignment'));
    await writeModelFolder(model, { config, tensors });
    const joined = await exportOnnx(model, join(folder, 'joined.onnx'));
    const web = await exportWeb(model, join(folder, 'web'));
    expect(Math.max(joined.largestDifference, web.largestDifference)).toBeLessThanOrEqual(1e-4);
  });
});

it('a model with its backbone inside learns where its cells look when it is opened', async () => {
  const model = join(folder, 'small');
  await writeTinyModel(model, ['left', 'right']);
  const opened = await openModel(model);
  await opened.close();
  // strides 4 and 2: kernel 6 with 2 of padding looks at -2 .. 3
  expect(geometryOf(opened.config)).toMatchObject({ x: { offset: 0.5, stride: 8 }, source: 'graph' });
});

it('nothing is said of a config that has no geometry', () => {
  expect(geometryOf({ backbone: {} })).toBeUndefined();
  expect(cellsOf({ backbone: {}, transform: { size: { width: 8, height: 8 } } })).toBeUndefined();
});
