// What learning who acts gives to a run.
import type { LocalizeChoices } from '../../localize/index.js';
import { actorNames, type ActorSettings } from '../../model/actors.js';
import type { Tensors } from '../../tensor.js';

/** What was learnt of who acts: a part of the model's config and tensors. */
export interface LearntActors {
  settings: ActorSettings;
  tensors: Tensors;
  /** How boxes are read: in two looks, or in one where the two do not agree on training clips. */
  localize: LocalizeChoices;
}

/** What is known of the actor of one clip. */
export interface ActorView {
  /** The form's inputs beside features, without the batch axis. */
  feeds: Tensors;
  /** The mean of the root of all channels over the actor's places, `[C]`. */
  pool: Float64Array;
  /** The plain mean of all channels over the picture, `[C]`: what a head that looks everywhere learns from. */
  mean: Float64Array;
  /** How it moves; absent where the form does not ask, or nobody was found. */
  motion?: Float32Array;
  /** How the roots change from frame to frame in the actor's places, `[C]`, where the form looks at that. */
  difference?: Float64Array;
}

/** The views of clips by their keys. */
export type ActorViews = ReadonlyMap<string, ActorView>;

/** The direction that tells people and things from their surroundings, `[F]`. */
export function directionOf({ tensors }: Pick<LearntActors, 'tensors'>): Float32Array {
  return tensors[actorNames.direction]!.data as Float32Array;
}
