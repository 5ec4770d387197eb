// A network as a float32 file again: its response norms in the quickest exact form, and inner values given out too where
// they are to be watched.
import type { Tensor } from '../../tensor.js';
import type { OperationNetwork, NetworkNode } from './network.js';
import { OnnxWriter, whole } from './onnxWriter.js';
import { responseNormOf } from './responseNorm.js';

/** The file. `watched` values become outputs beside the network's own. */
export function writeFloat(network: OperationNetwork, watched: readonly string[] = []): Uint8Array {
  const writer = new OnnxWriter();
  const channels = channelsOf(network);
  for (const node of network.nodes) {
    const count = node.type === 'LRN' ? channels.get(node.inputs[0]!) : undefined;
    if (count === undefined) writer.copy(node);
    else writeResponseNorm(writer, node, count);
  }
  const given = new Set(network.outputs.map(({ name }) => name));
  const inner = watched.filter((name) => !given.has(name)).map((name) => ({ name, type: floats }));
  return writer.finish(network, { outputs: [...network.outputs, ...inner] });
}

const floats = { tensorType: { elemType: 1 } };

/** The sum over neighbouring channels is a 1 x 1 convolution with a band of weights: the operation that runs fastest. */
function writeResponseNorm(writer: OnnxWriter, node: NetworkNode, channels: number): void {
  const norm = responseNormOf(node);
  const [x, y] = [node.inputs[0]!, node.outputs[0]!];
  const weight = writer.weight(`${y}/band`, bandOf(norm, channels));
  const bias = writer.weight(`${y}/offset`, constantRow(norm.bias, channels));
  const squares = writer.add('Mul', [x, x], `${y}/squares`);
  const sum = writer.add('Conv', [squares, weight, bias], `${y}/sum`, {
    attributes: [whole('kernel_shape', [1, 1])],
  });
  writer.add('Div', [x, writePower(writer, sum, norm.beta, y)], y);
}

function bandOf({ size, alpha }: { size: number; alpha: number }, channels: number): Tensor {
  const data = new Float32Array(channels * channels);
  const before = Math.floor((size - 1) / 2);
  for (let c = 0; c < channels; c++) {
    const [from, to] = [Math.max(0, c - before), Math.min(channels, c - before + size)];
    data.fill(alpha / size, c * channels + from, c * channels + to);
  }
  return { dtype: 'float32', shape: [channels, channels, 1, 1], data };
}

function constantRow(value: number, length: number): Tensor {
  return { dtype: 'float32', shape: [length], data: new Float32Array(length).fill(value) };
}

/** `x^exponent`; the exponents of published networks by square roots, which are a fifth of the work. */
export function writePower(writer: OnnxWriter, x: string, exponent: number, stem: string): string {
  if (exponent === 1) return x;
  if (exponent !== 0.5 && exponent !== 0.75)
    return writer.add('Pow', [x, writer.real(exponent)], `${stem}/power`);
  const root = writer.add('Sqrt', [x], `${stem}/root`);
  if (exponent === 0.5) return root;
  const fourth = writer.add('Sqrt', [root], `${stem}/fourthRoot`);
  return writer.add('Mul', [root, fourth], `${stem}/power`);
}

/** Operations that leave the number of channels as it is. */
const KEEPING = new Set(['Relu', 'Clip', 'MaxPool', 'AveragePool', 'LRN', 'Sigmoid', 'BatchNormalization']);

/** The number of channels of every value of which weights tell it. */
function channelsOf({ nodes, constants }: OperationNetwork): Map<string, number> {
  const known = new Map<string, number>();
  for (const { type, inputs, outputs } of nodes) {
    const own = type === 'Conv' ? constants.get(inputs[1]!)?.shape[0] : undefined;
    const count = own ?? (KEEPING.has(type) ? known.get(inputs[0]!) : undefined);
    if (count !== undefined) known.set(outputs[0]!, count);
  }
  return known;
}
