// Where whole networks look: those of the graph by their settings, those of files by their graph, and what is measured where
// that cannot be followed.
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { geometryFromOnnx } from '../../../src/backbone/geometry/fromOnnx.js';
import { probeCells } from '../../../src/backbone/geometry/probe.js';
import { createBackbone, openExtractor, type BackboneSettings } from '../../../src/backbone/index.js';
import { frozenModel } from '../../../src/backbone/graphExtractor.js';
import { openOnnx } from '../../../src/backbone/onnxFile.js';
import { parametersOf } from '../../../src/backbone/weights/read.js';
import { stacked } from '../../../src/backbone/resnet.js';
import { input, toOnnx } from '../../../src/graph/index.js';
import { initialise } from '../../../src/model/index.js';
import { Random } from '../../../src/random.js';
import { openRuntime, type Runtime } from '../../../src/runtime/index.js';
import { float32, type Tensor } from '../../../src/tensor.js';
import { stackScales } from '../../../src/backbone/stackScales.js';
import { onnxOf, type GraphText, type NodeText } from './onnxGraph.js';

const weights = resolve(process.env.WHEREWHEN_WEIGHTS ?? '../shared/weights');
const folder = mkdtempSync(join(tmpdir(), 'geometry-'));
let made = 0;
let runtime: Runtime;
beforeAll(async () => {
  runtime = await openRuntime({ threads: 2 });
});
afterAll(() => runtime.close());

function written(graph: GraphText): string {
  const file = join(folder, `net${made++}.onnx`);
  writeFileSync(file, onnxOf(graph));
  return file;
}

const preprocessing = { channels: 'RGB', scale: 1 / 255, mean: [0, 0, 0] };

describe('a ResNet', () => {
  it.each([
    [224, 224],
    [225, 230],
  ])('looks at 4 i, 8 i, 16 i and 32 i on %d x %d pixels, as its own ONNX file says', (width, height) => {
    for (const kind of ['resnet18', 'resnet50'] as const) {
      const stages = ['layer1', 'layer2', 'layer3', 'layer4'];
      const told = createBackbone({ kind, stages }).scales({ width, height });
      told.forEach(({ geometry: { x, y } }, i) => {
        expect(x).toMatchObject({ offset: 0, stride: 4 * 2 ** i });
        expect(y).toMatchObject({ offset: 0, stride: 4 * 2 ** i });
      });
      if (kind === 'resnet50') continue;
      for (const scale of told) {
        const settings: BackboneSettings = { kind, stages: [scale.name] };
        const backbone = createBackbone(settings);
        const tensors = initialise(parametersOf(settings), Random.from(1));
        const frames = { ...preprocessing, size: { width, height } } as never;
        const { model } = frozenModel(backbone, { tensors, preprocessing: frames, batch: 1 });
        const grid = { ...scale, name: 'features' };
        const read = geometryFromOnnx(model, { input: 'frames', size: { width, height } }, [grid]);
        expect(read).toEqual([scale.geometry]);
      }
    }
  });

  it('whose last stage keeps the grid looks at 16 i in both of its last stages', () => {
    const settings = { kind: 'resnet50', stages: ['layer3', 'layer4'], lastStride: 1 };
    const [third, fourth] = createBackbone(settings).scales({ width: 224, height: 224 });
    expect(fourth!.geometry.x).toMatchObject({ offset: 0, stride: 16 });
    expect(fourth!.geometry.x.extent).toBeGreaterThan(third!.geometry.x.extent);
  });
});

it('the small backbone looks at 8 i + 1/2: 6 pixels less 2 of padding, then 3 less 1 twice', () => {
  const [scale] = createBackbone({ kind: 'small' }).scales({ width: 96, height: 64 });
  // conv 6 in steps of 4: -2 .. 3, middle 1/2; conv 3 in steps of 2 and conv 3 leave it there; 6 + 2 * 4 + 2 * 8 pixels
  expect(scale!.geometry.x).toEqual({ offset: 0.5, stride: 8, extent: 30 });
});

/** A patch transformer of one block with one head: embedding, attention, and tokens laid back to a grid. */
function transformer(edge: number, width: number, height: number): GraphText {
  const tokens = (width / edge) * (height / edge);
  const projected = (name: string): NodeText => ({ type: 'MatMul', inputs: ['e', `w${name}`], output: name });
  return {
    nodes: [
      { type: 'Conv', inputs: ['frames', 'patch'], output: 'p', attributes: { strides: [edge, edge] } },
      { type: 'Reshape', inputs: ['p', 'flat'], output: 'f' },
      { type: 'Transpose', inputs: ['f'], output: 't', attributes: { perm: [0, 2, 1] } },
      { type: 'Add', inputs: ['t', 'position'], output: 'e' },
      ...['q', 'k', 'v'].map(projected),
      { type: 'Transpose', inputs: ['k'], output: 'kt', attributes: { perm: [0, 2, 1] } },
      { type: 'MatMul', inputs: ['q', 'kt'], output: 'scores' },
      { type: 'Softmax', inputs: ['scores'], output: 'shares', attributes: { axis: -1 } },
      { type: 'MatMul', inputs: ['shares', 'v'], output: 'mixed' },
      { type: 'Add', inputs: ['mixed', 'e'], output: 'o' },
      { type: 'Transpose', inputs: ['o'], output: 'ot', attributes: { perm: [0, 2, 1] } },
      { type: 'Reshape', inputs: ['ot', 'grid'], output: 'y' },
    ],
    weights: { patch: [6, 3, edge, edge], position: [1, tokens, 6], wq: [6, 6], wk: [6, 6], wv: [6, 6] },
    integers: { flat: [0, 6, -1], grid: [0, 6, height / edge, width / edge] },
    outputs: ['y'],
    ...{ width, height },
  };
}

describe('a patch transformer', () => {
  it('looks at the middles of its patches: 14 pixels, 0 .. 13, have theirs at 6.5', async () => {
    const [width, height] = [70, 42];
    const file = written(transformer(14, width, height));
    await using extractor = await openOnnx({ file, preprocessing: preprocessing as never }, { runtime });
    expect(extractor.scales[0]!.geometry).toEqual({
      x: { offset: 6.5, stride: 14, extent: 14 },
      y: { offset: 6.5, stride: 14, extent: 14 },
      source: 'graph',
    });
    expect(extractor.notes).toEqual([]);
  });
});

/** A convolution that looks at 8 i + 3, behind an operation that is not in the table (it adds 0) and one that is. */
const hidden: GraphText = {
  nodes: [
    {
      type: 'Conv',
      inputs: ['frames', 'w'],
      output: 'a',
      attributes: { strides: [8, 8], pads: [1, 1, 1, 1] },
    },
    { type: 'CumSum', inputs: ['zero', 'axis'], output: 'none' },
    { type: 'Trilu', inputs: ['a'], output: 'cut', attributes: { upper: 1 } },
    { type: 'Mul', inputs: ['cut', 'none'], output: 'nothing' },
    { type: 'Add', inputs: ['a', 'nothing'], output: 'y' },
  ],
  weights: { w: [4, 3, 9, 9] },
  integers: { axis: [0] },
  decimals: { zero: [0] },
  outputs: ['y', 'a'],
  width: 96,
  height: 64,
};

describe('a graph that cannot be followed', () => {
  it('is measured by moving a bar, and says so', async () => {
    const file = written(hidden);
    await using extractor = await openOnnx(
      { file, preprocessing: preprocessing as never, outputs: ['y', 'a'] },
      { runtime },
    );
    const [measured, derived] = extractor.scales.map(({ geometry }) => geometry);
    expect(derived).toMatchObject({ source: 'graph', x: { offset: 3, stride: 8, extent: 9 } });
    expect(measured).toMatchObject({ source: 'probe', x: { stride: 8 }, y: { stride: 8 } });
    for (const axis of ['x', 'y'] as const)
      expect(Math.abs(measured![axis].offset - 3)).toBeLessThanOrEqual(1);
    expect(extractor.notes).toEqual([
      'where the cells of y look was measured by moving a bright bar: the graph cannot be followed (the operation Trilu)',
    ]);
  });

  it('is taken as tiles where it answers to no bar either, and cannot then be laid at centres', async () => {
    const nodes = hidden.nodes.with(4, { type: 'Add', inputs: ['nothing', 'one'], output: 'y' });
    const decimals = { ...hidden.decimals, one: [1] };
    const settings = { file: written({ ...hidden, nodes, decimals }), outputs: ['y', 'a'] };
    const open = (alignment?: 'centres') =>
      openOnnx({ ...settings, preprocessing: preprocessing as never, alignment }, { runtime });
    await using extractor = await open();
    expect(extractor.scales[0]!.geometry).toMatchObject({ source: 'tiles', x: { offset: 3.5, stride: 8 } });
    expect(extractor.notes[0]).toMatch(/^where the cells of y look was taken as the middles of equal tiles/);
    expect(extractor.alignment).toBe('tiles');
    await expect(open('centres')).rejects.toThrow(/known where their cells look.*alignment 'tiles'/);
  });

  it('is not measured again where a model kept what was found', async () => {
    const kept = { offset: 3, stride: 8, extent: 9 };
    const geometry = [{ x: kept, y: kept, source: 'probe' as const }];
    await using extractor = await openOnnx(
      { file: written(hidden), preprocessing: preprocessing as never, outputs: ['y'], geometry },
      { runtime },
    );
    expect(extractor.scales[0]!.geometry).toEqual(geometry[0]);
    expect(extractor.notes).toEqual([]);
  });
});

const real = [
  ['googlenet', 'features_14', 14, 16],
  ['googlenet', 'features', 30, 32],
  ['squeezenet', 'features', 15, 16],
] as const;

describe.skipIf(!existsSync(join(weights, 'googlenet.onnx')))(
  `networks of ImageNet (${weights}, skipped where absent)`,
  () => {
    it.each(real)(
      '%s %s looks where its graph says, and where bars move it most, within a third of a step',
      async (name, output, offset, stride) => {
        const file = join(weights, `${name}.onnx`);
        await using extractor = await openOnnx(
          { file, preprocessing: 'caffe', outputs: [output] },
          { runtime },
        );
        const { x, y, source } = extractor.scales[0]!.geometry;
        expect([x.offset, x.stride, y.offset, y.stride, source]).toEqual([
          offset,
          stride,
          offset,
          stride,
          'graph',
        ]);
        const { size } = extractor.preprocessing;
        const measured = await probeCells({
          size,
          look: async (frames) => [await extractor.extract(frames)],
        });
        for (const [axis] of [measured.x, measured.y]) {
          expect(axis!.stride).toBe(stride);
          const middle = (extractor.grid.width - 1) / 2; // of the grid, where nothing is cut off
          const place = axis!.offset + axis!.stride * middle;
          expect(Math.abs(place - (offset + stride * middle))).toBeLessThan(stride / 3);
        }
      },
      180_000,
    );
  },
);

describe('scales that are laid on each other where their cells look', () => {
  const axis = (offset: number, stride: number) => ({ offset, stride, extent: stride });
  const geometry = [
    { x: axis(14, 16), y: axis(14, 16), source: 'graph' as const }, // 14, 30, 46, 62
    { x: axis(30, 32), y: axis(30, 32), source: 'graph' as const }, // 30, 62
  ];
  const fine: Tensor = float32(new Float32Array(8), [1, 1, 2, 4]);
  const coarse: Tensor = float32([0, 8], [1, 1, 1, 2]);

  it('are read at -1/2 (clamped to 0), 0, 1/2 and 1: worked by hand, and as the graph does it', async () => {
    const grid = { channels: 2, height: 2, width: 4 };
    const ours = stackScales([fine, coarse], grid, geometry);
    expect([...ours.slice(8)]).toEqual([0, 0, 4, 8, 0, 0, 4, 8]);
    // as equal tiles they are read at -1/4, 1/4, 3/4 and 5/4
    expect([...stackScales([fine, coarse], grid).slice(8)]).toEqual([0, 2, 6, 8, 0, 2, 6, 8]);
    const features = stacked([input('fine', [1, 1, 2, 4]), input('coarse', [1, 1, 1, 2])], geometry);
    const bytes = toOnnx({ outputs: { features }, updates: [] }, { weights: {} });
    await using program = await runtime.openModel(bytes);
    expect([...(await program.run({ fine, coarse })).features!.data]).toEqual([...ours]);
  });

  it('are the default of a frozen ResNet of two stages, and part of its identity; tiles are not', async () => {
    const size = { width: 64, height: 48 };
    const settings = { kind: 'resnet18', stages: ['layer1', 'layer2'], weights: 'random', size };
    const frames: Tensor = {
      ...{ dtype: 'uint8', shape: [1, 48, 64, 3] },
      data: Uint8Array.from({ length: 48 * 64 * 3 }, (_, i) => (i * 37) % 251),
    };
    await using centres = await openExtractor(settings, { runtime, batch: 1 });
    await using tiles = await openExtractor({ ...settings, alignment: 'tiles' }, { runtime, batch: 1 });
    expect([centres.alignment, tiles.alignment]).toEqual(['centres', 'tiles']);
    expect(centres.identity).not.toBe(tiles.identity);
    const [a, b] = [await centres.extract(frames), await tiles.extract(frames)];
    const area = 12 * 16;
    expect([...a.data.slice(0, 64 * area)]).toEqual([...b.data.slice(0, 64 * area)]); // the finest, as it is
    const rest = a.data.slice(64 * area) as Float32Array;
    // both look at multiples of their step, so every second cell of the finer grid is one of the coarser
    await using single = await openExtractor({ ...settings, stages: ['layer2'] }, { runtime, batch: 1 });
    const second = await single.extract(frames);
    for (let c = 0; c < 128; c++)
      for (let y = 0; y < 6; y++)
        for (let x = 0; x < 8; x++)
          expect(rest[c * area + 2 * y * 16 + 2 * x]).toBeCloseTo(Number(second.data[c * 48 + y * 8 + x]), 4);
  });
});

it('the identity of a network of one scale is what it was before geometry was known', async () => {
  const size = { width: 12, height: 8 };
  const file = join(folder, 'known.onnx');
  const { tinyOnnx } = await import('../tinyOnnx.js');
  writeFileSync(file, tinyOnnx());
  const { createHash } = await import('node:crypto');
  const sha = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
  await using extractor = await openOnnx(
    { file, preprocessing: { ...preprocessing, size } as never, outputs: ['fine'] },
    { runtime },
  );
  const facts = {
    kind: 'onnx',
    weights: sha(readFileSync(file)),
    preprocessing: extractor.preprocessing,
    scales: [{ name: 'fine', channels: 4, height: 4, width: 6 }],
  };
  expect(extractor.identity).toBe(sha(JSON.stringify(facts)));
});
