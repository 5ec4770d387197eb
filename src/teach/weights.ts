// The weights of a model as the file of a model folder, and what it is called by.
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { encodeSafetensors } from '../model/index.js';
import type { Tensors } from '../tensor.js';

/** The bytes of `model.safetensors`. */
export function weightsFile(tensors: Tensors): Uint8Array {
  return encodeSafetensors(tensors);
}

/** SHA-256 of bytes, hexadecimal: also where a page has no `crypto.subtle`, which browsers give to secure addresses alone. */
export function hashOf(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes));
}

/** The identity of a model with these weights: twelve digits of the hash of their file, as a model folder has it. */
export function identityOfWeights(tensors: Tensors): string {
  return hashOf(weightsFile(tensors)).slice(0, 12);
}
