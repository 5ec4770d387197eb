// Training anew on all clips: the epoch is chosen on clips that are held out, and the model that is kept learns from
// those too, for just as many epochs. Clips that are left out of the training altogether take no part in either.
import type { StoredClip } from '../store/index.js';
import type { Checkpoint, Chosen } from './folder/checkpoint.js';
import type { Recipe } from './recipe/recipe.js';
import { runToEnd } from './run.js';
import { ProgramCache } from './run/programCache.js';
import type { RunData } from './run/runData.js';
import type { RunParts, TrainSummary } from './run/runParts.js';
import { scoreOf, type Course } from './run/schedule.js';
import { ByValidation, type HeldOutScore, type Steering } from './run/steering.js';

/** The run, and where the recipe asks for it a second one on all clips, for the epochs that the first chose. */
export async function runAndRefit(given: RunParts, checkpoint?: Checkpoint): Promise<TrainSummary> {
  const parts = { ...given, programs: given.programs ?? new ProgramCache(given.runtime) }; // both parts run the same ones
  const begun = checkpoint?.run.chosen;
  if (begun) return refit(parts, begun, checkpoint);
  const steering = new ByValidation(parts.recipe, parts.data);
  const summary = await runToEnd(parts, steering, checkpoint);
  if (steering.isLast || summary.status !== 'done') return summary;
  return refit(parts, choiceOf(summary, steering, parts.recipe));
}

/** The second part: a run on all clips, steered by the choice of the first. */
async function refit(parts: RunParts, chosen: Chosen, checkpoint?: Checkpoint): Promise<TrainSummary> {
  const whole = allClips(parts.data);
  const summary = await runToEnd({ ...parts, data: whole }, new ByChoice(parts.recipe, chosen), checkpoint);
  const { train, validation } = parts.data;
  return {
    ...summary,
    clips: { ...summary.clips, training: train.length, validation: validation.length },
    epochs: chosen.made,
    ...(summary.status === 'done' && chosen.meanPool && { meanPool: chosen.meanPool }),
    refit: { clips: whole.train.length },
  };
}

function choiceOf(
  { best, clips, meanPool, epochs, seconds }: TrainSummary,
  { course: { cuts }, isSettled }: ByValidation,
  recipe: Recipe,
): Chosen {
  return {
    ...{
      epoch: isSettled ? recipe.epochs : best!.epoch,
      score: scoreOf(best!),
      clips: clips.validation,
      cuts,
    },
    ...{ meanPool, made: epochs, seconds },
  };
}

/** Steers the second part: as many epochs as were chosen, by the rate that the first part had in each. */
class ByChoice implements Steering {
  course: Course;
  readonly mark = { isRefit: true } as const;
  readonly isLast = true;
  readonly #recipe: Recipe;
  readonly #chosen: Chosen;

  constructor(recipe: Recipe, chosen: Chosen) {
    this.#recipe = recipe;
    this.#chosen = chosen;
    this.course = refitCourse(chosen, 0, recipe);
  }

  get epochs(): number {
    return this.#chosen.epoch;
  }

  get secondsBefore(): number {
    return this.#chosen.seconds;
  }

  get kept(): { chosen: Chosen } {
    return { chosen: this.#chosen };
  }

  isDone(epoch: number): boolean {
    return epoch >= this.epochs;
  }

  follow(epoch: number): boolean {
    this.course = refitCourse(this.#chosen, epoch, this.#recipe);
    return epoch === this.epochs;
  }

  heldOut(): HeldOutScore {
    return { ...this.#chosen.score, clips: this.#chosen.clips };
  }
}

/** The same clips with the held-out ones on the training side, all in the order of their names. */
export function allClips(data: RunData): RunData {
  return { ...data, train: inOrder([...data.train, ...data.validation]), validation: [] };
}

/** Clips in the order of their names. */
export function inOrder(clips: readonly StoredClip[]): StoredClip[] {
  return clips.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** The schedule's state in `epoch` (from 0) of the second part: the cuts that the first part made by then. */
export function refitCourse({ epoch: chosen, score, cuts }: Chosen, epoch: number, recipe: Recipe): Course {
  const { schedule } = recipe;
  const made = cuts.filter((cut) => cut <= epoch);
  const factor = schedule.name === 'plateau' ? schedule.factor ** made.length : 1;
  return { best: { ...score, epoch: chosen }, waited: 0, stalled: 0, right: 0, factor, cuts: made };
}
