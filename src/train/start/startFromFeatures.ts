// The start at the mean pool (docs/architecture.md#training): one pass over the stored features finds mean and deviation of every channel over all
// places and the mean pool of every clip, and logistic regression on the mean pools gives the first classifier.
import type { Batches } from '../../store/batches.js';
import type { StoredClip } from '../../store/index.js';
import { usageError, WhereWhenError } from '../../errors.js';
import { looksAtActor } from '../../infer/actorFeeds.js';
import { averageName } from '../../model/scope.js';
import { meanPoolNames } from '../../model/attention/meanPool.js';
import type { ModelConfig } from '../../model/index.js';
import type { Program } from '../../runtime/index.js';
import { float32, type Tensors } from '../../tensor.js';
import { fitBlocks, type BlockLayer } from './blockRegression.js';
import { isFrozen } from '../recipe/frozenRecipe.js';
import type { RegressionOptions } from './logisticRegression.js';
import { copied } from '../run/programs.js';
import type { Recipe } from '../recipe/recipe.js';
import { sumsOf, type ClipSums, type SumsOf } from './clipSums.js';
import { EvenSample } from './evenSample.js';
import { standardNames } from './standard.js';

/** What one pass over the training clips finds, per channel of features. */
export interface FeatureFacts {
  /** Over all places of all clips. */
  mean: Float64Array;
  deviation: Float64Array;
  /** The mean over a clip's places, `[clips][C]`: of all clips, or of an even part of very many. */
  pools: Float64Array[];
  /** The class of each of these clips, or its classes. */
  labels: (number | readonly number[])[];
}

/** Clips that the first classifier is fitted on, up to twice as many: memory does not grow with those beyond. */
const mostPools = 8192;

/** Whether the state before the first step depends on stored features. */
export function takesFromFeatures({ isStandardised, start, meanPool }: Recipe): boolean {
  return isStandardised || meanPool || start === 'mean-pool';
}

/** Throws `usage` where a recipe takes from stored features what frames do not have. */
export function checkFeatures(recipe: Recipe): void {
  if (looksAtActor(recipe) && !(recipe.actors && isFrozen(recipe))) throw noActors(recipe);
  if (recipe.epochs === 0 && recipe.start !== 'mean-pool') throw noEpochs();
  if (isFrozen(recipe) || !takesFromFeatures(recipe)) return;
  throw usageError(
    'train: options: isStandardised, start, meanPool',
    'none of them where the backbone is trained too',
    `isStandardised ${recipe.isStandardised}, start ${recipe.start}, meanPool ${recipe.meanPool}`,
    'they are taken from the features of a frozen backbone',
  );
}

function noActors({ backbone }: Recipe): WhereWhenError {
  return usageError(
    'train: options: attention',
    'a form that looks at the whole picture where the backbone is trained too',
    `a ${backbone.kind} backbone that learns`,
    'actors are found in the features of a frozen backbone: --backbone',
  );
}

function noEpochs(): WhereWhenError {
  return usageError(
    'train: options: epochs',
    'at least 1 where the model starts at random',
    '0',
    'without a step only the mean pool knows anything: start `mean-pool` on features',
  );
}

/** Every clip once, as `features`. */
export type AllBatches = Pick<Batches, 'all'> & Partial<Pick<Batches, 'clips'>>;

/** The same clips after the trained stages of their backbone, which `program` computes as they stand. */
export function encodedBy(program: Program, batches: AllBatches): AllBatches {
  return {
    async *all() {
      for await (const batch of batches.all()) yield { ...batch, inputs: await program.run(batch.inputs) };
    },
  };
}

/**
 * The state before the first step with what the recipe takes from the features: scalings, the mean pool that is kept
 * beside the head, and the classifier that starts there.
 */
export async function startFromFeatures(
  state: Tensors,
  {
    recipe,
    training,
    sums,
    classes,
    probabilities,
  }: {
    recipe: Recipe;
    training: AllBatches;
    /** Where they are known, no clip of `training` is read. */
    sums?: SumsOf;
    classes: number;
    probabilities?: ModelConfig['probabilities'];
  },
): Promise<Tensors> {
  const facts = await measure(training, sums);
  const isStart = recipe.start === 'mean-pool';
  const scalings = recipe.isStandardised ? scalingsOf(facts) : {};
  if (!isStart && !recipe.meanPool) return { ...state, ...scalings };
  const pool = fitMeanPool(facts, { classes, strength: recipe.regressionStrength, probabilities });
  const kept: Tensors = recipe.meanPool
    ? { [meanPoolNames.weight]: pool.weight, [meanPoolNames.bias]: pool.bias }
    : {};
  const seen = recipe.isStandardised ? onStandardised(pool, facts) : pool;
  const classifier: Tensors = isStart
    ? { 'classifier.weight': seen.weight, 'classifier.bias': seen.bias }
    : {};
  const averages = Object.entries(classifier).filter(([name]) => averageName(name) in state);
  const started = Object.fromEntries(averages.map(([name, tensor]) => [averageName(name), copied(tensor)]));
  return { ...state, ...scalings, ...kept, ...copies(classifier), ...started };
}

function scalingsOf({ mean, deviation }: FeatureFacts): Tensors {
  return {
    [standardNames.mean]: float32(Float32Array.from(mean)),
    [standardNames.scale]: float32(Float32Array.from(deviation, (one) => 1 / one)),
  };
}

function copies(tensors: Tensors): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, copied(tensor)]));
}

/** Mean, deviation and mean pools of the clips of `training`, each read once, or not at all where its sums are known. */
export async function measure(training: AllBatches, known?: SumsOf): Promise<FeatureFacts> {
  const facts = new FactSums();
  if (known) for (const clip of training.clips ?? []) facts.add(clip, await known(clip));
  else
    for await (const { inputs, clips } of training.all())
      clips.forEach((clip, i) => facts.add(clip, sumsOf(inputs.features!, i)));
  return facts.together();
}

/** The sums of clip after clip; of very many the mean pools of an even part. */
class FactSums {
  readonly #kept = new EvenSample<{ pool: Float64Array; label: number | readonly number[] }>(mostPools);
  #sums = new Float64Array(0);
  #squares = new Float64Array(0);
  #count = 0;

  add({ classIndex, classIndices }: StoredClip, { sum, square, places }: ClipSums): void {
    if (this.#count === 0)
      [this.#sums, this.#squares] = [new Float64Array(sum.length), new Float64Array(sum.length)];
    sum.forEach((one, c) => (this.#sums[c]! += one));
    square.forEach((one, c) => (this.#squares[c]! += one));
    this.#count += places;
    this.#kept.add(() => ({ pool: sum.map((one) => one / places), label: classIndices ?? classIndex }));
  }

  together(): FeatureFacts {
    const mean = this.#sums.map((sum) => sum / this.#count);
    const deviation = this.#squares.map((square, c) => positiveRoot(square / this.#count - mean[c]! ** 2));
    const kept = this.#kept.items;
    return {
      ...{ mean, deviation },
      pools: kept.map(({ pool }) => pool),
      labels: kept.map(({ label }) => label),
    };
  }
}

/** Logistic regression on standardised mean pools, as a layer on features as they are. */
export function fitMeanPool(
  { pools, labels }: Pick<FeatureFacts, 'pools' | 'labels'>,
  options: Pick<RegressionOptions, 'classes' | 'strength' | 'probabilities'>,
): BlockLayer {
  const [layer] = fitBlocks([{ rows: pools }], labels, options);
  return layer!;
}

/** The same layer on features that were standardised: `W x + b` with `x = deviation x' + mean`. */
export function onStandardised(
  { weight, bias }: BlockLayer,
  { mean, deviation }: Pick<FeatureFacts, 'mean' | 'deviation'>,
): BlockLayer {
  const own = weight.data as Float32Array;
  const shifted = (bias.data as Float32Array).map((b, k) => b + dotRow(own, k, mean));
  const scaled = own.map((w, at) => w * deviation[at % mean.length]!);
  return { weight: float32(scaled, weight.shape), bias: float32(shifted) };
}

function dotRow(weight: Float64Array | Float32Array, k: number, x: Float64Array): number {
  return x.reduce((sum, one, c) => sum + weight[k * x.length + c]! * one, 0);
}

/** The root, and 1 for a channel that never changes: it says nothing, whatever it is divided by. */
function positiveRoot(variance: number): number {
  return variance > 1e-12 ? Math.sqrt(variance) : 1;
}
