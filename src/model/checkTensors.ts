// Loaded tensors against the parameters that a graph declares: everything that does not fit, in one error.
import { formatError } from '../errors.js';
import type { Tensors } from '../tensor.js';
import type { DeclaredParameter } from './scope.js';

/** Throws one `format` error that lists every missing, extra and wrongly shaped tensor of the file `path`. */
export function checkTensors(
  tensors: Tensors,
  parameters: readonly Pick<DeclaredParameter, 'name' | 'shape'>[],
  path: string,
): void {
  const wanted = new Map(parameters.map(({ name, shape }) => [name, shape]));
  const faults: string[] = [];
  for (const [name, shape] of wanted) {
    const tensor = tensors[name];
    if (!tensor) faults.push(`${name} [${shape}] is missing`);
    else if (tensor.dtype !== 'float32') faults.push(`${name} is ${tensor.dtype}, expected float32`);
    else if (`${tensor.shape}` !== `${shape}`)
      faults.push(`${name} is [${tensor.shape}], expected [${shape}]`);
  }
  for (const name of Object.keys(tensors)) if (!wanted.has(name)) faults.push(`${name} is not of this model`);
  if (faults.length === 0) return;
  throw formatError(
    path,
    `the ${wanted.size} tensors of the model that config.json describes`,
    faults.join('; '),
  );
}
