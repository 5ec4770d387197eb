// Writes planned operations: those in eight bits on bytes [n,h,w,channels], the others as they are on float32
// [n,channels,h,w], and what turns one into the other where they meet. A value called `x` is called `x/bytes` as bytes.
import { readBy, type OperationNetwork, type NetworkNode } from './network.js';
import { OnnxWriter, whole } from './onnxWriter.js';
import type { QuantisePlan, QuantiseStep } from './plan.js';
import type { ByteScale } from './scales.js';
import type { ChannelStatistics } from './statistics.js';

/** What is known of values. */
export interface KnownValues {
  scaleOf: (name: string) => ByteScale;
  statistics: ReadonlyMap<string, ChannelStatistics>;
}

/** A file in the making, and what is known of its values. */
export class Lowering {
  readonly writer = new OnnxWriter();
  readonly network: OperationNetwork;
  readonly known: KnownValues;
  /** Values made as bytes, and those that were turned into them. */
  readonly #bytes = new Set<string>();
  readonly #floats: Set<string>;

  constructor(network: OperationNetwork, { takesBytes }: QuantisePlan, known: KnownValues) {
    this.network = network;
    this.known = known;
    this.#floats = new Set(takesBytes ? [] : [network.input.name!]);
  }

  /** Copies a step that stays in float32. */
  copy({ node }: QuantiseStep): void {
    for (const name of readBy(node)) this.float(name);
    this.writer.copy(node);
    for (const name of node.outputs) this.#floats.add(name);
  }

  /** The name under which `name` is there as bytes. */
  bytes(name: string): string {
    if (this.#bytes.has(name)) return `${name}/bytes`;
    const flat = this.writer.add('QuantizeLinear', [name, ...this.scale(name)], `${name}/quantised`);
    const perm = [whole('perm', [0, 2, 3, 1])];
    this.#bytes.add(name);
    return this.writer.add('Transpose', [flat], `${name}/bytes`, { attributes: perm });
  }

  /** Makes `name` be there as float32. */
  float(name: string): void {
    if (this.#floats.has(name) || !this.#bytes.has(name)) return;
    const perm = [whole('perm', [0, 3, 1, 2])]; // of bytes, which are a quarter of what float32 would be
    const turned = this.writer.add('Transpose', [`${name}/bytes`], `${name}/turned`, { attributes: perm });
    this.writer.add('DequantizeLinear', [turned, ...this.scale(name)], name);
    this.#floats.add(name);
  }

  /** What a byte of a value means. */
  scaleOf(name: string): ByteScale {
    return this.known.scaleOf(name);
  }

  /** Says that a step writes `name` as bytes; gives the name for it. */
  made(name: string): string {
    this.#bytes.add(name);
    return `${name}/bytes`;
  }

  /** Scale and zero of a value, as operations take them. */
  scale(name: string): [scale: string, zero: string] {
    const { scale, zero } = this.scaleOf(name);
    return [this.writer.real(scale), this.writer.byte(zero)];
  }

  /** A value as operations take it that read bytes: with its scale and zero. */
  scaled(name: string): [bytes: string, scale: string, zero: string] {
    return [this.bytes(name), ...this.scale(name)];
  }

  /** A constant among a node's inputs. */
  constant(node: NetworkNode, index: number): ArrayLike<number> | undefined {
    return this.network.constants.get(node.inputs[index] ?? '')?.data as ArrayLike<number> | undefined;
  }
}
