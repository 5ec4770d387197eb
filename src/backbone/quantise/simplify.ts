// A network that says the same with fewer operations: batch norms inside their convolutions, nothing that does nothing,
// and local response normalisation as one operation, however it was exported.
import type { Tensor } from '../../tensor.js';
import { countReaders, decimal, needed, type OperationNetwork, type NetworkNode } from './network.js';
import { findResponseNorms } from './responseNorm.js';

/** The simpler network. Values keep their names, so that either can be asked for them. */
export function simplify(network: OperationNetwork): OperationNetwork {
  const plain = foldBatchNorms(withoutIdle(network));
  return findResponseNorms(plain);
}

const IDLE = new Set(['Identity', 'Dropout']);

/** Without operations that hand on what they are given, but for those that make an output. */
function withoutIdle(network: OperationNetwork): OperationNetwork {
  const hasBranches = network.nodes.some(({ attributes }) =>
    attributes.some(({ g, graphs }) => g || graphs?.length),
  );
  if (hasBranches) return network;
  const ends = new Set(network.outputs.map(({ name }) => name!));
  const alias = new Map<string, string>();
  const nodes: NetworkNode[] = [];
  for (const node of network.nodes) {
    const inputs = node.inputs.map((name) => alias.get(name) ?? name);
    const [source] = inputs;
    const [made] = node.outputs;
    if (IDLE.has(node.type) && node.domain === '' && source && made && !ends.has(made))
      alias.set(made, source);
    else nodes.push({ ...node, inputs });
  }
  return { ...network, nodes };
}

/** With each batch norm that follows a convolution of its own written into the convolution's weights. */
function foldBatchNorms(network: OperationNetwork): OperationNetwork {
  const readers = countReaders(network);
  const constants = new Map(network.constants);
  const makers = new Map(network.nodes.map((node) => [node.outputs[0]!, node]));
  const folded = new Map<NetworkNode, NetworkNode>();
  for (const norm of network.nodes) {
    if (norm.type !== 'BatchNormalization') continue;
    const conv = makers.get(norm.inputs[0]!);
    if (conv?.type !== 'Conv' || readers.get(conv.outputs[0]!) !== 1) continue;
    const made = foldedInto(conv, norm, constants);
    if (!made) continue;
    const [weight, bias] = [`${norm.outputs[0]}/weight`, `${norm.outputs[0]}/bias`];
    constants.set(weight, made.weight).set(bias, made.bias);
    folded.set(norm, { ...conv, inputs: [conv.inputs[0]!, weight, bias], outputs: [norm.outputs[0]!] });
  }
  const nodes = network.nodes.map((node) => folded.get(node) ?? node);
  return { ...network, constants, nodes: needed({ nodes, outputs: network.outputs }) };
}

function foldedInto(
  conv: NetworkNode,
  norm: NetworkNode,
  constants: ReadonlyMap<string, Tensor>,
): { weight: Tensor; bias: Tensor } | undefined {
  const weight = constants.get(conv.inputs[1] ?? '');
  const bias = conv.inputs[2] ? constants.get(conv.inputs[2]) : undefined;
  const [scale, shift, mean, variance] = norm.inputs
    .slice(1)
    .map((name) => constants.get(name)?.data as Float32Array);
  if (!weight || (conv.inputs[2] && !bias) || !scale || !shift || !mean || !variance) return undefined;
  const epsilon = decimal(norm, 'epsilon', 1e-5);
  const [channels] = weight.shape as [number];
  const each = weight.data.length / channels;
  const weights = Float32Array.from(weight.data as Float32Array);
  const biases = new Float32Array(channels);
  for (let c = 0; c < channels; c++) {
    const factor = scale[c]! / Math.sqrt(variance[c]! + epsilon);
    for (let i = c * each; i < (c + 1) * each; i++) weights[i]! *= factor;
    biases[c] = shift[c]! + (((bias?.data[c] as number | undefined) ?? 0) - mean[c]!) * factor;
  }
  return {
    weight: { dtype: 'float32', shape: weight.shape, data: weights },
    bias: { dtype: 'float32', shape: [channels], data: biases },
  };
}
