// What is read from a graph against what the network does: every pixel of a frame is changed by itself, and the cells that
// answer to it are those that look at it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { geometryFromOnnx } from '../../../src/backbone/geometry/fromOnnx.js';
import type { CellAxis } from '../../../src/model/cells.js';
import { openRuntime, type Runtime } from '../../../src/runtime/index.js';
import { float32 } from '../../../src/tensor.js';
import { onnxOf, type GraphText, type NodeText } from './onnxGraph.js';

let runtime: Runtime;
beforeAll(async () => {
  runtime = await openRuntime({ threads: 1 });
});
afterAll(() => runtime.close());

const size = { width: 23, height: 18 };

function conv(inputs: string[], output: string, attributes: NodeText['attributes']): NodeText {
  return { type: 'Conv', inputs, output, attributes };
}

/** The pixels `[first, last]` along each axis that each inner cell of `y` answers to, from one run a pixel. */
async function supports(bytes: Uint8Array): Promise<{ shape: number[]; x: number[][]; y: number[][] }> {
  const program = await runtime.openModel(bytes.slice());
  const { width, height } = size;
  const area = width * height;
  const plain = new Float32Array((area + 1) * 3 * area).fill(1);
  for (let pixel = 0; pixel < area; pixel++) plain[(pixel + 1) * 3 * area + pixel] = 9;
  const { y } = await program.run({ frames: float32(plain, [area + 1, 3, height, width]) });
  await program.release();
  const [, channels, rows, columns] = y!.shape as [number, number, number, number];
  const cells = channels * rows * columns;
  const seen = { x: spans(columns), y: spans(rows) };
  for (let pixel = 0; pixel < area; pixel++)
    for (let i = 0; i < cells; i++) {
      if (y!.data[(pixel + 1) * cells + i] === y!.data[i]) continue;
      widen(seen.x[i % columns]!, pixel % width);
      widen(seen.y[Math.floor(i / columns) % rows]!, Math.floor(pixel / width));
    }
  return { shape: [rows, columns], ...seen };
}

const spans = (count: number): number[][] => Array.from({ length: count }, () => [Infinity, -Infinity]);
function widen(span: number[], at: number): void {
  span[0] = Math.min(span[0]!, at);
  span[1] = Math.max(span[1]!, at);
}

/** The cells that the derived geometry says to look at nothing outside of the frame, and the pixels that they look at. */
function inner(
  { offset, stride, extent }: CellAxis,
  cells: number,
  pixels: number,
): [cell: number, span: number[]][] {
  const reach = (extent - 1) / 2;
  return Array.from({ length: cells }, (_, i): [number, number[]] => {
    const middle = offset + stride * i;
    return [i, [middle - reach, middle + reach]];
  }).filter(([, [first, last]]) => first! >= 0 && last! < pixels);
}

/** Compares them with those that the cells answered to. */
function expectSame(axis: CellAxis, answered: number[][], pixels: number): void {
  const told = inner(axis, answered.length, pixels);
  expect(told.length).toBeGreaterThan(1);
  expect(told.map(([, span]) => span)).toEqual(told.map(([cell]) => answered[cell]));
}

const stem = conv(['frames', 'w'], 'a', { strides: [2, 2], kernel_shape: [3, 3], pads: [1, 1, 1, 1] });
const weights = { w: [4, 3, 3, 3], v: [2, 4, 3, 3] };

const cases: Record<string, Omit<GraphText, 'outputs' | 'height' | 'width'>> = {
  'a convolution with other paddings on each side': {
    nodes: [conv(['frames', 'w'], 'y', { strides: [2, 3], pads: [0, 2, 1, 1] })],
    weights,
  },
  'auto_pad SAME_UPPER on an odd and an even length': {
    nodes: [conv(['frames', 'w'], 'y', { strides: [2, 2], auto_pad: 'SAME_UPPER' })],
    weights,
  },
  'auto_pad SAME_LOWER': {
    nodes: [conv(['frames', 'w'], 'y', { strides: [2, 2], auto_pad: 'SAME_LOWER' })],
    weights,
  },
  'auto_pad VALID': {
    nodes: [conv(['frames', 'w'], 'y', { strides: [2, 2], auto_pad: 'VALID' })],
    weights,
  },
  'a dilated convolution behind a strided one': {
    nodes: [stem, conv(['a', 'v'], 'y', { dilations: [2, 1], pads: [2, 1, 2, 1] })],
    weights,
  },
  'an average pooling with a last window that is not full': {
    nodes: [
      stem,
      {
        type: 'AveragePool',
        inputs: ['a'],
        output: 'y',
        attributes: { kernel_shape: [3, 2], strides: [2, 2], ceil_mode: 1 },
      },
    ],
    weights,
  },
  'a padding in front of a convolution': {
    nodes: [
      { type: 'Pad', inputs: ['frames', 'pads'], output: 'a' },
      conv(['a', 'w'], 'y', { strides: [2, 2] }),
    ],
    weights,
    integers: { pads: [0, 0, 2, 1, 0, 0, 0, 3] },
  },
  'every second pixel, as slices': {
    nodes: [
      { type: 'Slice', inputs: ['frames', 'starts', 'ends', 'axes', 'steps'], output: 'a' },
      conv(['a', 'w'], 'y', { pads: [1, 1, 1, 1] }),
    ],
    weights,
    integers: { starts: [1, -22], ends: [1000, 1000], axes: [2, -1], steps: [2, 2] },
  },
  'branches of 1 and 3, joined': {
    nodes: [
      stem,
      conv(['a', 'v'], 'b', { pads: [1, 1, 1, 1] }),
      conv(['a', 'u'], 'c', {}),
      { type: 'Concat', inputs: ['b', 'c'], output: 'y', attributes: { axis: -3 } },
    ],
    weights: { ...weights, u: [2, 4, 1, 1] },
  },
  'channels last, and back': {
    nodes: [
      stem,
      { type: 'Transpose', inputs: ['a'], output: 'b', attributes: { perm: [0, 2, 3, 1] } },
      { type: 'ReduceMean', inputs: ['b'], output: 'm', attributes: { axes: [-1], keepdims: 1 } },
      { type: 'Add', inputs: ['b', 'm'], output: 'c' },
      { type: 'MatMul', inputs: ['c', 'u'], output: 'd' },
      { type: 'Transpose', inputs: ['d'], output: 'y', attributes: { perm: [0, 3, 1, 2] } },
    ],
    weights: { ...weights, u: [4, 5] },
  },
  'whole numbers of 8 bits, scaled by what each run sees': {
    nodes: [
      { type: 'DynamicQuantizeLinear', inputs: ['frames'], output: 'q', more: ['scale', 'zero'] },
      { type: 'DynamicQuantizeLinear', inputs: ['w'], output: 'wq', more: ['wscale', 'wzero'] },
      {
        ...{ type: 'ConvInteger', inputs: ['q', 'wq', 'zero', 'wzero'], output: 'whole' },
        attributes: { strides: [2, 3], pads: [0, 2, 1, 1], kernel_shape: [3, 3] },
      },
      { type: 'Cast', inputs: ['whole'], output: 'real', attributes: { to: 1 } },
      { type: 'Mul', inputs: ['scale', 'wscale'], output: 'both' },
      { type: 'Mul', inputs: ['real', 'both'], output: 'y' },
    ],
    weights,
  },
  'blocks of cells as channels': {
    nodes: [
      stem,
      { type: 'SpaceToDepth', inputs: ['b'], output: 'y', attributes: { blocksize: 3 } },
    ].toSpliced(1, 0, {
      type: 'Slice',
      inputs: ['a', 'starts', 'ends', 'axes'],
      output: 'b',
    }),
    weights,
    integers: { starts: [0, 0], ends: [9, 12], axes: [2, 3] },
  },
};

describe.each(Object.entries(cases))('%s', (_, graph) => {
  it('is read from the graph as the network answers', async () => {
    const bytes = onnxOf({ ...graph, ...size, outputs: ['y'] });
    const { shape, x, y } = await supports(bytes);
    const grid = { name: 'y', channels: 1, height: shape[0]!, width: shape[1]! };
    const [found] = geometryFromOnnx(bytes, { input: 'frames', size }, [grid]);
    if (!found || 'lost' in found) throw new Error(found?.lost);
    expect(found.source).toBe('graph');
    expectSame(found.x, x, size.width);
    expectSame(found.y, y, size.height);
  });
});

describe('enlarged cells', () => {
  it.each([
    ['nearest', 'asymmetric', -0.5, 1], // cells 0 and 1 both repeat the first, whose middle is 0
    ['linear', 'half_pixel', -0.5, 1],
    ['linear', 'asymmetric', 0, 1],
    ['linear', 'align_corners', 0, (2 * 11) / 23],
  ])('stand where %s interpolation with %s places puts them', (mode, coordinates, offset, stride) => {
    const attributes = { mode, coordinate_transformation_mode: coordinates };
    const bytes = onnxOf({
      ...{ nodes: [stem, { type: 'Resize', inputs: ['a', '', 'scales'], output: 'y', attributes }] },
      ...{ weights, decimals: { scales: [1, 1, 2, 2] }, ...size, outputs: ['y'] },
    });
    const [found] = geometryFromOnnx(bytes, { input: 'frames', size }, [
      { name: 'y', channels: 4, height: 18, width: 24 },
    ]);
    expect(found).toMatchObject({ source: 'graph', x: { offset } });
    expect((found as { x: CellAxis }).x.stride).toBeCloseTo(stride, 12);
  });
});

describe('a gate from the mean over the picture', () => {
  it('leaves every cell its place, though every pixel moves it', () => {
    const nodes: NodeText[] = [
      { ...stem, inputs: ['frames', 'w'] },
      { type: 'GlobalAveragePool', inputs: ['a'], output: 'mean' },
      { type: 'Sigmoid', inputs: ['mean'], output: 'gate' },
      { type: 'Mul', inputs: ['a', 'gate'], output: 'y' },
    ];
    const bytes = onnxOf({ nodes, weights, ...size, outputs: ['y'] });
    const grid = { name: 'y', channels: 4, height: 9, width: 12 };
    const [found] = geometryFromOnnx(bytes, { input: 'frames', size }, [grid]);
    expect(found).toMatchObject({ x: { offset: 0, stride: 2, extent: 3 }, source: 'graph' });
  });
});

describe('a graph that cannot be followed', () => {
  const look = (nodes: NodeText[], grid = { height: 9, width: 12 }) =>
    geometryFromOnnx(onnxOf({ nodes, weights, ...size, outputs: ['y'] }), { input: 'frames', size }, [
      { name: 'y', channels: 4, ...grid },
    ])[0];

  it('says which operation it was, whatever comes behind', () => {
    const odd: NodeText = { type: 'Oddity', inputs: ['a'], output: 'b', domain: 'com.microsoft' };
    expect(look([stem, odd, { type: 'Relu', inputs: ['b'], output: 'y' }])).toEqual({
      lost: 'the operation Oddity',
    });
  });

  it('is told by cells that are not so many in truth, and by an output without places', () => {
    expect(look([{ ...stem, output: 'y' }], { height: 9, width: 11 })).toEqual({
      lost: '9 x 12 cells by the graph, 9 x 11 in truth',
    });
    const mean: NodeText = { type: 'GlobalAveragePool', inputs: ['a'], output: 'y' };
    expect(look([stem, mean])).toEqual({ lost: 'an output that looks at the whole picture' });
  });

  it('is one whose branches go in other steps', () => {
    const wide = conv(['frames', 'w'], 'b', { strides: [1, 1], pads: [1, 1, 1, 1] });
    expect(look([stem, wide, { type: 'Add', inputs: ['a', 'b'], output: 'y' }])).toEqual({
      lost: 'the operation Add',
    });
  });
});
