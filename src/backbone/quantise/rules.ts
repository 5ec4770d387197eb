// How each operation is written in eight bits.
import type { onnx as Onnx } from 'onnx-proto';
import type { Preprocessing } from '../preprocessing.js';
import { writeConvolution, writeFirstConvolution } from './convolution.js';
import { writePower } from './float.js';
import { decimal, type NetworkNode } from './network.js';
import type { Lowering } from './lowering.js';
import { MICROSOFT, whole } from './onnxWriter.js';
import type { QuantiseStep } from './plan.js';
import { responseNormOf } from './responseNorm.js';

const microsoft = (attributes: readonly Onnx.IAttributeProto[] = []) => ({ domain: MICROSOFT, attributes });
const channelsLast = whole('channels_last', 1);

/** Writes `step`, whose operation is among those in eight bits; `frames` says how a network reads bytes of frames. */
export function writeQuantised(
  low: Lowering,
  step: QuantiseStep,
  frames: { preprocessing: Preprocessing; takesBytes: boolean },
) {
  const { node, output } = step;
  const isFirst = frames.takesBytes && node.inputs[0] === low.network.input.name;
  const raw = needsLimits(low, step) ? `${output}/raw` : `${output}/bytes`;
  if (node.type !== 'Conv') rules[node.type]!(low, node, output, raw);
  else if (isFirst) writeFirstConvolution(low, node, output, raw, frames.preprocessing);
  else writeConvolution(low, node, output, raw);
  if (needsLimits(low, step)) writeLimits(low, step, raw);
  low.made(output);
}

type LoweringRule = (low: Lowering, node: NetworkNode, output: string, raw: string) => void;

const rules: Readonly<Record<string, LoweringRule>> = {
  Add: (low, node, output, raw) => writeBoth('QLinearAdd', low, node, output, raw),
  Mul: (low, node, output, raw) => writeBoth('QLinearMul', low, node, output, raw),
  Concat(low, { inputs }, _, raw) {
    low.writer.add(
      'Concat',
      inputs.map((name) => low.bytes(name)),
      raw,
      { attributes: [whole('axis', 3)] },
    );
  },
  MaxPool(low, { inputs, attributes }, _, raw) {
    const own = attributes.filter(({ name }) => name !== 'storage_order');
    low.writer.add('NhwcMaxPool', [low.bytes(inputs[0]!)], raw, microsoft(own));
  },
  AveragePool(low, { inputs, attributes }, output, raw) {
    const scaled = [...low.scaled(inputs[0]!), ...low.scale(output)];
    low.writer.add('QLinearAveragePool', scaled, raw, microsoft([...attributes, channelsLast]));
  },
  GlobalAveragePool(low, { inputs }, output, raw) {
    const scaled = [...low.scaled(inputs[0]!), ...low.scale(output)];
    low.writer.add('QLinearGlobalAveragePool', scaled, raw, microsoft([channelsLast]));
  },
  Relu: handOn,
  Clip: handOn,
  LRN: writeResponseNorm,
};

/** Activations by themselves: only their limits are written. */
function handOn(low: Lowering, { inputs }: NetworkNode, _: string, raw: string): void {
  low.writer.add('Identity', [low.bytes(inputs[0]!)], raw);
}

function writeBoth(type: string, low: Lowering, { inputs }: NetworkNode, output: string, raw: string): void {
  const [a, b] = inputs as [string, string];
  low.writer.add(type, [...low.scaled(a), ...low.scaled(b), ...low.scale(output)], raw, microsoft());
}

/**
 * In float32, but with channels last, where the sum over neighbouring channels is a pooling along a row. The factor alpha
 * is taken out of the power and into the scale of the bytes that come out: y = x alpha^-beta (bias / alpha + mean)^-beta.
 */
function writeResponseNorm(low: Lowering, node: NetworkNode, output: string, raw: string): void {
  const { writer } = low;
  const { size, alpha, beta, bias } = responseNormOf(node);
  const before = Math.floor((size - 1) / 2);
  const attributes = [
    ...[whole('kernel_shape', [1, size]), whole('strides', [1, 1]), whole('count_include_pad', 1)],
    whole('pads', [0, before, 0, size - 1 - before]),
  ];
  const x = writer.add('DequantizeLinear', low.scaled(node.inputs[0]!), `${output}/x`);
  const squares = writer.add('Mul', [x, x], `${output}/squares`);
  const mean = writer.add('AveragePool', [squares], `${output}/mean`, { attributes });
  const sum = writer.add('Add', [mean, writer.real(bias / alpha)], `${output}/sum`);
  const y = writer.add('Div', [x, writePower(writer, sum, beta, output)], `${output}/y`);
  const { scale, zero } = low.scaleOf(output);
  writer.add('QuantizeLinear', [y, writer.real(scale * alpha ** beta), writer.byte(zero)], raw);
}

/** The limits of an activation, where the bytes of its output reach beyond them. */
function limitsOf(
  low: Lowering,
  { node, activation, output }: QuantiseStep,
): [low: number, high: number] | undefined {
  const own = activation ?? (node.type === 'Relu' || node.type === 'Clip' ? node : undefined);
  if (!own) return undefined;
  const { scale, zero } = low.scaleOf(output);
  const isClip = own.type === 'Clip';
  const least = isClip ? (low.constant(own, 1)?.[0] ?? decimal(own, 'min', -Infinity)) : 0;
  const most = isClip ? (low.constant(own, 2)?.[0] ?? decimal(own, 'max', Infinity)) : Infinity;
  const byteOf = (x: number): number => Math.min(255, Math.max(0, Math.round(x / scale) + zero));
  return [byteOf(least), byteOf(most)];
}

function needsLimits(low: Lowering, step: QuantiseStep): boolean {
  const limits = limitsOf(low, step);
  return limits !== undefined && (limits[0] > 0 || limits[1] < 255);
}

function writeLimits(low: Lowering, step: QuantiseStep, raw: string): void {
  const [least, most] = limitsOf(low, step)!;
  const { writer } = low;
  const inputs = [raw, writer.byte(least), writer.byte(most)];
  writer.add('Clip', inputs, `${step.output}/bytes`);
}
