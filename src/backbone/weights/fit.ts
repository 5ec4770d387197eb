// Tensors of a weight file against the parameters of a backbone: names translated, everything that does not fit in one
// error.
import { formatError } from '../../errors.js';
import type { DeclaredParameter } from '../../model/index.js';
import type { Tensor, Tensors } from '../../tensor.js';
import { toFloat32 } from './toFloat32.js';

/** torchvision's and timm's name of a parameter: `backbone.bn1.runningMean` is `bn1.running_mean` there. */
export function foreignName(name: string): string {
  return runningNames(name.replace(/^backbone\./, ''));
}

function runningNames(name: string): string {
  return name.replace(/\.runningMean$/, '.running_mean').replace(/\.runningVar$/, '.running_var');
}

/** A counter of batch norm, which nothing uses. */
const counter = /\.num_batches_tracked$/;

/** What a weight file must and may hold. */
export interface WeightFit {
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
export function fitWeights(tensors: Tensors, { parameters, known = [], path }: WeightFit): Tensors {
  const names = parameters.map(({ name }) => foreignName(name));
  const given = unwrapped(tensors, names);
  const allowed = new Set([...names, ...known.map(foreignName)]);
  const stems = new Set([...allowed].map(stemOf));
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
    // Heads of any name, projectors, queues and normalising buffers may lie beside; a block too many is of another network.
    if (!allowed.has(name) && stems.has(stemOf(name)) && !counter.test(name))
      faults.push(`${name} is not of this network`);
  }
  if (faults.length === 0) return fitted;
  throw formatError(path, `the ${parameters.length} tensors of the network`, shortened(faults));
}

/** `layer1.0.conv1.weight` is of a `layer`: by this a block is known as one of the network's kind. */
function stemOf(name: string): string {
  return name.split('.')[0]!.replace(/\d+$/, '');
}

/** By torchvision's names, without what wrappers put in front (`module.`, `_orig_mod.`, `module.encoder_q.`). */
function unwrapped(tensors: Tensors, wanted: readonly string[]): Map<string, Tensor> {
  const all = Object.entries(tensors).map(([name, tensor]) => [runningNames(name), tensor] as const);
  const prefix = prefixOf(
    all.map(([name]) => name),
    wanted,
  );
  const inside = all.filter(([name]) => name.startsWith(prefix));
  return new Map(inside.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}

/** What stands in front of most of the wanted names; of several the first in the file: a query network before its key. */
function prefixOf(names: readonly string[], wanted: readonly string[]): string {
  const counts = new Map<string, number>([['', 0]]);
  const set = new Set(wanted);
  for (const name of names) {
    for (let at = 0; at >= 0; at = name.indexOf('.', at) + 1 || -1) {
      if (set.has(name.slice(at))) counts.set(name.slice(0, at), (counts.get(name.slice(0, at)) ?? 0) + 1);
    }
  }
  const most = Math.max(...counts.values());
  return [...counts].find(([, count]) => count === most)![0];
}

const most = 200; // a wrong kind of network has hundreds of faults; these name it well enough

function shortened(faults: readonly string[]): string {
  const rest = faults.length > most ? [`and ${faults.length - most} more`] : [];
  return [...faults.slice(0, most), ...rest].join('; ');
}
