// A network in float32 that gives the same numbers with less work: what quantisation does first, by itself.
import { readNetwork } from './network.js';
import { simplify } from './simplify.js';
import { writeFloat } from './float.js';

/**
 * An ONNX file, its weights inside, with its response norms as one convolution each, batch norms folded and nothing left
 * that its outputs do not need. Exact but for the order of sums. Throws `format` as reading does.
 */
export function leanFloat(model: Uint8Array, path: string, outputs?: readonly string[]): Uint8Array {
  return writeFloat(simplify(readNetwork(model, path, outputs)));
}
