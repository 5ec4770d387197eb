// Tensors of a weight file against the parameters of a backbone: names translated, everything that does not fit in one
// error.
import { WhereWhenError } from '../../errors.js';
import type { DeclaredParameter } from '../../model/index.js';
import type { Tensor, Tensors } from '../../tensor.js';
import { toFloat32 } from './toFloat32.js';

/** torchvision's and timm's name of a parameter: `backbone.bn1.runningMean` is `bn1.running_mean` there. */
export function foreignName(name: string): string {
  return name
    .replace(/^backbone\./, '')
    .replace(/\.runningMean$/, '.running_mean')
    .replace(/\.runningVar$/, '.running_var');
}

/** What wrappers of a network put in front of all its names. */
const wrappers = ['module.', 'backbone.', 'model.', 'encoder.'];

/** Tensors that belong to every such network and are not used: the classifier, and a counter of batch norm. */
const unused = /^(fc|classifier|head)\.|\.num_batches_tracked$/;

/** What a weight file must and may hold. */
export interface Fit {
  /** Parameters of the part that is used. */
  parameters: readonly Pick<DeclaredParameter, 'name' | 'shape'>[];
  /** Names of the whole network: its unused stages may be in the file, and need not. */
  known?: readonly string[];
  /** The file, for errors. */
  path: string;
}

/**
 * The parameters by their names in the graph, float32. Throws one `format` error that lists every missing, extra and
 * wrongly shaped tensor.
 */
export function fitWeights(tensors: Tensors, { parameters, known = [], path }: Fit): Tensors {
  const given = unwrapped(tensors);
  const allowed = new Set([...parameters.map(({ name }) => name), ...known].map(foreignName));
  const faults: string[] = [];
  const fitted: Tensors = {};
  for (const { name, shape } of parameters) {
    const foreign = foreignName(name);
    const tensor = given.get(foreign);
    const float = tensor && toFloat32(tensor);
    if (!tensor) faults.push(`${foreign} [${shape}] is missing`);
    else if (`${tensor.shape}` !== `${shape}`) {
      faults.push(`${foreign} is [${tensor.shape}], expected [${shape}]`);
    } else if (!float) faults.push(`${foreign} is ${tensor.dtype}, expected a float type`);
    else fitted[name] = float;
  }
  for (const name of given.keys()) {
    if (!allowed.has(name) && !unused.test(name)) faults.push(`${name} is not of this network`);
  }
  if (faults.length === 0) return fitted;
  throw new WhereWhenError({
    code: 'format',
    path,
    expected: `the ${parameters.length} tensors of the network`,
    received: shortened(faults),
  });
}

/** By torchvision's names, whatever wrapper or way of writing the file has. */
function unwrapped(tensors: Tensors): Map<string, Tensor> {
  let names = Object.keys(tensors);
  const all = new Map(names.map((name) => [foreignName(name), tensors[name]!]));
  for (;;) {
    names = [...all.keys()];
    const wrapper = wrappers.find(
      (prefix) => names.length > 0 && names.every((name) => name.startsWith(prefix)),
    );
    if (!wrapper) return all;
    for (const name of names) {
      all.set(foreignName(name.slice(wrapper.length)), all.get(name)!);
      all.delete(name);
    }
  }
}

const most = 200; // a wrong kind of network has hundreds of faults; these name it well enough

function shortened(faults: readonly string[]): string {
  const rest = faults.length > most ? [`and ${faults.length - most} more`] : [];
  return [...faults.slice(0, most), ...rest].join('; ');
}
