// Convolutions in eight bits, channels last; and the first one, which takes the bytes of frames as a decoder gives them.
import type { Tensor } from '../../tensor.js';
import { INSIDE, type Preprocessing } from '../preprocessing.js';
import type { Lowering } from './lowering.js';
import type { NetworkNode } from './network.js';
import { MICROSOFT, whole } from './onnxWriter.js';
import { quantiseWeights, type QuantisedWeights } from './weights.js';

/** Writes `node` as `raw`, the bytes of `output`. */
export function writeConvolution(low: Lowering, node: NetworkNode, output: string, raw: string): void {
  const [x] = node.inputs as [string];
  const weight = low.network.constants.get(node.inputs[1]!)!;
  const { scale } = low.scaleOf(x);
  const own = quantiseWeights(weight, biasOf(low, node, weight), scale);
  correctMean(weight, own, { inputScale: scale, mean: low.known.statistics.get(x)!.mean });
  write(low, node, { x: low.scaled(x), output, raw, own, shape: weight.shape });
}

/**
 * Writes the convolution that reads frames as one of bytes `[n,H,W,4]`: red, green, blue and 255. Mean, deviation and
 * the order of channels go into its weights. Zeros around the frame stand for black then, not for the mean; the fourth
 * channel, which is 0 there and 255 within, makes that good.
 */
export function writeFirstConvolution(
  low: Lowering,
  node: NetworkNode,
  output: string,
  raw: string,
  preprocessing: Preprocessing,
): void {
  const weight = low.network.constants.get(node.inputs[1]!)!;
  const { folded, bias } = onBytes(weight, biasOf(low, node, weight), preprocessing);
  const own = quantiseWeights(folded, bias, 1);
  const seen = low.known.statistics.get(low.network.input.name!)!;
  correctMean(folded, own, { inputScale: 1, mean: meanBytes(seen.mean, preprocessing) });
  const { writer } = low;
  const x = [low.network.input.name!, writer.real(1), writer.byte(0)];
  write(low, node, { x, output, raw, own, shape: folded.shape });
}

/**
 * Rounded weights make a channel's mean drift by (rounded - exact) times the mean of what they read; the bias takes it back
 * (Nagel et al. 2019, section 4.2).
 */
function correctMean(
  { shape, data }: Tensor,
  own: QuantisedWeights,
  { inputScale, mean }: { inputScale: number; mean: Float64Array },
): void {
  const [out, depth, rows, columns] = shape as [number, number, number, number];
  const area = rows * columns;
  const groups = mean.length / depth;
  for (let o = 0; o < out; o++) {
    const first = Math.floor((o * groups) / out) * depth;
    let drift = 0;
    for (let d = 0; d < depth; d++) {
      const at = (o * depth + d) * area;
      for (let i = at; i < at + area; i++)
        drift += (own.data[i]! - (data[i] as number) / own.scales[o]!) * (mean[first + d]! / inputScale);
    }
    own.bias[o]! -= Math.round(drift);
  }
}

/** `w * (byte * scale - mean) / deviation` as weights of bytes, red first, and of the fourth channel. */
function onBytes(
  { shape, data }: Tensor,
  bias: ArrayLike<number>,
  { channels, scale, mean, deviation }: Preprocessing,
): { folded: Tensor; bias: ArrayLike<number> } {
  const [out, , rows, columns] = shape as [number, number, number, number];
  const area = rows * columns;
  const folded = new Float32Array(out * 4 * area);
  for (let o = 0; o < out; o++) {
    for (let c = 0; c < 3; c++) {
      const colour = channels === 'RGB' ? c : 2 - c;
      for (let i = 0; i < area; i++) {
        const weight = (data[(o * 3 + c) * area + i] as number) / deviation[c]!;
        folded[(o * 4 + colour) * area + i] = weight * scale;
        folded[(o * 4 + 3) * area + i]! -= (weight * mean[c]!) / INSIDE;
      }
    }
  }
  return { folded: { dtype: 'float32', shape: [out, 4, rows, columns], data: folded }, bias };
}

/** The mean byte of red, green and blue, from the means of what the network takes, and of the fourth channel. */
function meanBytes(seen: Float64Array, { channels, scale, mean, deviation }: Preprocessing): Float64Array {
  const own = [...seen].map((x, c) => (x * deviation[c]! + mean[c]!) / scale);
  return Float64Array.from([...(channels === 'RGB' ? own : own.reverse()), INSIDE]);
}

function biasOf(low: Lowering, node: NetworkNode, { shape }: Tensor): ArrayLike<number> {
  return low.constant(node, 2) ?? new Float32Array(shape[0]!);
}

function write(
  low: Lowering,
  { attributes }: NetworkNode,
  {
    x,
    output,
    raw,
    own: { data, scales, bias },
    shape,
  }: { x: readonly string[]; output: string; raw: string; own: QuantisedWeights; shape: readonly number[] },
): void {
  const { writer } = low;
  const row = [scales.length];
  const inputs = [
    ...x,
    writer.int8(`${output}/weight`, data, shape),
    writer.weight(`${output}/scales`, { dtype: 'float32', shape: row, data: scales }),
    writer.int8(`${output}/zeros`, new Int8Array(scales.length), row),
    ...low.scale(output),
    writer.weight(`${output}/bias`, { dtype: 'int32', shape: row, data: bias }),
  ];
  const kernel = attributes.some(({ name }) => name === 'kernel_shape')
    ? attributes
    : [...attributes, whole('kernel_shape', shape.slice(2))];
  writer.add('QLinearConv', inputs, raw, {
    domain: MICROSOFT,
    attributes: [...kernel, whole('channels_last', 1)],
  });
}
