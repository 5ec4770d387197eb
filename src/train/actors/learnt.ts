// What learning who acts gives to a run.
import type { LocalizeChoices } from '../../localize/index.js';
import type { ActorSettings } from '../../model/index.js';
import type { Tensors } from '../../tensor.js';

/** What was learnt of who acts: a part of the model's config and tensors. */
export interface LearntActors {
  settings: ActorSettings;
  tensors: Tensors;
  /** How boxes are read: in two looks, or in one where the two do not agree on training clips. */
  localize: LocalizeChoices;
  /** Mean IoU of the boxes of both looks on training clips; null where neither drew any. */
  agreement: number | null;
}
