// What a recipe says of itself where the backbone is frozen, beside what its form of attention says there.
import { hasFront } from '../../backbone/front.js';
import { type AttentionSettings, formSizes } from '../../model/index.js';
import { formOf } from '../../model/attention/forms.js';
import { isOnActor } from '../../model/attention/onActor.js';
import type { z } from 'zod';

/** Parts of a recipe, which checks them. */
type PartsOfRecipe = Readonly<Record<string, unknown>>;

/**
 * For every form on features. Frames go from the first to the last (docs/accuracy.md has the other rules); features cost
 * little to train on, so that the held-out clips are learnt from too once they have chosen the epoch.
 */
const common: PartsOfRecipe = {
  sampling: 'even',
  batch: 10,
  dropout: 0.2,
  average: 0.98,
  meanPool: true,
  refit: true,
};

/** Does a recipe train on features of a backbone that stays as it is, or whose front does? The small one is trained with its model. */
export function isFrozen({ backbone }: { backbone: { kind: string } }): boolean {
  return backbone.kind !== 'small';
}

/**
 * Where the last stages of the backbone learn too: a hundredth of the rate for them, all places, no second training on
 * all clips, which costs as much again, and no mean pool beside the head, whose features would move away under it.
 */
function besideStages(ofForm: PartsOfRecipe = {}): PartsOfRecipe {
  const factors = (ofForm.factors ?? {}) as PartsOfRecipe;
  return {
    places: 1,
    meanPool: false,
    refit: false,
    actors: undefined, // the features of the trained stages change from step to step
    factors: { ...factors, backbone: { rate: 0.01, decay: 0.01 } },
  };
}

/** What a recipe must say for its defaults to be found. */
interface RecipeChoices {
  backbone?: { kind: string };
  attention?: z.input<typeof AttentionSettings>;
}

/** `input` with what goes with a frozen backbone where it says nothing itself. */
export function withFrozenDefaults(input: RecipeChoices): RecipeChoices {
  const { backbone = { kind: 'small' }, attention = formSizes('joint', { onFeatures: true }) } = input;
  if (!isFrozen({ backbone })) return input;
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
  const ofForm = formOf(attention.form).features.training;
  return {
    ...common,
    ...ofForm,
    ...(isOnActor(attention) && { actors: {} }), // it must be known where the actor is
    ...(hasFront(backbone) && besideStages(ofForm)),
    attention,
    ...given,
  };
}
