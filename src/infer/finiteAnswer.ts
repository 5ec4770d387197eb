// No answer holds what is no number: a network whose sums overflow, or features that are none, are an error of the clip that
// they were asked about, and never a probability of NaN.
import { inputError, WhereWhenError } from '../errors.js';
import type { Result } from '../result.js';
import type { Tensors } from '../tensor.js';

/** Outputs that may be minus infinity: the logarithm of an attention that is exactly 0. */
const logarithms = new Set(['logAttention']);

/** `outputs` of a head on the clip at `path`. Throws `input` where one of their numbers is none. */
export function requireFiniteOutputs(outputs: Tensors, path: string): void {
  for (const [name, { dtype, data }] of Object.entries(outputs)) {
    if (dtype !== 'float32' && dtype !== 'float64') continue;
    const isWrong = logarithms.has(name)
      ? (x: number) => Number.isNaN(x) || x === Infinity
      : (x: number) => !Number.isFinite(x);
    const at = (data as Float32Array).findIndex(isWrong);
    if (at >= 0) throw notFinite(path, `${String(data[at])} in ${name}`);
  }
}

/** The result itself. Throws `input` that names the place of a number in it that is none. */
export function finiteResult(result: Result): Result {
  const place = firstNotFinite(result);
  if (place) throw notFinite(result.clip, `none at ${place.join('.')}`);
  return result;
}

/** The place of the first number that is none, outermost key first. */
function firstNotFinite(value: unknown): string[] | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : [];
  if (value === null || typeof value !== 'object') return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const found = firstNotFinite(inner);
    if (found) return [key, ...found];
  }
  return undefined;
}

function notFinite(path: string, received: string): WhereWhenError {
  return inputError(
    path,
    'an answer of finite numbers',
    received,
    'the weights of the model or the features of the clip are too large to be computed with',
  );
}
