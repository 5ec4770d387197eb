// The fast forms of convolution against its definition, in double precision. The battery covers the plain form.
import { describe, expect, it } from 'vitest';
import { conv, gradients, input, mul, sum, toOnnx } from '../../src/graph/index.js';
import { Random } from '../../src/random.js';
import { sizeOf } from '../../src/tensor.js';
import { evaluate } from './evaluate.js';

interface Sizes {
  title: string;
  batch: number;
  channels: number;
  outputs: number;
  size: [number, number];
  kernel: [number, number];
  stride?: number;
  padding?: number;
  form: RegExp;
}

const sizes: Sizes[] = [
  {
    title: 'minimal filtering, padded',
    batch: 8,
    channels: 64,
    outputs: 66,
    size: [7, 7],
    kernel: [3, 3],
    padding: 1,
    form: /MatMul/,
  },
  {
    title: 'minimal filtering, oblong, not padded',
    batch: 9,
    channels: 70,
    outputs: 64,
    size: [4, 8],
    kernel: [3, 3],
    form: /MatMul/,
  },
  {
    title: 'minimal filtering in several parts',
    batch: 8,
    channels: 512,
    outputs: 1030,
    size: [2, 1],
    kernel: [3, 3],
    padding: 1,
    form: /MatMul/,
  },
  {
    title: 'columns of few channels',
    batch: 3,
    channels: 3,
    outputs: 5,
    size: [9, 9],
    kernel: [3, 3],
    stride: 2,
    padding: 1,
    form: /SpaceToDepth/,
  },
  {
    title: 'a product a tap',
    batch: 2,
    channels: 17,
    outputs: 9,
    size: [10, 7],
    kernel: [3, 2],
    stride: 2,
    form: /SpaceToDepth/,
  },
  {
    title: 'more channels than places',
    batch: 3,
    channels: 20,
    outputs: 24,
    size: [4, 4],
    kernel: [3, 3],
    padding: 1,
    form: /MatMul/,
  },
  {
    title: '1x1 with a stride',
    batch: 2,
    channels: 20,
    outputs: 4,
    size: [5, 5],
    kernel: [1, 1],
    stride: 3,
    form: /SpaceToDepth/,
  },
  {
    title: 'a stride of 3 that leaves lines over',
    batch: 2,
    channels: 4,
    outputs: 3,
    size: [11, 9],
    kernel: [3, 3],
    stride: 3,
    form: /MatMul/,
  },
];

describe.each(sizes)(
  'conv: $title',
  ({ batch, channels, outputs, size, kernel, stride = 1, padding = 0, form }) => {
    const x = input('x', [batch, channels, ...size]);
    const w = input('w', [outputs, channels, ...kernel]);
    const y = conv(x, w, { stride, padding });
    const g = input('g', y.shape);
    const [dx, dw] = gradients(sum(mul(y, g)), [x, w]);
    const random = Random.from(3, ...size);
    const draw = (shape: readonly number[]) => ({
      shape,
      data: Array.from({ length: sizeOf(shape) }, () => random.uniform(-1, 1)),
    });
    const feeds = { x: draw(x.shape), w: draw(w.shape), g: draw(y.shape) };

    it('agrees with the definition, and so do both gradients', async () => {
      const ours = await evaluate({ y, dx: dx!, dw: dw! }, feeds);
      const truth = definition(feeds, x.shape, w.shape, y.shape, stride, padding);
      for (const name of ['y', 'dx', 'dw'] as const)
        expect(relativeError(ours[name]!, truth[name])).toBeLessThan(4e-6);
    });

    it('is written in the form that it is for', () => {
      const text = new TextDecoder('latin1').decode(toOnnx({ outputs: { dw: dw! }, updates: [] }));
      expect(text).toMatch(form);
      expect(text).not.toMatch(/Conv_/);
    });
  },
);

/** Root mean square of the difference, as a share of the values'. */
function relativeError(ours: readonly number[], truth: Float64Array): number {
  const square = (list: ArrayLike<number>, from?: Float64Array): number => {
    let total = 0;
    for (let i = 0; i < list.length; i++) total += (list[i]! - (from?.[i] ?? 0)) ** 2;
    return total;
  };
  expect(ours).toHaveLength(truth.length);
  return Math.sqrt(square(ours, truth) / square(truth));
}

type Numbers = Record<'x' | 'w' | 'g', { data: readonly number[] }>;

/** `y = sum x w` over channels and taps, and what each product gives to both gradients. */
function definition(
  { x, w, g }: Numbers,
  [batch, channels, height, width]: readonly number[],
  [outputs, , rows, columns]: readonly number[],
  [, , outHeight, outWidth]: readonly number[],
  stride: number,
  padding: number,
) {
  const y = new Float64Array(g.data.length);
  const dx = new Float64Array(x.data.length);
  const dw = new Float64Array(w.data.length);
  for (let n = 0; n < batch!; n++)
    for (let i = 0; i < outHeight!; i++)
      for (let j = 0; j < outWidth!; j++)
        for (let a = 0; a < rows!; a++)
          for (let b = 0; b < columns!; b++) {
            const [p, q] = [i * stride + a - padding, j * stride + b - padding];
            if (p < 0 || q < 0 || p >= height! || q >= width!) continue;
            for (let o = 0; o < outputs!; o++) {
              const out = ((n * outputs! + o) * outHeight! + i) * outWidth! + j;
              for (let c = 0; c < channels!; c++) {
                const from = ((n * channels! + c) * height! + p) * width! + q;
                const tap = ((o * channels! + c) * rows! + a) * columns! + b;
                y[out]! += x.data[from]! * w.data[tap]!;
                dx[from]! += g.data[out]! * w.data[tap]!;
                dw[tap]! += g.data[out]! * x.data[from]!;
              }
            }
          }
  return { y, dx, dw };
}
