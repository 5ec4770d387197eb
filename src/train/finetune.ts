// Stage 1 of the paper's training (docs/architecture.md#training): the last stages of a backbone learn the classes from single frames, one random frame of each
// of five equal parts of the video, their logits summed. It is a training run like any other, by a recipe of its own; what
// it leaves beside its model folder is a weight file that every `--weights` takes.
import { join } from 'node:path';
import { foreignName } from '../backbone/weights/fit.js';
import { frontOf, trainedFrom, wholeOf } from '../backbone/front.js';
import { hashTensors } from '../backbone/identity.js';
import { readParameters } from '../backbone/parameters.js';
import { usualSize } from '../backbone/preprocessing.js';
import type { BackboneSettings, FrameSize } from '../backbone/index.js';
import { readModelFolder } from '../savedModel/index.js';
import { writeAtomically } from '../atomicFile.js';
import { encodeSafetensors } from '../model/index.js';
import type { Tensors } from '../tensor.js';
import type { RecipeInput } from './recipe/recipe.js';
import { joinRecipes, type RecipeParts } from './recipe/recipes.js';
import type { TrainSummary } from './run/runParts.js';
import { train, type TrainOptions } from './trainer.js';

/** The recipe of the scripts: SGD 5e-4 with momentum 0.9, plateau of patience 1, 224 of 256 pixels, mirrored at random. */
export const finetuneRecipe: RecipeInput = {
  frames: 5,
  sampling: 'segment-random',
  oversample: 5,
  attention: { form: 'mean', consensus: 'sum' },
  augment: { flip: 0.5, jitter: 0, crop: 0 },
  optimiser: { name: 'sgd', momentum: 0.9, weightDecay: 0 },
  learningRate: 5e-4,
  schedule: { name: 'plateau', factor: 0.1, patience: 1 },
  // what neither paper nor scripts tell: ours
  epochs: 30,
  batch: 20,
  patience: 6,
  start: 'random',
  isStandardised: false,
  keepsStart: false,
  meanPool: false,
  refit: false,
  dropout: 0,
  average: 0,
  clipNorm: 0,
};

/** What to fine-tune, and on what. */
export interface FinetuneOptions extends Omit<TrainOptions, 'recipe' | 'resume' | 'leaveOut'> {
  /** The backbone as `--backbone` and `--weights` say it. */
  backbone: BackboneSettings;
  /** The first stage that learns, `layer2` .. `layer4`; the network before it stays as it is. */
  from: string;
  /** The weight file to make; by default `KIND.safetensors` in `out`. */
  file?: string;
  /** Frames as they are, at the size of the network: the features of the frozen front are stored once. */
  isAugmented?: boolean;
  /** Parts of a recipe that win over {@link finetuneRecipe}. */
  recipe?: RecipeParts;
}

/** What a fine-tuning left. */
export interface FinetuneSummary extends TrainSummary {
  /** The weight file; absent until the run is done. */
  weights?: string;
  /** SHA-256 over the tensors of the weight file. */
  hash?: string;
}

/**
 * Fine-tunes a backbone in the run folder `out`, going on with an unfinished run of the same settings, and writes its
 * weights by torchvision's names, the classifier as `fc`. Throws what {@link train} throws, and `missing` and `format`
 * for the weights to start from.
 */
export async function finetune(options: FinetuneOptions): Promise<FinetuneSummary> {
  const { backbone, from, file, isAugmented = true, recipe: given = {}, ...rest } = options;
  const recipe = finetuneRecipeOf(trainedFrom(backbone, from), { isAugmented, given });
  const summary = await train({ ...rest, recipe, resume: !rest.overwrite });
  if (summary.status !== 'done') return summary;
  const weights = file ?? join(rest.out, `${backbone.kind}.safetensors`);
  return { ...summary, weights, hash: await writeWeights(rest.out, weights) };
}

/** The recipe of a fine-tuning. */
export function finetuneRecipeOf(
  backbone: BackboneSettings,
  { isAugmented, given }: { isAugmented: boolean; given: RecipeParts },
): RecipeInput {
  const { size = usualSize } = backbone as { size?: FrameSize };
  const recipe = joinRecipes(finetuneRecipe, { backbone, cutFrom: cutFrom(size) }, given);
  if (isAugmented) return recipe;
  delete recipe.cutFrom;
  return { ...recipe, augment: {} };
}

/** 256 of 224 pixels, and as much of other sizes. */
function cutFrom({ width, height }: FrameSize): FrameSize {
  return { width: Math.round((width * 256) / 224), height: Math.round((height * 256) / 224) };
}

/** Writes the whole network of the model in `folder`, frozen front and trained stages; returns the hash of its tensors. */
async function writeWeights(folder: string, file: string): Promise<string> {
  const { config, tensors, id } = await readModelFolder(folder);
  const backbone = config.backbone as BackboneSettings;
  const front = await readParameters(frontOf(backbone));
  const all: Tensors = {};
  for (const [name, tensor] of Object.entries({ ...front, ...tensors })) {
    all[name.replace(/^classifier\./, 'fc.').replace(/^backbone\..*/, foreignName)] = tensor;
  }
  const { epoch, validation, recipe } = config.training ?? {};
  const facts = {
    format: 'pt', // what loaders of the hub's libraries ask for
    kind: backbone.kind,
    from: String(backbone.from),
    classes: JSON.stringify(config.classes),
    model: id,
    start: String(wholeOf(backbone).weights ?? backbone.kind),
    front: String(backbone.weightsHash),
    hash: hashTensors(all),
    training: JSON.stringify({ epoch, validation, recipe }),
  };
  await writeAtomically(file, encodeSafetensors(all, facts));
  return facts.hash;
}
