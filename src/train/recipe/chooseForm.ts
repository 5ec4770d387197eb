// What attention brings on these very clips, before any head is trained: the regression on the actor's places and motion beside
// that on the whole picture, both by folds of whole groups. Where the actor wins, its form is the default.
import { classIndicesOf } from '../../dataset/clipClasses.js';
import { kFolds } from '../../dataset/index.js';
import type { StoredClip } from '../../store/index.js';
import { indexOfMax } from '../../localize/tubes.js';
import { percent } from '../../percent.js';
import type { ActorView, ActorViews } from '../actors/learnt.js';
import { differenceName } from '../../model/attention/actorPool.js';
import { fitActor } from '../start/startActor.js';
import { fitMeanPool } from '../start/startFromFeatures.js';
import type { Recipe, RecipeInput } from './recipe.js';
import { float32, type Tensor, type Tensors } from '../../tensor.js';

/** Shares of clips that are named rightly by folds. */
export interface LookingAt {
  actor: number;
  picture: number;
  folds: number;
  groups: number;
}

/** What a recipe says of a head and its steps: who says any of it has chosen the form, or the usual one. */
const ofForm = [
  ...['attention', 'answer', 'losses', 'zeros', 'places', 'isStandardised', 'start'],
  ...['epochs', 'learningRate', 'optimiser', 'schedule', 'factors'],
] as const satisfies readonly (keyof RecipeInput)[];

/** Whether nothing of a recipe speaks for a form, so that folds may choose it. */
export function leavesFormOpen(recipe: RecipeInput = {}): boolean {
  return ofForm.every((name) => recipe[name] === undefined);
}

/** Whether clips can be told apart by folds: of one class each, in two groups at least. */
export function canCompare(clips: readonly StoredClip[]): boolean {
  return groupsOf(clips) > 1 && clips.every(({ classIndices }) => classIndices === undefined);
}

function groupsOf(clips: readonly StoredClip[]): number {
  return new Set(clips.map(({ group }) => group)).size;
}

/** Both shares, over clips that {@link canCompare} finds fit. */
export function compareLooking(
  clips: readonly StoredClip[],
  views: ActorViews,
  { recipe, classes }: { recipe: Recipe; classes: number },
): LookingAt {
  const groups = groupsOf(clips);
  const folds = kFolds(clips, { folds: Math.min(mostFolds, groups), seed: recipe.seed, isStratified: true });
  const right = { actor: 0, picture: 0 };
  for (const { train, test } of folds) {
    const seen = train.map(({ key }) => views.get(key)!);
    const labels = train.map(classIndicesOf);
    const { headStrength: strength, isMirrored } = recipe.actors!;
    const actor = fitActor(seen, labels, { classes, strength, isMirrored });
    const pools = seen.map(({ mean }) => mean);
    const picture = fitMeanPool({ pools, labels }, { classes, strength: recipe.regressionStrength });
    for (const { key, classIndex } of test) {
      const view = views.get(key)!;
      if (indexOfMax(actorScores(view, actor)) === classIndex) right.actor++;
      if (indexOfMax(layerOf(picture.weight, picture.bias, view.mean)) === classIndex) right.picture++;
    }
  }
  const share = (count: number): number => count / clips.length;
  return { actor: share(right.actor), picture: share(right.picture), folds: folds.length, groups };
}

const mostFolds = 5;

/** One line for people. */
export function tellLooking({ actor, picture, folds, groups }: LookingAt): string {
  return `looking at the actor: ${percent(actor)} against ${percent(picture)} for the whole picture (${folds} folds of ${groups} groups)`;
}

/** The form's logits of a clip, `[K]`. */
function actorScores({ pool, motion, difference }: ActorView, fitted: Tensors): Float64Array {
  const places = layerOf(fitted['classifier.weight']!, fitted['classifier.bias']!, pool);
  const changing = fitted[differenceName];
  if (changing && difference)
    layerOf(changing, float32(new Float32Array(places.length)), difference).forEach(
      (score, k) => (places[k]! += score),
    );
  const [weight, bias] = [fitted['motion.weight'], fitted['motion.bias']];
  if (!weight || !bias || !motion) return places;
  const moved = layerOf(weight, bias, motion);
  return places.map((score, k) => score + moved[k]!);
}

function layerOf({ data: weight }: Tensor, { data: bias }: Tensor, row: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: bias.length }, (_, k) => {
    let sum = Number(bias[k]);
    for (let c = 0; c < row.length; c++) sum += Number(weight[k * row.length + c]) * row[c]!;
    return sum;
  });
}
