// Which operations of a network are done in eight bits, which activations they take in, and which values must share one
// scale. Decided by the graph alone; the scales themselves come from frames.
import { countReaders, integer, type OperationNetwork, type NetworkNode } from './network.js';
import { SharedScales } from './sharedScales.js';

/** One operation to write. */
export interface QuantiseStep {
  node: NetworkNode;
  isQuantised: boolean;
  /** A ReLU or clip right behind it, which the limits of eight bits do. */
  activation?: NetworkNode;
  /** What it makes, its activation included. */
  output: string;
}

/** What is to be written. */
export interface QuantisePlan {
  steps: QuantiseStep[];
  /** Whether all that reads the frames is a convolution in eight bits: then these may be bytes. */
  takesBytes: boolean;
  /** Values in eight bits, whose ranges must be known. */
  watched: string[];
  shared: SharedScales;
  /** Operations that stay in float32 and how many there are of each. */
  left: Map<string, number>;
}

/** Plans `network`, which has been simplified. */
export function planOf(network: OperationNetwork): QuantisePlan {
  const planner = new Planner(network);
  for (const node of network.nodes) planner.take(node);
  return planner.plan();
}

const ACTIVATIONS = new Set(['Relu', 'Clip']);
/** Whose result lies between the numbers that they read: the same scale serves both. */
const SAME_SCALE = new Set(['MaxPool', 'Concat', 'Relu', 'Clip']);
/** Need every input in eight bits already, else they would only move numbers to and fro. */
const JOINING = new Set([
  'MaxPool',
  'AveragePool',
  'GlobalAveragePool',
  'Concat',
  'Add',
  'Mul',
  'Relu',
  'Clip',
  'LRN',
]);

class Planner {
  readonly #network: OperationNetwork;
  readonly #steps: QuantiseStep[] = [];
  readonly #quantised = new Set<string>();
  readonly #watched = new Set<string>();
  readonly #shared = new SharedScales();
  readonly #left = new Map<string, number>();
  readonly #next = new Map<string, NetworkNode>();
  readonly #done = new Set<NetworkNode>();

  constructor(network: OperationNetwork) {
    this.#network = network;
    const readers = countReaders(network);
    for (const node of network.nodes)
      for (const name of node.inputs) if (readers.get(name) === 1) this.#next.set(name, node);
  }

  take(node: NetworkNode): void {
    if (this.#done.has(node)) return; // an activation that was taken with what is before it
    if (!this.#fits(node)) {
      this.#steps.push({ node, isQuantised: false, output: node.outputs[0]! });
      const name = node.domain ? `${node.domain}.${node.type}` : node.type;
      this.#left.set(name, (this.#left.get(name) ?? 0) + 1);
      return;
    }
    const behind = ACTIVATIONS.has(node.type) ? undefined : this.#next.get(node.outputs[0]!);
    const isTaken = behind !== undefined && this.#isActivation(behind);
    if (isTaken) this.#done.add(behind);
    const output = (isTaken ? behind : node).outputs[0]!;
    this.#steps.push({ node, isQuantised: true, ...(isTaken && { activation: behind }), output });
    for (const name of this.#valuesOf(node)) if (name !== this.#network.input.name) this.#watched.add(name);
    this.#quantised.add(output);
    this.#watched.add(output);
    if (SAME_SCALE.has(node.type)) for (const name of this.#valuesOf(node)) this.#shared.join(name, output);
  }

  plan(): QuantisePlan {
    const frames = this.#network.input.name!;
    const readers = this.#steps.filter(({ node }) => node.inputs.includes(frames));
    const takesBytes = readers.every(
      ({ node, isQuantised }) => isQuantised && node.type === 'Conv' && integer(node, 'group', 1) === 1,
    );
    const watched = [...this.#watched, ...(takesBytes ? [] : [frames])];
    return { steps: this.#steps, takesBytes, watched, shared: this.#shared, left: this.#left };
  }

  /** Inputs that are no weights. */
  #valuesOf({ type, inputs }: NetworkNode): string[] {
    return type === 'Conv' || ACTIVATIONS.has(type) ? inputs.slice(0, 1) : inputs;
  }

  #fits(node: NetworkNode): boolean {
    const { type, domain, inputs, outputs } = node;
    const { constants } = this.#network;
    if (domain !== '' || outputs.length !== 1) return false;
    if (type === 'Conv') {
      const bias = inputs[2];
      return constants.get(inputs[1]!)?.shape.length === 4 && (!bias || constants.has(bias));
    }
    if (!JOINING.has(type) || !this.#valuesOf(node).every((name) => this.#quantised.has(name))) return false;
    if (type === 'Concat') return integer(node, 'axis', 0) === 1;
    return !ACTIVATIONS.has(type) || this.#isActivation(node);
  }

  #isActivation(node: NetworkNode): boolean {
    if (node.type === 'Relu') return true;
    const limits = node.inputs.slice(1).filter((name) => name !== '');
    return node.type === 'Clip' && limits.every((name) => this.#network.constants.has(name));
  }
}
