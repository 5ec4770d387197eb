// Networks in eight bits: every operation against the slow integer reference, on small networks; and bad input.
import schema, { type onnx as Onnx } from 'onnx-proto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quantise } from '../../../src/backbone/quantise/quantise.js';
import { Random } from '../../../src/random.js';
import { openRuntime, type Runtime } from '../../../src/runtime/index.js';
import type { Tensor } from '../../../src/tensor.js';
import { runReference } from './integerReference.js';

const { onnx } = schema;
const size = { width: 13, height: 11 };
const preprocessing = {
  ...{ channels: 'BGR' as const, scale: 1, size, resize: 'stretch' as const },
  ...{ mean: [104, 117, 123] as [number, number, number], deviation: [1, 1, 1] as [number, number, number] },
};

let runtime: Runtime;
beforeAll(async () => {
  runtime = await openRuntime({ threads: 1, spin: false });
});
afterAll(() => runtime.close());

/** Noise, in which all bytes occur. */
function framesOf(count: number, seed = 1): Tensor {
  const random = Random.from(seed, 'frames');
  const shape = [count, size.height, size.width, 3];
  const data = Uint8Array.from({ length: count * size.height * size.width * 3 }, () =>
    random.integer(0, 256),
  );
  return { dtype: 'uint8', shape, data };
}

type Attributes = Record<string, number | number[]>;
type Step = [type: string, inputs: string[], output: string, attributes?: Attributes];

/** A file of these steps between `frames` and `out`; `wN` of 4 axes are convolution weights, drawn. */
function network(
  steps: Step[],
  weights: Record<string, number[]>,
  { opset = 17, gain = 0.3 } = {},
): Uint8Array {
  const random = Random.from(3, 'weights');
  const value = (name: string, dims: (number | string)[]): Onnx.IValueInfoProto => ({
    name,
    type: {
      tensorType: {
        elemType: 1,
        shape: { dim: dims.map((d) => (typeof d === 'number' ? { dimValue: d } : { dimParam: d })) },
      },
    },
  });
  return onnx.ModelProto.encode({
    irVersion: 8,
    opsetImport: [{ domain: '', version: opset }],
    graph: {
      name: 'small',
      node: steps.map(([opType, input, output, attributes = {}]) => ({
        ...{ opType, input, output: [output], name: output },
        attribute: Object.entries(attributes).map(([name, x]) =>
          typeof x === 'number' && !Number.isInteger(x)
            ? { name, type: 1, f: x }
            : typeof x === 'number'
              ? { name, type: 2, i: x }
              : { name, type: 7, ints: x },
        ),
      })),
      initializer: Object.entries(weights).map(([name, dims]) => ({
        ...{ name, dims, dataType: 1 },
        floatData: Array.from(
          { length: dims.reduce((a, b) => a * b, 1) },
          () => gain * random.uniform(-1, 1),
        ),
      })),
      input: [value('frames', ['n', 3, size.height, size.width])],
      output: [value('out', ['n', 'c', 'h', 'w'])],
    },
  }).finish();
}

const options = () => ({ path: 'small.onnx', preprocessing, frames: framesOf(4), runtime });

/** Red, green, blue and 255. */
function asBytes({ data, shape }: Tensor): Uint8Array {
  const cells = shape[0]! * size.height * size.width;
  return Uint8Array.from({ length: cells * 4 }, (_, i) =>
    i % 4 === 3 ? 255 : (data[Math.floor(i / 4) * 3 + (i % 4)] as number),
  );
}

/** What ONNX Runtime and the reference make of frames that were not seen before. */
async function both(bytes: Uint8Array): Promise<{ engine: number[]; reference: number[] }> {
  const frames = framesOf(2, 9);
  const data = asBytes(frames);
  const shape = [2, size.height, size.width, 4];
  const reference = runReference(bytes, { shape, data: Float64Array.from(data) }).get('out')!;
  const program = await runtime.openModel(bytes.slice());
  const { out } = await program.run({ frames: { dtype: 'uint8', shape, data } });
  await program.release();
  expect(out!.shape).toEqual(reference.shape);
  return { engine: [...(out!.data as Float32Array)], reference: [...reference.data] };
}

const first: Step = ['Conv', ['frames', 'w0'], 'x', { strides: [2, 2], pads: [1, 1, 1, 1] }];
const only: Step = ['Conv', ['frames', 'w0'], 'out', { strides: [2, 2], pads: [1, 1, 1, 1] }];
const relu: Step = ['Relu', ['x'], 'y'];
const second: Step = ['Conv', ['y', 'w1'], 'z', { pads: [0, 0, 0, 0] }];
const weights = { w0: [8, 3, 3, 3], w1: [8, 8, 1, 1] };

const cases: Record<string, [Step[], Record<string, number[]>?]> = {
  'a convolution of bytes, with zeros around the frame': [[only]],
  'a convolution and its ReLU': [[first, ['Relu', ['x'], 'out']]],
  'a 3 x 3 convolution behind another': [
    [first, relu, ['Conv', ['y', 'w1'], 'out', { pads: [1, 1, 1, 1] }]],
    { w0: [8, 3, 3, 3], w1: [16, 8, 3, 3] },
  ],
  'a convolution of odd channels': [
    [first, relu, ['Conv', ['y', 'w1'], 'out', { pads: [1, 1, 1, 1], dilations: [2, 2] }]],
    { w0: [7, 3, 3, 3], w1: [5, 7, 3, 3] },
  ],
  'a convolution of groups': [
    [first, relu, ['Conv', ['y', 'w1'], 'out', { group: 2, pads: [1, 1, 1, 1] }]],
    { w0: [8, 3, 3, 3], w1: [8, 4, 3, 3] },
  ],
  'a depthwise convolution': [
    [first, relu, ['Conv', ['y', 'w1'], 'out', { group: 8, pads: [1, 1, 1, 1] }]],
    { w0: [8, 3, 3, 3], w1: [8, 1, 3, 3] },
  ],
  'a maximum over windows that end outside': [
    [first, relu, ['MaxPool', ['y'], 'out', { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }]],
  ],
  'a maximum with padding': [
    [first, relu, ['MaxPool', ['y'], 'out', { kernel_shape: [3, 3], strides: [1, 1], pads: [1, 1, 1, 1] }]],
  ],
  'a mean over windows': [
    [first, relu, ['AveragePool', ['y'], 'out', { kernel_shape: [2, 2], strides: [2, 2] }]],
  ],
  'a mean over everything': [[first, relu, ['GlobalAveragePool', ['y'], 'out']]],
  'a sum of two branches': [[first, relu, second, ['Add', ['z', 'y'], 'out']], weights],
  'a sum of two branches and its ReLU': [
    [first, relu, second, ['Add', ['z', 'y'], 's'], ['Relu', ['s'], 'out']],
    weights,
  ],
  'branches beside each other, of which only one is positive': [
    [first, relu, second, ['Concat', ['z', 'y'], 'out', { axis: 1 }]],
    weights,
  ],
  'a channel gate': [
    [first, relu, second, ['GlobalAveragePool', ['z'], 'g'], ['Mul', ['y', 'g'], 'out']],
    weights,
  ],
  'a response norm': [[first, relu, ['LRN', ['y'], 'out', { size: 5, alpha: 1e-4, beta: 0.75, bias: 1.5 }]]],
};

describe('a network in eight bits', () => {
  it.each(Object.entries(cases))('computes %s as whole numbers say', async (_, [steps, own = weights]) => {
    const { bytes, takesBytes, left } = await quantise(network(steps, own), options());
    expect({ takesBytes, left: [...left] }).toEqual({ takesBytes: true, left: [] });
    const { engine, reference } = await both(bytes);
    const step = Math.max(...reference.map(Math.abs)) / 127;
    const apart = engine.map((x, i) => Math.abs(x - reference[i]!));
    // One step, where a sum of floats falls on the other side of a half; hardly ever.
    expect(Math.max(...apart)).toBeLessThanOrEqual(step * 1.05);
    expect(apart.filter((x) => x > 1e-3 * step).length).toBeLessThanOrEqual(apart.length / 50);
    expect(new Set(reference).size).toBeGreaterThan(10);
  });

  it('is close to float32 at the border too, where black is not the mean', async () => {
    const model = network([only], weights);
    const frames = framesOf(2);
    const exact = await runtime.openModel(model.slice());
    const { preprocess } = await import('../../../src/backbone/preprocessing.js');
    const { out } = await exact.run({ frames: preprocess(frames, preprocessing) });
    const { bytes } = await quantise(model, { ...options(), frames });
    const program = await runtime.openModel(bytes);
    const shape = [2, size.height, size.width, 4];
    const got = await program.run({ frames: { dtype: 'uint8', shape, data: asBytes(frames) } });
    const [expected, eight] = [out!.data as Float32Array, got.out!.data as Float32Array];
    const reach = Math.max(...expected.map(Math.abs));
    eight.forEach((x, i) => expect(Math.abs(x - expected[i]!)).toBeLessThan(0.02 * reach));
  });

  it('names what it leaves in float32, and computes it all the same', async () => {
    const steps: Step[] = [first, ['Softplus', ['x'], 'p'], ['Conv', ['p', 'w1'], 'out']];
    const { bytes, left } = await quantise(network(steps, weights), options());
    expect([...left]).toEqual([['Softplus', 1]]);
    const types = onnx.ModelProto.decode(bytes).graph!.node!.map(({ opType }) => opType);
    expect(types).toEqual([
      ...['QLinearConv', 'Transpose', 'DequantizeLinear', 'Softplus'],
      ...['QuantizeLinear', 'Transpose', 'QLinearConv', 'Transpose', 'DequantizeLinear'],
    ]);
  });
});

describe('what cannot be quantised', () => {
  it('fewer than two frames', async () => {
    const made = quantise(network([only], weights), {
      ...options(),
      frames: framesOf(1),
    });
    await expect(made).rejects.toThrow('quantise: frames: at least 2 frames to calibrate on, got 1');
  });

  it('values that are no numbers', async () => {
    // the logarithm of a negative number
    const steps: Step[] = [first, ['Log', ['x'], 'p'], ['Conv', ['p', 'w1'], 'out']];
    const made = quantise(network(steps, weights), options());
    await expect(made).rejects.toThrow(/quantise: p: numbers of a finite range .* got NaN/);
  });

  it('a network without convolutions', async () => {
    const made = quantise(network([['Sigmoid', ['frames'], 'out']], {}), options());
    await expect(made).rejects.toThrow(
      'a network with convolutions whose weights are in the file, got Sigmoid',
    );
  });

  it('operations older than bytes with limits', async () => {
    const made = quantise(network([only], weights, { opset: 11 }), options());
    await expect(made).rejects.toThrow('operations of version 13 or later, got 11');
  });
});
