// The start at a model that was trained before on the same backbone: its attention, and its classifier for the classes that both
// know. What is new starts at the mean pool, as everything does without a model.
import { averageName } from '../../model/scope.js';
import type { ModelConfig } from '../../model/index.js';
import { float32, type Tensor, type Tensors } from '../../tensor.js';
import { copied } from '../run/programs.js';
import { standardNames, unfoldStandard } from './standard.js';

/** A trained model. */
export interface StartModel {
  config: ModelConfig;
  tensors: Tensors;
}

/** `state` with what `model` knows, its layers on standardised features where those of `state` are. */
export function startFromModel(state: Tensors, model: StartModel, config: ModelConfig): Tensors {
  const scalings = Object.values(standardNames).map((name) => [name, state[name]] as const);
  const isStandardised = scalings.every(([, tensor]) => tensor !== undefined);
  const known = isStandardised
    ? unfoldStandard({ ...model.tensors, ...(Object.fromEntries(scalings) as Tensors) }, config.attention)
    : model.tensors;
  const out = { ...state };
  for (const [name, own] of Object.entries(state)) {
    const given = known[name];
    if (!given || name in kept || scalings.some(([scaling]) => scaling === name)) continue;
    const next = name.startsWith('classifier.') ? byClass(own, given, model.config, config) : given;
    if (next.data.length !== own.data.length) continue;
    out[name] = copied(next);
    if (averageName(name) in state) out[averageName(name)] = copied(next);
  }
  return out;
}

/** What is fitted anew whatever a model says: the mean pool beside the head. */
const kept: Readonly<Record<string, true>> = { 'meanPool.weight': true, 'meanPool.bias': true };

/** Rows `[K,...]` of the classes that the model knows, the others as they are. */
function byClass(
  own: Tensor,
  given: Tensor,
  { classes }: ModelConfig,
  { classes: now }: ModelConfig,
): Tensor {
  const each = own.data.length / now.length;
  const data = (own.data as Float32Array).slice();
  now.forEach((label, k) => {
    const place = classes.indexOf(label);
    if (place < 0) return;
    data.set((given.data as Float32Array).subarray(place * each, (place + 1) * each), k * each);
  });
  return float32(data, own.shape);
}
