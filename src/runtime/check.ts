// The door of a program: names, element types and shapes are checked before anything is sent, so that
// a wrong feed is one clear line and never a message from deep inside the engine.
import { inputError, missingError, WhereWhenError } from '../errors.js';
import { sizeOf, type Tensor, type Tensors } from '../tensor.js';
import type { ValueSpec } from './program.js';

/** Throws unless `feeds` has exactly the names, dtypes and shapes of `specs`. */
export function checkFeeds(path: string, specs: readonly ValueSpec[], feeds: Tensors): void {
  const known = new Set(specs.map((spec) => spec.name));
  const missing = specs.filter((spec) => !feeds[spec.name]).map((spec) => spec.name);
  const unknown = Object.keys(feeds).filter((name) => !known.has(name));
  if (missing.length + unknown.length > 0) {
    const parts = [listed('missing', missing), listed('unknown', unknown)].filter(Boolean);
    throw inputError(path, `feeds must be exactly [${[...known].join(', ')}]`, parts.join(' and '));
  }
  for (const spec of specs) checkTensor(`${path}.${spec.name}`, spec, feeds[spec.name]!);
}

/** Throws unless `names` are all among `known`. */
export function checkNames(
  path: string,
  what: string,
  known: readonly string[],
  names: readonly string[],
): void {
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw inputError(path, `${what} must be among [${known.join(', ')}]`, unknown.join(', '));
}

/** Throws unless the tensor has the spec's dtype and shape and as many elements as its shape says. */
export function checkTensor(path: string, spec: ValueSpec, tensor: Tensor): void {
  checkSpec(path, spec, tensor);
  checkLength(path, tensor);
}

/** Throws unless dtype and shape are those of the spec. */
export function checkSpec(path: string, spec: ValueSpec, { dtype, shape }: Omit<Tensor, 'data'>): void {
  if (dtype === spec.dtype && fits(spec.shape, shape)) return;
  const expected = `must be ${spec.dtype} [${spec.shape.join(', ')}]`;
  throw inputError(path, expected, `${dtype} [${shape.join(', ')}]`);
}

/** State that a program reads, or somebody asks for, and nobody wrote. */
export function missingState(path: string, names: readonly string[]): WhereWhenError {
  return missingError(
    path,
    'state must have been written',
    `no ${names.join(', ')}`,
    'runtime.write({ name: tensor })',
  );
}

/** Throws unless the tensor's array is of its dtype and as long as its shape says. */
export function checkLength(path: string, tensor: Tensor): void {
  if (!(tensor.data instanceof arrayOf[tensor.dtype])) {
    const expected = `a ${tensor.dtype} tensor must hold a ${arrayOf[tensor.dtype].name}`;
    throw inputError(path, expected, tensor.data?.constructor?.name ?? 'nothing');
  }
  if (tensor.data.length === sizeOf(tensor.shape)) return;
  throw inputError(
    path,
    `[${tensor.shape.join(', ')}] must hold ${sizeOf(tensor.shape)} numbers`,
    `${tensor.data.length}`,
    tensor.data.length === 0 ? 'was this array moved to a runtime before?' : undefined,
  );
}

/** The array that holds each dtype's elements. */
export const arrayOf = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  int64: BigInt64Array,
  int32: Int32Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const;

function fits(spec: readonly (number | string)[], shape: readonly number[]): boolean {
  return (
    spec.length === shape.length &&
    spec.every((length, i) => typeof length === 'string' || length === shape[i])
  );
}

function listed(what: string, names: readonly string[]): string {
  return names.length === 0 ? '' : `${what} ${names.join(', ')}`;
}
