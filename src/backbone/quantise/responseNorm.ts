// Local response normalisation (Krizhevsky et al. 2012): y = x / (bias + alpha / size * sum of x^2 over neighbouring
// channels)^beta. Exporters write it as two dozen operations around a three-dimensional pooling, which cost a fifth of
// GoogLeNet; here they are found again and become the one operation of ONNX.
import type { Tensor } from '../../tensor.js';
import {
  countReaders,
  decimal,
  integer,
  integers,
  needed,
  type OperationNetwork,
  type NetworkNode,
} from './network.js';
import { real, whole } from './onnxWriter.js';

/** What a response norm is made of. */
export interface ResponseNorm {
  size: number;
  alpha: number;
  beta: number;
  bias: number;
}

/** What `node`, an LRN, says. */
export function responseNormOf(node: NetworkNode): ResponseNorm {
  return {
    size: integer(node, 'size', 5),
    alpha: decimal(node, 'alpha', 1e-4),
    beta: decimal(node, 'beta', 0.75),
    bias: decimal(node, 'bias', 1),
  };
}

/** With every response norm that was written out as one operation. */
export function findResponseNorms(network: OperationNetwork): OperationNetwork {
  const makers = new Map(network.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const readers = countReaders(network);
  const nodes = network.nodes.map((node) => {
    const found = node.type === 'Div' && writtenOut(node, makers, network.constants);
    if (!found || readers.get(node.outputs[0]!) === undefined) return node;
    return lrnNode(found.x, node.outputs[0]!, found);
  });
  return { ...network, nodes: needed({ nodes, outputs: network.outputs }) };
}

function lrnNode(x: string, y: string, { size, alpha, beta, bias }: ResponseNorm): NetworkNode {
  const attributes = [whole('size', size), real('alpha', alpha), real('beta', beta), real('bias', bias)];
  return { type: 'LRN', domain: '', inputs: [x], outputs: [y], attributes };
}

type Makers = ReadonlyMap<string, NetworkNode>;
type ConstantTensors = ReadonlyMap<string, Tensor>;

/** `x / (bias + alpha * pooled(x^2))^beta`, from its last node backwards. */
function writtenOut(
  div: NetworkNode,
  makers: Makers,
  constants: ConstantTensors,
): (ResponseNorm & { x: string }) | undefined {
  const [x, power] = div.inputs as [string, string];
  const raised = makers.get(power);
  const beta = raised?.type === 'Pow' ? scalar(raised.inputs[1], constants) : undefined;
  const sum = raised && withConstant(raised.inputs[0]!, 'Add', makers, constants);
  if (beta === undefined || !sum) return undefined;
  const scaled = withConstant(sum.other, 'Mul', makers, constants);
  const pooled = pooledSquare(scaled?.other ?? sum.other, makers);
  if (!pooled || pooled.x !== x) return undefined;
  return { x, size: pooled.size, alpha: scaled?.constant ?? 1, beta, bias: sum.constant };
}

/** Operations that give the same numbers another shape, or pad them: they stand around the pooling. */
const SHAPING = new Set(['Reshape', 'Squeeze', 'Unsqueeze', 'Pad', 'If', 'Slice']);

/** The value whose squares are averaged over neighbouring channels, and over how many. */
function pooledSquare(name: string, makers: Makers): { x: string; size: number } | undefined {
  let size: number | undefined;
  for (let node = makers.get(name); node; node = makers.get(sourceOf(node))) {
    if (node.type === 'AveragePool') {
      const kernel = integers(node, 'kernel_shape') ?? [];
      const isAlongOne = kernel.slice(1).every((length) => length === 1);
      if (size !== undefined || !isAlongOne || !kernel[0] || kernel[0] % 2 === 0) return undefined;
      size = kernel[0];
    } else if (node.type === 'Mul' && node.inputs[0] === node.inputs[1]) {
      return size === undefined ? undefined : { x: node.inputs[0]!, size };
    } else if (!SHAPING.has(node.type)) return undefined;
  }
  return undefined;
}

/** What a shaping node shapes: its first input, or what both branches of an `If` read from outside. */
function sourceOf({ type, inputs, attributes }: NetworkNode): string {
  if (type !== 'If') return inputs[0] ?? '';
  const [branch] = attributes.flatMap(({ g }) => g ?? []);
  return (
    branch?.node?.find(({ opType }) => SHAPING.has(opType ?? '') || opType === 'Identity')?.input?.[0] ?? ''
  );
}

function withConstant(
  name: string,
  type: string,
  makers: Makers,
  constants: ConstantTensors,
): { other: string; constant: number } | undefined {
  const node = makers.get(name);
  if (node?.type !== type) return undefined;
  const [a, b] = node.inputs as [string, string];
  const [left, right] = [scalar(a, constants), scalar(b, constants)];
  if (right !== undefined) return { other: a, constant: right };
  return left === undefined ? undefined : { other: b, constant: left };
}

function scalar(name: string | undefined, constants: ConstantTensors): number | undefined {
  const data = constants.get(name ?? '')?.data;
  return data?.length === 1 ? Number(data[0]) : undefined;
}
