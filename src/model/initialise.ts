// Starting values of declared parameters, from a seed: PyTorch's defaults, as declared beside each parameter.
import { Random } from '../random.js';
import { float32, sizeOf, type Tensor, type Tensors } from '../tensor.js';
import type { DeclaredParameter } from './scope.js';

/** Departures from the declared starts. */
export interface InitialiseOptions {
  /** Parameters that start at 0: `['joint.out.weight']` makes attention uniform, so that epoch 0 is the mean pool (docs/architecture.md#training). */
  zeros?: readonly string[];
}

/**
 * Starting values for `parameters`. Each name has a stream of its own, drawn from `random` once, so that one more
 * layer changes the start of no other.
 */
export function initialise(
  parameters: readonly DeclaredParameter[],
  random: Random,
  { zeros = [] }: InitialiseOptions = {},
): Tensors {
  const seed = random.uint32();
  const start = (one: DeclaredParameter): Tensor =>
    zeros.includes(one.name) ? constant(one, 0) : drawn(one, Random.from(seed, one.name));
  return Object.fromEntries(parameters.map((one) => [one.name, start(one)]));
}

function drawn(parameter: DeclaredParameter, random: Random): Tensor {
  const { initial, shape } = parameter;
  if (initial.kind === 'constant') return constant(parameter, initial.value);
  const data = new Float32Array(sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = random.uniform(-initial.bound, initial.bound);
  return float32(data, shape);
}

function constant({ shape }: DeclaredParameter, value: number): Tensor {
  return float32(new Float32Array(sizeOf(shape)).fill(value), shape);
}
