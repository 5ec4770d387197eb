// Named departures from a recipe, as `train --variant` takes them and `ablate` compares them: the paper's ablations, the
// forms, and the questions that readers ask about the losses and the mask network.
import { usageError, WhereWhenError } from '../../errors.js';
import { type FormName, type LossSettings, formSizes } from '../../model/index.js';
import { isFrozen } from './frozenRecipe.js';
import { type RecipeInput } from './recipe.js';

/** The groups of variants, each around one question. */
export const variantGroups = {
  paper: 'Which parts of the model does the accuracy hang on?',
  forms: 'Which form of temporal attention is better, and is any better than none?',
  contrast: 'Does the contrast term enlarge the foreground?',
  variation: 'Why L1 in the total variation, and which neighbours?',
  mask: 'How many layers, and which kernel, should the mask network have?',
  unimodal: 'Why the max in the unimodal term, and on what should it stand?',
  weights: 'How much do the weights of the losses matter?',
  actor: 'What does each part of looking at the actor bring?',
} as const;
/** The groups whose rows are departures from a form: those of the actor from its own, all others from one with masks and losses. */
export function groupsFor(form: FormName): readonly VariantGroup[] {
  const all = Object.keys(variantGroups) as VariantGroup[];
  return form === 'actor' ? ['actor'] : all.filter((group) => group !== 'actor');
}

/** The name of a group of variants. */
export type VariantGroup = keyof typeof variantGroups;

/** One departure. */
export interface Variant {
  group: VariantGroup;
  /** Other questions that it helps to answer. */
  also?: readonly VariantGroup[];
  /** What is changed, as a table says it. */
  words: string;
  /** Another form, in its usual sizes. */
  form?: FormName;
  /** Settings of the form. */
  attention?: Readonly<Record<string, unknown>>;
  /** Convolutions of the mask network; hidden channels are those of the recipe, the last of them repeated. */
  maskLayers?: number;
  losses?: Partial<LossSettings>;
  /** What the regression of the actor form is told. */
  actors?: Readonly<Record<string, unknown>>;
  /** How it learns, where the form itself needs no steps. */
  learning?: Pick<RecipeInput, 'epochs' | 'validation' | 'refit'>;
}

const usual = { totalVariation: 3e-4, unimodal: 1 } as const;
const hasNoMask = { totalVariation: 0, contrast: 0 };

function paper(words: string, change: Omit<Variant, 'group' | 'words'>): Variant {
  return { group: 'paper', words, ...change };
}

function form(words: string, name: FormName, attention: Variant['attention'] = {}): Variant {
  return { group: 'forms', words, form: name, attention };
}

function losses(group: VariantGroup, words: string, change: Partial<LossSettings>): Variant {
  return { group, words, losses: change };
}

/** A row of the actor that is trained beyond the regression: so many epochs, the best chosen on held-out groups. */
function trained(words: string, epochs: number, change: Omit<Variant, 'group' | 'words'>): Variant {
  return { group: 'actor', words, learning: { epochs, validation: 0.2, refit: true }, ...change };
}

function actor(words: string, attention: Variant['attention'], actors?: Variant['actors']): Variant {
  return { group: 'actor', words, form: 'actor', attention, ...(actors && { actors }) };
}

/** All variants by name. */
export const variants = {
  'no-spatial': paper('no spatial attention: masks of 1', {
    attention: { isMasked: false },
    losses: hasNoMask,
  }),
  'no-temporal': paper('no temporal attention: uniform weights', {
    attention: { isWeighted: false },
    losses: { unimodal: 0 },
  }),
  'no-total-variation': paper('no total variation', {
    also: ['variation', 'weights'],
    losses: { totalVariation: 0 },
  }),
  'no-contrast': paper('no contrast', { also: ['contrast'], losses: { contrast: 0 } }),
  'no-unimodal': paper('no unimodal term', { also: ['unimodal', 'weights'], losses: { unimodal: 0 } }),

  'form-pooled': form('pooled', 'pooled'),
  'form-additive': form('recurrent, additive score (paper)', 'recurrent-additive'),
  'form-additive-detached': form(
    'the same, energies cut out of the graph (as released)',
    'recurrent-additive',
    {
      detached: true,
    },
  ),
  'form-additive-inverse': form('recurrent, additive score, factor 1/n', 'recurrent-additive', {
    inverseFrames: true,
  }),
  'form-tanh': form('recurrent, tanh score', 'recurrent-tanh'),
  'form-tanh-inverse': form('recurrent, tanh score, factor 1/n', 'recurrent-tanh', { inverseFrames: true }),
  'form-convlstm': form('ConvLSTM without attention', 'convlstm'),
  'form-mean': { ...form('mean pool', 'mean'), also: ['actor'] },
  'form-joint': form('joint attention (ours)', 'joint'),

  'contrast-1e-2': losses('contrast', 'contrast 1e-2', { contrast: 1e-2 }),
  'contrast-1': losses('contrast', 'contrast 1', { contrast: 1 }),
  'contrast-1-area': losses('contrast', 'contrast 1, area 1', { contrast: 1, area: 1 }),
  'area-1': losses('contrast', 'contrast 0, area 1', { contrast: 0, area: 1 }),

  'variation-l2': losses('variation', 'squared differences', { variationForm: 'l2' }),
  'variation-huber': losses('variation', "Huber's cost", { variationForm: 'huber' }),
  'variation-8': losses('variation', 'eight neighbours', { neighbours: 8 }),
  'variation-time': losses('variation', 'the neighbour in time too', {
    temporalVariation: usual.totalVariation,
  }),
  'variation-1e-2': losses('variation', 'L1, weight 1e-2', { totalVariation: 1e-2 }),
  'variation-l2-1e-2': losses('variation', 'squared differences, weight 1e-2', {
    ...{ totalVariation: 1e-2, variationForm: 'l2' },
  }),
  'variation-huber-1e-2': losses('variation', "Huber's cost, weight 1e-2", {
    ...{ totalVariation: 1e-2, variationForm: 'huber' },
  }),

  'mask-1-layer': { group: 'mask', words: 'one layer', maskLayers: 1 },
  'mask-2-layers': { group: 'mask', words: 'two layers', maskLayers: 2 },
  'mask-4-layers': { group: 'mask', words: 'four layers', maskLayers: 4 },
  'mask-1x1': { group: 'mask', words: 'three layers of 1 x 1', attention: { maskKernel: 1 } },

  'unimodal-sqrt': losses('unimodal', 'mean of the root (scripts)', { unimodalForm: 'sqrt' }),
  'unimodal-no-max': losses('unimodal', 'without the max', { unimodalHinge: false }),
  'unimodal-logits': losses('unimodal', 'on logits', { unimodalOn: 'logits' }),
  'unimodal-logits-sqrt': losses('unimodal', 'on logits, mean of the root', {
    ...{ unimodalOn: 'logits', unimodalForm: 'sqrt' },
  }),
  'unimodal-logits-no-max': losses('unimodal', 'on logits, without the max', {
    ...{ unimodalOn: 'logits', unimodalHinge: false },
  }),

  'total-variation-3e-5': losses('weights', 'total variation 3e-5', { totalVariation: 3e-5 }),
  'total-variation-3e-3': losses('weights', 'total variation 3e-3', { totalVariation: 3e-3 }),
  'total-variation-3e-2': losses('weights', 'total variation 3e-2', { totalVariation: 3e-2 }),
  'unimodal-0.1': losses('weights', 'unimodal 0.1', { unimodal: 0.1 }),
  'unimodal-10': losses('weights', 'unimodal 10', { unimodal: 10 }),
  'unimodal-100': losses('weights', 'unimodal 100', { unimodal: 100 }),

  'actor-picture': actor('features of the whole picture', { isBoxed: false }),
  'actor-no-motion': actor('no motion: features in the box alone', { motion: 0 }),
  'actor-no-flow': actor('no flow: box and path', { motion: 41 }),
  'actor-no-path': actor('no path: box and flow', { motion: 243 }),
  'actor-difference': actor('difference of neighbours beside all', { hasDifference: true }),
  'actor-no-flow-difference': actor('difference of neighbours in place of flow', {
    ...{ motion: 41, hasDifference: true },
  }),
  'actor-no-camera': actor("the camera's motion left in", { isSteadied: false }),
  'actor-no-thirds': actor('the mean of the clip in place of thirds', { hasThirds: false }),
  'actor-no-mirror': actor('no mirrored copies', {}, { isMirrored: false }),
  'actor-attention': trained('attention within the actor, trained on', 6, {
    ...{ form: 'actor', attention: { scoreWidth: 64 } },
  }),
  'actor-sequence': trained('a ConvLSTM over the frames of the actor, no motion', 12, {
    ...{ form: 'convlstm', attention: { isOnActor: true } },
  }),
} as const satisfies Readonly<Record<string, Variant>>;

/** The name of a variant. */
export type VariantName = keyof typeof variants;

/** The names of all variants, in the order of the tables. */
export const variantNames = Object.keys(variants) as VariantName[];

/** The variant of a name. */
export function variantOf(name: VariantName): Variant {
  return variants[name];
}

/**
 * `recipe` with a variant's changes. Loss variants keep what the recipe says of other terms; a variant of another form with
 * a ConvLSTM keeps the recipe's hidden and mask channels. Throws `usage` for an unknown name.
 */
export function withVariant(recipe: RecipeInput, name: string): RecipeInput {
  if (!Object.hasOwn(variants, name)) throw unknownVariant(name);
  const {
    form: other,
    attention,
    losses: terms,
    maskLayers,
    actors,
    learning,
  } = variantOf(name as VariantName);
  const onFeatures = recipe.backbone !== undefined && isFrozen({ backbone: recipe.backbone });
  const own: Sizes = recipe.attention ?? formSizes('pooled', { onFeatures });
  const base: Sizes =
    other === undefined || other === own.form
      ? own
      : { ...formSizes(other, { onFeatures }), ...carried(other, own) };
  const layers = maskLayers === undefined ? {} : { maskChannels: layersOf(base.maskChannels, maskLayers) };
  return {
    ...recipe,
    ...learning,
    attention: { ...base, ...attention, ...layers } as RecipeInput['attention'],
    losses: { ...recipe.losses, ...terms },
    ...((actors ?? recipe.actors) && { actors: { ...recipe.actors, ...actors } }),
  };
}

/** What the settings of forms may say of their sizes. */
interface Sizes {
  form: FormName;
  hidden?: number;
  projection?: number;
  maskChannels?: readonly number[];
}

/** The sizes that a form with a ConvLSTM takes over from another one. */
function carried(form: FormName, own: Sizes): Record<string, unknown> {
  const { form: before, hidden, projection, maskChannels } = own;
  const withLstm: readonly FormName[] = ['pooled', 'convlstm', 'recurrent-additive', 'recurrent-tanh'];
  if (!withLstm.includes(form) || !withLstm.includes(before) || hidden === undefined) return {};
  return {
    hidden,
    projection,
    ...(form !== 'convlstm' && maskChannels && { maskChannels }),
    ...(form.startsWith('recurrent') && { startChannels: hidden }),
    ...(form === 'recurrent-tanh' && { scoreWidth: hidden }),
  };
}

function layersOf(channels: readonly number[] = [], layers: number): number[] {
  return Array.from({ length: layers - 1 }, (_, i) => channels[Math.min(i, channels.length - 1)]!);
}

function unknownVariant(received: string): WhereWhenError {
  const expected = `a variant: ${variantNames.join(', ')}`;
  return usageError('--variant', expected, received);
}
