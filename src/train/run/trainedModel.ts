// The model of an epoch as a model folder has it: its config with what the training was, and its tensors.
import { classIndicesOf } from '../../dataset/clipClasses.js';
import type { ModelConfig } from '../../model/index.js';
import type { Tensors } from '../../tensor.js';
import { sureOf, type HeldOut } from './heldAnswers.js';
import { modelTensors, type Programs } from './programs.js';
import type { BestEpoch, KeptParts } from './runKeeper.js';
import type { Steering } from './steering.js';

/** What a model is put together from, beside its state. */
export interface TrainedFrom extends BestEpoch {
  parts: Pick<KeptParts, 'recipe' | 'data' | 'actors'>;
  programs: Programs;
  steering: Steering;
  /** What it answered for the clips that were held out. */
  answered: Pick<HeldOut, 'answers'> | undefined;
}

/** Config and tensors of the model in a run's whole state. */
export function trainedModel(
  state: Tensors,
  { parts, programs, steering, epoch, validation, answered }: TrainedFrom,
): { config: ModelConfig; tensors: Tensors } {
  const { recipe, data, actors } = parts;
  const classCounts = data.dataset.classes.map(() => 0);
  for (const clip of data.train) for (const k of classIndicesOf(clip)) classCounts[k]!++;
  const held = steering.heldOut(validation);
  const sure = held === null ? undefined : answered && sureOf(answered);
  const training = { epoch, classCounts, validation: held, ...(sure && { sure }), recipe };
  const config = { ...programs.config, training };
  return { config, tensors: { ...modelTensors(state, programs), ...actors?.tensors } };
}
