// What a taught model is called by, and hashes of bytes in a page.
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { encodeSafetensors } from '../model/index.js';
import type { Tensors } from '../tensor.js';

/** SHA-256 of bytes, hexadecimal: also where a page has no `crypto.subtle`, which browsers give to secure addresses alone. */
export function hashOf(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes));
}

/** The identity of a model with these weights: twelve digits of the hash of their file. */
export function identityOfWeights(tensors: Tensors): string {
  return hashOf(encodeSafetensors(tensors)).slice(0, 12);
}
