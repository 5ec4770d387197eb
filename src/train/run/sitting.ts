// One sitting of a run: everything that its steps, its validation and its folder work with. A run has as many sittings
// as it was started and resumed.
import { sizeOf, type Tensors } from '../../tensor.js';
import type { Batches } from '../../store/batches.js';
import { batchesOf } from '../data/batchesOf.js';
import type { Checkpoint } from '../folder/checkpoint.js';
import { placesOf } from '../data/places.js';
import { RunProgress } from './progress.js';
import { ProgramCache } from './programCache.js';
import { modelConfig, type Programs } from './programs.js';
import { augmentOf } from '../recipe/recipe.js';
import type { RunKeeper } from './runKeeper.js';
import { hasSeveralClasses } from './runData.js';
import type { RunParts } from './runParts.js';
import type { Steering } from './steering.js';
import { clipsAnswered } from './together.js';

/** What a sitting works with. */
export interface Sitting {
  readonly parts: RunParts;
  readonly steering: Steering;
  readonly programs: Programs;
  readonly keeper: RunKeeper;
  readonly progress: RunProgress;
  readonly training: Batches;
  /** Clips that are held out; undefined where there are none. */
  readonly held: Batches | undefined;
  /** Clips that people see it learn on. */
  readonly shown: Batches;
}

/** Opens the programs and brings the place, the course and what is kept to where `checkpoint` was written. */
export async function openSitting(
  parts: RunParts,
  steering: Steering,
  checkpoint?: Checkpoint,
): Promise<Sitting> {
  const { recipe, data, runtime, actors, programs: known = new ProgramCache(runtime) } = parts;
  const training = trainingBatches(parts);
  const answered = { size: data.frozen ? clipsAnswered(recipe, data.frozen) : recipe.batch };
  const held = data.validation.length > 0 ? batchesOf(data.validation, parts, answered) : undefined;
  const shown = held ?? batchesOf(data.train, parts, answered);
  const isSeveral = hasSeveralClasses(data);
  const config = modelConfig(recipe, data.dataset.classes, data.frozen, isSeveral, actors);
  const programs = await known.open(recipe, config, { hasSeveralClasses: isSeveral });
  const progress = new RunProgress(training.steps, steering.secondsBefore);
  if (checkpoint) {
    progress.restore(checkpoint.run);
    steering.course = checkpoint.run.course;
  }
  const keeper = parts.keeperOf(parts, programs, steering);
  await keeper.begin(checkpoint ? progress.epoch : -1);
  await keeper.tellPlace(progress.epoch, checkpoint?.run.isDone ?? false);
  return { parts, steering, programs, keeper, progress, training, held, shown };
}

function trainingBatches(parts: RunParts): Batches {
  const { recipe, data } = parts;
  const { isBalanced, batch: size, accumulate: multiple } = recipe;
  const places = data.frozen && placesOf(recipe, data.frozen);
  const classes = hasSeveralClasses(data) ? data.dataset.classes.length : undefined;
  const augment = augmentOf(recipe);
  return batchesOf(data.train, parts, { size, multiple, isBalanced, augment, places, classes });
}

/** Is the run over? */
export function isDone({ steering, progress }: Sitting): boolean {
  return steering.isDone(progress.epoch);
}

/** Writes the place to go on from. Throws `output`. */
export async function save(sitting: Sitting, state: Tensors): Promise<void> {
  const { keeper, progress, steering } = sitting;
  await keeper.save(state, {
    position: progress.position,
    course: steering.course,
    sums: progress.sums,
    seconds: progress.seconds,
    model: progress.model,
    isDone: isDone(sitting),
  });
}

/** Numbers that the run learns. */
export function parameterCount({ programs }: Sitting): number {
  const trained = programs.graph.parameters.filter((one) => one.isTrainable);
  return trained.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}
