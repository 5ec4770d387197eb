// Every choice of a training run in one place, with its default. A run's recipe is kept in its
// checkpoint, so that `--resume` goes on by the same one.
import { z } from 'zod';
import { clipFits, clipTooLarge, count, factor, frameCount, positiveFactor } from '../../bounds.js';
import { usageError, WhereWhenError } from '../../errors.js';
import { AttentionSettings, formSizes, OptimiserSettings } from '../../model/index.js';
import type { FormChoices } from '../../model/attention/form.js';
import { formOf } from '../../model/attention/forms.js';
import { LossChoices } from '../../model/losses.js';
import { parseWith, TransformConfig } from '../../model/config.js';
import type { AugmentOptions } from '../../video/transform.js';
import { ActorChoices } from '../actors/settings.js';
import { isFrozen, withFrozenDefaults } from './frozenRecipe.js';

const positive = positiveFactor;
const epochCount = z.number().int().min(0).max(1_000_000);
const share = z.number().min(0).lt(1);

/** How the learning rate goes over the epochs. */
export const ScheduleSettings = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('constant'), warmupEpochs: factor.default(0) }),
  z.strictObject({
    name: z.literal('cosine'),
    warmupEpochs: factor.default(1),
    /** Share of the learning rate that is left at the end. */
    floor: share.default(0.01),
  }),
  z.strictObject({
    name: z.literal('plateau'),
    warmupEpochs: factor.default(0),
    /** What the rate is multiplied with when validation has not improved for more than `patience` epochs. */
    factor: positive.lt(1).default(0.1),
    patience: epochCount.default(3),
  }),
]);
export type ScheduleSettings = z.infer<typeof ScheduleSettings>;

/** Random changes of a training clip, the same for all its frames. Off: a flip turns left-to-right into its opposite class. */
export const AugmentSettings = z.strictObject({
  /** Probability of a left-right mirror. */
  flip: z.number().min(0).max(1).default(0),
  /** Largest relative change of brightness, contrast and saturation. */
  jitter: z.number().min(0).max(1).default(0),
  /** Largest share of width and height that a random window leaves out. */
  crop: share.default(0),
});
export type AugmentSettings = z.infer<typeof AugmentSettings>;

/** What goes with a recipe's form on its backbone. */
export function formChoicesOf({
  attention,
  backbone,
}: Pick<Recipe, 'attention' | 'backbone'>): FormChoices<unknown> {
  const { small, features } = formOf(attention.form);
  return isFrozen({ backbone }) ? features : small;
}

/** The choices of a training run. */
export const Recipe = z.strictObject({
  seed: z.number().int().min(0).default(0),

  // What the model sees.
  frames: frameCount.default(16),
  sampling: z.enum(['uniform', 'even', 'centred', 'segment-random']).default('centred'),
  transform: TransformConfig.extend({
    size: TransformConfig.shape.size.default({ width: 96, height: 96 }),
  }).prefault({}),
  /** Stored frames for each frame of the model when sampling is segment-random; odd. */
  oversample: count
    .max(101)
    .refine((k) => k % 2 === 1, 'expected an odd number, which has a middle')
    .default(3),
  augment: AugmentSettings.prefault({}),
  /**
   * Frames are kept at this larger size: a training step sees a random window of the model's size, the same for a clip's
   * frames, and validation the whole picture scaled to it.
   */
  cutFrom: TransformConfig.shape.size.optional(),

  // What the model is.
  backbone: z.looseObject({ kind: z.string().min(1) }).default({ kind: 'small' }),
  attention: AttentionSettings.prefault(formSizes('joint')),
  /**
   * `averaged`: the mean of the logits of attention and of the plain mean, where the form has both. `evidence`: the pooled
   * evidence, which also stands in for `attention` where classes are told one by one and that pooling is a loss: one
   * attention over a clip has to choose between its classes.
   */
  answer: z.enum(['attention', 'averaged', 'evidence']).default('attention'),
  /**
   * What a logit means; without a choice `sigmoid`, every class by itself, where clips to learn from have several classes,
   * else `softmax`.
   */
  probabilities: z.enum(['softmax', 'sigmoid']).optional(),
  /** Parameters that start at zero; `joint.out.weight` makes attention uniform, so that training starts at the mean pool. */
  zeros: z.array(z.string()).default([]),
  losses: LossChoices.default({}),
  localize: z.record(z.string(), z.unknown()).default({}),
  /** Who acts, learnt beside the head on features of a frozen backbone; absent: boxes are read by `localize` alone. */
  actors: ActorChoices.optional(),

  // How it is trained.
  /** 0 keeps the start, which must then be the mean pool. */
  epochs: epochCount.default(30),
  batch: count.default(8),
  /** Batches a step: their gradients are averaged, so that a step sees `batch * accumulate` clips in the memory of one batch. */
  accumulate: count.default(1),
  optimiser: OptimiserSettings.default({ name: 'adamw', weightDecay: 1e-4 }),
  learningRate: positive.default(2e-3),
  /** Factors on rate and decay for all parameters whose name starts so; the longest that fits counts. */
  factors: z
    .record(z.string(), z.strictObject({ rate: factor.default(1), decay: factor.default(1) }))
    .default({}),
  schedule: ScheduleSettings.prefault({ name: 'cosine' }),
  /** Largest norm of all gradients together; 0 for no limit. */
  clipNorm: factor.default(5),
  /** Share of the feature channels that a training step leaves out, one draw a clip. */
  dropout: share.default(0),
  /** Share of the places that a training step sees; 1 for all. `auto` on features: half of a 7x7 grid, a tenth of a finer one. */
  places: z.union([positive.max(1), z.literal('auto')]).default(1),
  /** Bring the channels of stored features to mean 0 and deviation 1; the scalings are folded into the weights. */
  isStandardised: z.boolean().default(false),
  /** `mean-pool`: the classifier starts as logistic regression on the mean of the features (stored features only). */
  start: z.enum(['random', 'mean-pool']).default('random'),
  /** Keep that regression beside the head, whatever its form, so that its figures stand beside the head's (stored features only). */
  meanPool: z.boolean().default(false),
  /** `C` of that regression: its loss is `|w|^2 / 2 + C * sum of cross-entropies`. */
  regressionStrength: positive.default(0.01),
  /** Whether the model before the first step, epoch 0, is a candidate too where clips are held out. */
  keepsStart: z.boolean().default(false),
  /** Limit of the moving average of the weights, which starts as `t / (t + 5)`; 0 for none. */
  average: share.default(0.98),
  isBalanced: z.boolean().default(true),

  // When it ends, and by what.
  validation: share.default(0.2),
  /** Once the epoch is chosen on held-out clips, train anew on all clips, those included, for just as many epochs. */
  refit: z.boolean().default(false),
  /**
   * Epochs in a row, the start counted, with every held-out clip named rightly after which nothing is left to choose by: the first
   * part ends, and the second makes all epochs. 0 for never.
   */
  settled: epochCount.default(0),
  /** Epochs without a better validation after which training stops; 0 for never. */
  patience: epochCount.default(12),
});
/** The choices of a training run. */
export type Recipe = z.infer<typeof Recipe>;
/** Any part of a recipe, as a caller gives it. */
export type RecipeInput = z.input<typeof Recipe>;

/** What defaults are looked up by. Where it is not of this form none are, and the check of the whole recipe says what is wrong. */
const HasDefaults = z.looseObject({
  backbone: z.looseObject({ kind: z.string() }).optional(),
  attention: AttentionSettings.optional(),
});

/** The recipe with its defaults filled in, the sizes of its attention too. Throws `usage` that names the option, as `train: options: batch`. */
export function parseRecipe(input: RecipeInput = {}): Recipe {
  try {
    const whole = HasDefaults.safeParse(input).success ? withFrozenDefaults(withSizes(input)) : input;
    return fitting(parseWith(Recipe, whole, 'train: options'));
  } catch (error) {
    if (!(error instanceof WhereWhenError)) throw error;
    throw new WhereWhenError({ ...error.toJSON(), code: 'usage' }, { cause: error });
  }
}

/**
 * `input` with the sizes that go with form and backbone where it leaves some out; settings that leave none out mean just what
 * they say, so that a stored recipe, or one in the paper's sizes, stays as it is.
 */
function withSizes(input: RecipeInput): RecipeInput {
  const { attention, backbone = { kind: 'small' } } = input;
  const whole = AttentionSettings.safeParse(attention);
  if (!attention || !whole.success) return input;
  const isWhole = Object.keys(whole.data).every((key) => key in attention);
  if (isWhole) return input;
  const sizes = formSizes(attention.form, { onFeatures: isFrozen({ backbone }) });
  return { ...input, attention: { ...sizes, ...attention } as RecipeInput['attention'] };
}

/** The recipe, where the frames of a clip that are stored fit one tensor. */
function fitting(recipe: Recipe): Recipe {
  const { frames, sampling, oversample, cutFrom, transform } = recipe;
  const stored = sampling === 'segment-random' ? frames * oversample : frames;
  const size = cutFrom ?? transform.size;
  if (clipFits(stored, size)) return recipe;
  throw usageError('train: options: frames', clipTooLarge, `${stored} of ${size.width} x ${size.height}`);
}

/** The augmentation as `video/` takes it; undefined when there is none. */
export function augmentOf({ augment: { flip, jitter, crop } }: Recipe): AugmentOptions | undefined {
  if (flip === 0 && jitter === 0 && crop === 0) return undefined;
  return { flip, crop: 1 - crop, jitter: { brightness: jitter, contrast: jitter, saturation: jitter } };
}

/**
 * How clips are sampled where nothing is drawn: a model that was trained on random frames of each part answers from the
 * parts' middles.
 */
export function answeredSampling({ sampling }: Pick<Recipe, 'sampling'>): 'uniform' | 'even' | 'centred' {
  return sampling === 'segment-random' ? 'centred' : sampling;
}

/** Stored frames for each frame of the model. */
export function oversampleOf({ sampling, oversample }: Pick<Recipe, 'sampling' | 'oversample'>): number {
  return sampling === 'segment-random' ? oversample : 1;
}
