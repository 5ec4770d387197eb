// Hashes by which stored features are found again: equal exactly where the numbers would be equal.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Alignment } from '../model/index.js';
import type { Tensors } from '../tensor.js';
import type { FeatureScale } from './backbone.js';
import type { Preprocessing } from './preprocessing.js';

/** SHA-256 (hex) of tensors by name: the same weights from another kind of file have the same hash. */
export function hashTensors(tensors: Tensors): string {
  const hash = createHash('sha256');
  for (const name of Object.keys(tensors).sort()) {
    const { dtype, shape, data } = tensors[name]!;
    hash.update(`${name} ${dtype} ${shape.join()};`);
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}

/** SHA-256 (hex) of a file. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** SHA-256 (hex) of plain data; the order of its keys is part of it. */
export function hashFacts(facts: unknown): string {
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}

/** What decides the features of a frozen network. */
export interface NetworkFacts {
  kind: string;
  /** Hash of the weights. */
  weights: string;
  preprocessing: Preprocessing;
  scales: readonly FeatureScale[];
  alignment: Alignment;
}

/**
 * The identity of a frozen network. Where cells look follows from the rest and is no part of it, and `tiles` is what was
 * done before there was a choice: both leave the identity of older stores and models as it was.
 */
export function identityOf({ kind, weights, preprocessing, scales, alignment }: NetworkFacts): string {
  const grids = scales.map(({ name, channels, height, width }) => ({ name, channels, height, width }));
  const facts = { kind, weights, preprocessing, scales: grids };
  return hashFacts(alignment === 'centres' ? { ...facts, alignment } : facts);
}
