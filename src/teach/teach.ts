// Learning from takes by the very recipe of `train`: the head starts at the mean pool, one ONNX graph is the training step, the
// epoch is chosen on takes that are held out in whole groups, and then all are learnt from. Runs in a page's worker.
import type { ModelConfig } from '../model/index.js';
import type { Runtime } from '../runtime/program.js';
import type { Tensors } from '../tensor.js';
import type { LearntActors } from '../train/actors/learnt.js';
import type { Recipe } from '../train/recipe/recipe.js';
import { runAndRefit } from '../train/refit.js';
import { heldFigures, type HeldFigures } from '../train/run/heldFigures.js';
import type { LeftOutAnswer } from '../train/run/heldAnswers.js';
import { scoreLeftOut } from '../train/run/leftOut.js';
import type { RunData } from '../train/run/runData.js';
import type { SumsOf } from '../train/start/clipSums.js';
import { learnDirection } from './actors.js';
import { frozenOf, type TeachBackbone } from './backbone.js';
import { memoryKeeper, type Kept } from './memoryKeeper.js';
import type { Taught, TeachOptions, TeachProgress } from './options.js';
import { progressOf } from './progress.js';
import { lessonRecipe } from './recipe.js';
import { takeSides, type TakeSides } from './sides.js';
import { checkTakes, type TeachTake } from './take.js';
import { TakeMemory } from './takeMemory.js';
import { takeClips, type TakeClips } from './takeStore.js';
import { identityOfWeights } from './weights.js';

/**
 * Learns from takes that `backbone` has seen. The same takes and recipe give the same model to the last bit, and within rounding
 * that of `train`. Throws `usage` for takes or a recipe that cannot be learnt from, `input` for a loss that is no number, and the
 * signal's reason.
 */
export async function teach(
  takes: readonly TeachTake[],
  backbone: TeachBackbone,
  options: TeachOptions,
  onProgress: (progress: TeachProgress) => void = () => {},
): Promise<Taught> {
  const frozen = frozenOf(backbone);
  const recipe = lessonRecipe(options.recipe, frozen);
  checkTakes(takes, recipe.frames);
  const { memory = new TakeMemory(frozen) } = options;
  remember(memory, takes);
  const known = takeClips(takes, frozen, memory);
  const note = (text: string): void => onProgress({ kind: 'note', text });
  const sides = takeSides(known, recipe, note);
  const { classes, store } = known;
  const data: RunData = {
    ...{ dataset: { classes, leftOut: [] }, prepared: { broken: [] }, store, frozen },
    ...{ train: [...sides.train, ...sides.moments], validation: sides.validation },
  };
  const { runtime, programs, signal, start } = options;
  const actors = await directionOf(sides, { known, memory, recipe, data, note, signal });
  const sums: SumsOf = async ({ key }) => memory.sums(known.featuresOf(key));
  const kept: Kept = { rows: [] };
  const listen = progressOf(onProgress, classes.length);
  const keeperOf = memoryKeeper(kept);
  await runAndRefit({
    ...{ out: '', keeperOf, recipe, data, runtime, programs },
    ...{ actors, sums, start, signal, listen },
  });
  signal?.throwIfAborted();
  const model = kept.model!;
  const id = identityOfWeights(model.tensors);
  if (sides.leftOut.length > 0) onProgress({ kind: 'model', model: { id, ...model } });
  const leftOut = await answersOf(sides.leftOut, model, { recipe, data, runtime });
  const heldOut = kept.answered?.answers ?? [];
  const { seed } = recipe;
  const figuresOf = (answers: readonly LeftOutAnswer[]): HeldFigures | undefined =>
    answers.length > 0 ? heldFigures(answers, { classes, seed }) : undefined;
  return {
    ...{ id, ...model },
    figures: {
      ...{ heldOut: figuresOf(heldOut), leftOut: figuresOf(leftOut), rows: kept.rows },
      takes: { learnt: sides.train.length, heldOut: heldOut.length, leftOut: leftOut.length },
    },
  };
}

/** Room for those that are learnt from; of those that are only asked afterwards sums are enough. */
function remember(memory: TakeMemory, takes: readonly TeachTake[]): void {
  const of = (isAsked: boolean): Set<Tensors> =>
    new Set(takes.flatMap(({ isHeldOut = false, features }) => (isHeldOut === isAsked ? [features] : [])));
  memory.keepOnly(of(false), of(true));
}

/** Who acts, from all takes that are learnt from or choose the epoch; undefined, with a note, where nothing moves in any. */
async function directionOf(
  { train, validation }: TakeSides,
  {
    known,
    memory,
    recipe,
    data,
    note,
    signal,
  }: {
    known: TakeClips;
    memory: TakeMemory;
    recipe: Recipe;
    data: RunData;
    note: (text: string) => void;
    signal?: AbortSignal;
  },
): Promise<LearntActors | undefined> {
  if (!recipe.actors?.isOn) return undefined;
  const clips = [...train, ...validation];
  const learnt = await learnDirection(clips, { ...known, memory, frozen: data.frozen!, signal });
  if (!learnt) note('nothing moves in these takes: boxes are read without a foreground direction');
  return learnt;
}

/** What the model and its mean pool answer for takes that were kept out altogether. */
async function answersOf(
  clips: TakeSides['leftOut'],
  model: { config: ModelConfig; tensors: Tensors },
  source: { recipe: Recipe; data: RunData; runtime: Runtime },
): Promise<readonly LeftOutAnswer[]> {
  return clips.length > 0 ? (await scoreLeftOut(model, clips, source)).answers : [];
}
