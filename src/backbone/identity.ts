// Hashes by which stored features are found again: equal exactly where the numbers would be equal.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Tensors } from '../tensor.js';

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
