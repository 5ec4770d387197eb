// How a file is refused: what it should have had, in the words of its own inputs and outputs.
import { formatError, WhereWhenError } from '../../errors.js';
import type { ValueSpec } from '../../runtime/program.js';

/** Where a grid is to be had in a network that ends in something else. */
export const cutHint =
  'cut the network before its pooling and name that output; `wherewhen backbone info FILE` lists its inner tensors';

/** An error of code `format` about the file `path`. */
export function wrong(
  path: string,
  expected: string,
  received?: string,
  hint?: string,
  cause?: unknown,
): WhereWhenError {
  return formatError(path, expected, received, hint, cause);
}

/** `features float32 [batch,1024,7,7]`, for messages. */
export function listed(specs: readonly ValueSpec[]): string {
  return specs.map(({ name, dtype, shape }) => `${name} ${dtype} [${shape.join()}]`).join(' and ');
}
