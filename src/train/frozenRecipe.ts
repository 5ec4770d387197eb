// What a recipe says of itself where the backbone is frozen. Joint attention follows METHOD section 8: it starts at the
// mean pool, which it can only leave for something better, and each part is an option of the recipe.
import { hasFront } from '../backbone/index.js';
import type { LocalizeChoices } from '../localize/index.js';
import type { AttentionSettings, FormName, LossSettings } from '../model/index.js';
import type { z } from 'zod';

/** What goes with a form beside its sizes. */
export interface FormDefaults {
  losses: Partial<LossSettings>;
  localize: LocalizeChoices;
}

/** Sizes of each form on features of an ImageNet network; those of the ConvLSTM heads are METHOD section 7's. */
export const frozenPresets: { readonly [Name in FormName]: z.input<typeof AttentionSettings> } = {
  joint: { form: 'joint', hidden: 0, scoreWidth: 64, contextFrames: 0 },
  mean: { form: 'mean' },
  pooled: { form: 'pooled', projection: 256, hidden: 64, maskChannels: [128, 64] },
  'recurrent-additive': {
    form: 'recurrent-additive',
    projection: 256,
    hidden: 64,
    maskChannels: [128, 64],
    startChannels: 64,
  },
  'recurrent-tanh': {
    form: 'recurrent-tanh',
    projection: 256,
    hidden: 64,
    maskChannels: [128, 64],
    startChannels: 64,
    scoreWidth: 64,
  },
  convlstm: { form: 'convlstm', projection: 256, hidden: 64 },
  'soft-lstm': { form: 'soft-lstm', hidden: 256 },
  actor: { form: 'actor' },
};

const byPath = { rule: 'path', smooth: 0, maximumSegments: 100 } as const;
const script: FormDefaults = { losses: {}, localize: { way: 'script' } };
const activation: FormDefaults = { losses: {}, localize: { where: { maps: { classEvidence: 1 } } } };

/** What goes with a form on features: joint attention is trained by cross-entropy alone. */
export const frozenFormDefaults: { readonly [Name in FormName]: FormDefaults } = {
  joint: {
    losses: { totalVariation: 0, unimodal: 0 },
    // .6: where two scales of a backbone agree most on training clips, no box being read (docs/localisation.md).
    localize: { where: { threshold: 0.6 }, when: byPath },
  },
  mean: activation,
  convlstm: activation,
  'soft-lstm': { losses: {}, localize: { where: { maps: { attention: 1 } } } },
  pooled: script,
  'recurrent-additive': script,
  'recurrent-tanh': script,
  actor: { losses: {}, localize: { when: { ...byPath, pool: 'mask' } } },
};

/** Parts of a recipe, which checks them. */
type Parts = Readonly<Record<string, unknown>>;

/**
 * For every form on features. Frames are those of the scripts, at an even step from the first one; features cost little
 * to train on, so that the held-out clips are learnt from too once they have chosen the epoch.
 */
const common: Parts = {
  sampling: 'uniform',
  batch: 10,
  dropout: 0.2,
  average: 0.98,
  meanPool: true,
  refit: true,
};

/** For forms that begin with the logistic regression. */
const fromMeanPool: Parts = {
  isStandardised: true,
  start: 'mean-pool',
  keepsStart: true,
  schedule: { name: 'constant' },
};

const perForm: { readonly [Name in FormName]?: Parts } = {
  joint: {
    ...fromMeanPool,
    answer: 'averaged',
    zeros: ['joint.out.weight'],
    places: 'auto',
    epochs: 6,
    learningRate: 1e-3,
    optimiser: { name: 'adamw', weightDecay: 1e-2 },
    factors: { classifier: { rate: 0.1, decay: 0.01 } },
    actors: {},
  },
  /** The regression is the best of its kind already: no step follows unless `epochs` asks for some. */
  mean: { ...fromMeanPool, epochs: 0, learningRate: 1e-4, actors: {} },
  /** So is that of the actor form; places are those of the actor already, and are not drawn. */
  actor: {
    start: 'mean-pool',
    keepsStart: true,
    schedule: { name: 'constant' },
    epochs: 0,
    learningRate: 1e-4,
    actors: {},
  },
};

/** Does a recipe train on features of a backbone that stays as it is, or whose front does? The small one is trained with its model. */
export function isFrozen({ backbone }: { backbone: { kind: string } }): boolean {
  return backbone.kind !== 'small';
}

/**
 * Where the last stages of the backbone learn too: a hundredth of the rate for them, all places, no second training on
 * all clips, which costs as much again, and no mean pool beside the head, whose features would move away under it.
 */
function besideStages(ofForm: Parts = {}): Parts {
  const factors = (ofForm.factors ?? {}) as Parts;
  return {
    places: 1,
    meanPool: false,
    refit: false,
    actors: undefined, // the features of the trained stages change from step to step
    factors: { ...factors, backbone: { rate: 0.01, decay: 0.01 } },
  };
}

/** What a recipe must say for its defaults to be found. */
interface Choices {
  backbone?: { kind: string };
  attention?: z.input<typeof AttentionSettings>;
}

/** `input` with what goes with a frozen backbone where it says nothing itself. */
export function withFrozenDefaults(input: Choices): Choices {
  const { backbone = { kind: 'small' }, attention = frozenPresets.joint } = input;
  if (!isFrozen({ backbone })) return input;
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
  const ofForm = perForm[attention.form];
  return { ...common, ...ofForm, ...(hasFront(backbone) && besideStages(ofForm)), attention, ...given };
}
