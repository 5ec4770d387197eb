// Named recipes: every choice of the paper's training (docs/architecture.md#training) for each of its data sets, and the figure of the
// paper that it aims at (section 5). What the paper and the scripts leave open is said beside the choice.
import { AttentionSettings, type FormName } from '../../model/index.js';
import type { RecipeInput } from './recipe.js';
import { oneOf } from '../../checked.js';

/** A figure of the paper, and how it was counted. */
export interface Aim {
  /** In words, as `train --recipe` prints it. */
  figure: string;
  /** The same as numbers in percent, by what they are. */
  values: Readonly<Record<string, number>>;
  /** Name of the protocol as `evaluate --protocol` takes it, where it has one. */
  protocol?: string;
  /** Clips, split, and what is counted. */
  counting: string;
  source: string;
}

/** A named recipe and what it is for. */
export interface NamedRecipe {
  recipe: RecipeInput;
  aim: Aim;
}

/** Names of the data sets of the paper, as `--recipe` takes them. */
export const recipeNames = ['hmdb51', 'ucf101', 'ucf101-24', 'thumos14', 'moments'] as const;
/** Name of a data set of the paper. */
export type RecipeName = (typeof recipeNames)[number];

/** What all data sets share. */
const common: RecipeInput = {
  sampling: 'uniform', // s = floor(N/n), the last frame repeated
  backbone: { kind: 'resnet50', stages: ['layer4'], size: { width: 224, height: 224 }, resize: 'stretch' },
  attention: paperAttention('recurrent-additive'),
  answer: 'attention',
  dropout: 0.2,
  augment: { flip: 0, jitter: 0, crop: 0 },
  // 3e-4 on the batch mean is the scripts' 1e-5 on the batch sum at batch 30
  losses: { totalVariation: 3e-4, contrast: 1e-4, unimodal: 1, unimodalForm: 'sqrt' },
  batch: 30,
  optimiser: { name: 'adam', weightDecay: 1e-4 },
  learningRate: 1e-4,
  schedule: { name: 'plateau', factor: 0.1, patience: 3 },
  epochs: 200,
  // nothing of the following is in the paper or its scripts: off
  start: 'random',
  isStandardised: false,
  keepsStart: false,
  zeros: [],
  factors: {},
  places: 1,
  average: 0,
  clipNorm: 0,
  isBalanced: false,
  // ours: the scripts look at the test set here. After 20 epochs without gain the rate was cut five times
  validation: 0.1,
  patience: 20,
};

const paper = 'Meng et al., arXiv:1810.04511 v1';

/** The recipes by name. */
export const recipes: { readonly [Name in RecipeName]: NamedRecipe } = {
  hmdb51: {
    recipe: { ...common, frames: 50 },
    aim: {
      figure: 'top-1 accuracy 49.93 % (ResNet-50 mean pool 47.78 %)',
      values: { 'top-1': 49.93, 'mean pool top-1': 47.78 },
      protocol: 'hmdb51',
      counting: 'HMDB51 split 1, 3570 training and 1530 test clips, 51 classes',
      source: paper,
    },
  },
  ucf101: {
    recipe: { ...common, frames: 50 }, // the paper does not say; as for HMDB51
    aim: {
      figure: 'top-1 accuracy 86.02 % (ResNet-50 mean pool 82.30 %)',
      values: { 'top-1': 86.02, 'mean pool top-1': 82.3 },
      protocol: 'ucf101',
      counting: 'UCF101 split 1, 9537 training and 3783 test clips, 101 classes',
      source: paper,
    },
  },
  'ucf101-24': {
    recipe: { ...common, frames: 20, attention: paperAttention('pooled') }, // the form behind the published masks
    aim: {
      figure: '67.0 / 56.1 / 34.1 / 17.7 % of frames at IoU 0.05 / 0.1 / 0.2 / 0.3',
      values: { 'IoU 0.05': 67.0, 'IoU 0.1': 56.1, 'IoU 0.2': 34.1, 'IoU 0.3': 17.7 },
      protocol: 'ucf101-24-script',
      counting:
        'UCF101-24, 2293 training and 910 test clips, sampled frames with a box of the first tube; a constant centre box scores 91.3 / 82.5 / 62.9 / 43.7 %',
      source: `${paper}; counting as in the released scripts`,
    },
  },
  thumos14: {
    recipe: { ...common, frames: 50 },
    aim: {
      figure: '70.0 / 61.4 / 48.6 / 32.6 / 17.9 % at 0.1 / 0.2 / 0.3 / 0.4 / 0.5',
      values: { 'at 0.1': 70.0, 'at 0.2': 61.4, 'at 0.3': 48.6, 'at 0.4': 32.6, 'at 0.5': 17.9 },
      protocol: 'thumos14-script',
      counting:
        'THUMOS14, 2137 training and 2326 test instances, clips cut around each true instance; keeping every frame has a recall of 100 %',
      source: `${paper}; counting as in the released scripts`,
    },
  },
  moments: {
    // 256 pixels are the 8 x 8 cells that the paper tells
    recipe: {
      ...common,
      frames: 15,
      backbone: { ...common.backbone!, size: { width: 256, height: 256 } },
    },
    aim: {
      figure: 'top-1 accuracy 27.55 %, top-5 53.52 %',
      values: { 'top-1': 27.55, 'top-5': 53.52 },
      counting: 'Moments in Time, 802243 training and 33900 validation clips, 339 classes',
      source: paper,
    },
  },
};

/** Forms that have the masks and weights of the paper, to which its loss weights belong. */
const paperForms: readonly string[] = ['pooled', 'recurrent-additive', 'recurrent-tanh'];

/** The recipe called `name`; throws `usage` that lists the names. */
export function namedRecipe(name: string): NamedRecipe {
  return recipes[oneOf(recipeNames, '--recipe', name)];
}

/** A form of attention in the paper's sizes: mask 1024 and 512, hidden 512, start 1024. */
export function paperAttention(form: FormName): AttentionSettings {
  return AttentionSettings.parse({ form });
}

/** Parts of a recipe by name, checked when they are put together. */
export type RecipeParts = { readonly [Name in keyof RecipeInput]?: unknown };

/** The field by which two settings of one part are of the same kind, and so may be mixed. */
const kindOf: Readonly<Record<string, string>> = {
  optimiser: 'name',
  schedule: 'name',
  attention: 'form',
  backbone: 'kind',
};

/**
 * Parts of a recipe put together, a later one winning field by field: `{ losses: { area: 0.1 } }` leaves the other
 * weights. A part of another kind (optimiser, schedule, attention, backbone) replaces what was there as a whole, and an
 * attention that is none of the paper's takes the loss weights of `parts[0]`, a named recipe's, away.
 */
export function joinRecipes(named: RecipeParts, ...parts: readonly RecipeParts[]): RecipeInput {
  const form = parts
    .map(({ attention }) => (attention as { form?: string } | undefined)?.form)
    .findLast((one) => one !== undefined);
  const whole: Record<string, unknown> = { ...named };
  if (form !== undefined && !paperForms.includes(form)) delete whole.losses;
  for (const part of parts) {
    for (const [name, value] of Object.entries(part)) {
      if (value !== undefined) whole[name] = joined(whole[name], value, kindOf[name]);
    }
  }
  return whole as RecipeInput;
}

function joined(before: unknown, after: unknown, kind: string | undefined): unknown {
  if (!isParts(before) || !isParts(after)) return after;
  const given = Object.fromEntries(Object.entries(after).filter(([, value]) => value !== undefined));
  const isOther = kind !== undefined && given[kind] !== undefined && given[kind] !== before[kind];
  return isOther ? given : { ...before, ...given };
}

function isParts(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
