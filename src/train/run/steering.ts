// What steers a run: how many epochs it makes, by which learning rate, and the model of which epoch is kept. The first
// part of a training is steered by held-out clips (here), the second by what the first chose (`refit.ts`).
import type { RunState } from '../folder/checkpoint.js';
import type { Recipe } from '../recipe/recipe.js';
import type { RunData } from './runData.js';
import { followCourse, isOver, isSettled, startCourse, type Course, type EpochScore } from './schedule.js';

/** A score with the number of clips that it was reached on. */
export type HeldOutScore = EpochScore & { clips: number };

/** What steers a run. */
export interface Steering {
  /** Epochs that are planned; early stopping may make fewer. */
  readonly epochs: number;
  /** State of schedule and early stopping; a checkpoint keeps it. */
  course: Course;
  /** Seconds of computing before the run began. */
  readonly secondsBefore: number;
  /** What its lines of log and samples are marked with. */
  readonly mark: { isRefit?: true };
  /** Is the training over when the run is? */
  readonly isLast: boolean;
  /** What its checkpoints keep beyond the place. */
  readonly kept: Pick<RunState, 'chosen'>;
  /** Is the run over with `epoch` epochs behind it? */
  isDone(epoch: number): boolean;
  /** Takes the course on over an epoch (from 1; 0 is the start); whether the model of this epoch is to be kept. */
  follow(epoch: number, score: EpochScore): boolean;
  /** What the model that is kept says of held-out clips, given what validation found in this run. */
  heldOut(validation: HeldOutScore | null): HeldOutScore | null;
}

/** The first part of a training, or its only one: the epoch is chosen by validation. */
export class ByValidation implements Steering {
  course = startCourse();
  readonly secondsBefore = 0;
  readonly mark = {};
  readonly kept = {};
  readonly isLast: boolean;
  readonly #recipe: Recipe;

  constructor(recipe: Recipe, data: Pick<RunData, 'validation'>) {
    this.#recipe = recipe;
    this.isLast = !hasRefit(recipe, data);
  }

  get epochs(): number {
    return this.#recipe.epochs;
  }

  isDone(epoch: number): boolean {
    return epoch >= this.epochs || isOver(this.course, this.#recipe) || this.isSettled;
  }

  /** Is there nothing left to choose by, and a second part that makes all epochs? */
  get isSettled(): boolean {
    return !this.isLast && isSettled(this.course, this.#recipe);
  }

  follow(epoch: number, score: EpochScore): boolean {
    const { course, isBest } = followCourse(this.course, { epoch, score, recipe: this.#recipe });
    this.course = course;
    return isBest;
  }

  heldOut(validation: HeldOutScore | null): HeldOutScore | null {
    return validation;
  }
}

/** Does a training by this recipe on these clips have a second part? */
export function hasRefit({ refit }: Recipe, { validation }: Pick<RunData, 'validation'>): boolean {
  return refit && validation.length > 0;
}
