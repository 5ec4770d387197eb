// One sitting of a run: epochs of steps, each epoch ended by validation, the best model kept, a log line
// and a checkpoint. A signal between two steps saves the place within the epoch too.
import type { Batches } from '../store/batches.js';
import { inputError, WhereWhenError } from '../errors.js';
import { sizeOf } from '../tensor.js';
import { batchesOf } from './batchesOf.js';
import type { Checkpoint, LossSums, RunState } from './checkpoint.js';
import { firstState } from './firstState.js';
import { hasSeveralClasses } from './gather.js';
import type { LogRow } from './log.js';
import { makeStep, type Figures } from './makeStep.js';
import { modelConfig, openPrograms, type Programs } from './programs.js';
import { placesOf } from './places.js';
import { augmentOf } from './recipe.js';
import { hasRefit, refitCourse, type Chosen } from './refit.js';
import { RunFolder, type Standing } from './runFolder.js';
import type { RunParts, TrainSummary } from './runParts.js';
import {
  followCourse,
  isOver,
  learningRate,
  scoreOf,
  startCourse,
  type Course,
  type Score,
} from './schedule.js';
import { validate } from './validate.js';

/** A run within an epoch is saved this often unless it is told otherwise. */
const saveSeconds = 120;

/** One sitting of a run. */
export class Run {
  readonly #parts: RunParts;
  readonly #training: Batches;
  readonly #held: Batches | undefined;
  #programs!: Programs;
  #folder!: RunFolder;
  #epoch = 0;
  #step = 0;
  #course: Course = startCourse();
  #sums: LossSums = {};
  #secondsBefore = 0;
  #startedAt = performance.now();
  #model: string | null = null;
  #meanPool: Score | undefined;

  constructor(parts: RunParts) {
    this.#parts = parts;
    const { recipe, material } = parts;
    const { train, validation, frozen } = material;
    const { isBalanced, batch: size, accumulate: multiple } = recipe;
    const places = frozen && placesOf(recipe, frozen);
    const classes = hasSeveralClasses(material) ? material.dataset.classes.length : undefined;
    const augment = augmentOf(recipe);
    this.#training = batchesOf(train, parts, { size, multiple, isBalanced, augment, places, classes });
    this.#held = validation.length > 0 ? batchesOf(validation, parts, { size }) : undefined;
  }

  /** Trains from the start, or from the checkpoint, to the end of the run or to the signal. */
  async go(checkpoint?: Checkpoint): Promise<TrainSummary> {
    const { recipe, material, runtime, signal, listen, chosen } = this.#parts;
    const isSeveral = hasSeveralClasses(material);
    const { classes } = material.dataset;
    const config = modelConfig(recipe, classes, material.frozen, isSeveral, this.#parts.actors);
    this.#programs = await openPrograms(runtime, recipe, config, { hasSeveralClasses: isSeveral });
    if (checkpoint) this.#restore(checkpoint.run);
    else if (chosen) this.#takeOver(chosen);
    this.#folder = new RunFolder(this.#parts, this.#programs);
    await this.#folder.begin(checkpoint ? this.#epoch : -1);
    await this.#folder.tellPlace(this.#epoch, checkpoint?.run.isDone ?? false);
    this.#announce();
    this.#startedAt = performance.now();
    const first = () => firstState(this.#programs, this.#parts);
    await runtime.write(checkpoint?.state ?? (await first()));
    if (!checkpoint && ((recipe.keepsStart && this.#held) || this.#isDone)) await this.#endEpoch(0);
    while (!this.#isDone) {
      const isWhole = await this.#makeSteps();
      if (!isWhole) {
        await this.#folder.save(await runtime.read(), this.#standing);
        return this.#summary('interrupted');
      }
      await this.#endEpoch(this.#epoch + 1);
      if (signal?.aborted && !this.#isDone) return this.#summary('interrupted');
    }
    await this.#scoreMeanPool();
    if (!chosen && this.#epoch < recipe.epochs) {
      listen({ kind: 'stopped', epoch: this.#epoch, bestEpoch: this.#course.best!.epoch });
    }
    return this.#summary('done');
  }

  get #isDone(): boolean {
    const { recipe, chosen } = this.#parts;
    if (chosen) return this.#epoch >= chosen.epoch;
    return this.#epoch >= recipe.epochs || isOver(this.#course, recipe);
  }

  /** What the next part needs to know; undefined where there is none. */
  get chosen(): Chosen | undefined {
    const { recipe, material, chosen } = this.#parts;
    const { best, cuts } = this.#course;
    if (chosen || !best || !hasRefit(recipe, material)) return undefined;
    return {
      ...{ epoch: best.epoch, score: scoreOf(best), clips: material.validation.length, cuts },
      ...{ meanPool: this.#meanPool, made: this.#epoch, seconds: this.#seconds },
    };
  }

  async #scoreMeanPool(): Promise<void> {
    const { meanPool } = this.#programs;
    this.#meanPool = this.#parts.chosen?.meanPool;
    if (!meanPool || !this.#held) return;
    this.#meanPool = scoreOf(await validate(meanPool, this.#held, this.#programs.config));
  }

  #takeOver(chosen: Chosen): void {
    this.#course = refitCourse(chosen, 0, this.#parts.recipe);
    this.#secondsBefore = chosen.seconds;
  }

  #restore({ position, course, sums, seconds, model }: RunState): void {
    this.#model = model;
    this.#epoch = position.epoch;
    this.#step = position.step;
    this.#course = course;
    this.#sums = sums;
    this.#secondsBefore = seconds;
  }

  /** The steps that are left of the epoch; false when the signal came between two of them. */
  async #makeSteps(): Promise<boolean> {
    const { recipe, runtime, signal } = this.#parts;
    const { steps } = this.#training;
    let savedAt = performance.now();
    for await (const batch of this.#training.epoch(this.#epoch, this.#step)) {
      if (signal?.aborted) return false;
      if (performance.now() - savedAt > 1000 * (this.#parts.saveSeconds ?? saveSeconds)) {
        await this.#folder.save(await runtime.read(), this.#standing);
        savedAt = performance.now();
      }
      const rate = learningRate(this.#epoch + this.#step / steps, this.#course, recipe);
      const position = { epoch: this.#epoch, step: this.#step, total: this.#total };
      this.#count(await makeStep(this.#programs, batch, { rate, recipe, position }), rate);
    }
    return true;
  }

  #count(figures: Figures, rate: number): void {
    const { recipe, listen, chosen } = this.#parts;
    for (const [name, value] of Object.entries(figures)) {
      const term = name.replace(/^loss\./, '');
      const share = name === 'gradientNorm' ? recipe.accumulate : 1; // it comes with the last batch of a step only
      this.#sums[term] = (this.#sums[term] ?? 0) + share * value;
    }
    const loss = figures['loss.total']!;
    if (!Number.isFinite(loss)) throw diverged(this.#total, rate);
    this.#step++;
    const place = { epoch: this.#epoch + 1, step: this.#step, steps: this.#training.steps };
    listen({ kind: 'step', ...place, epochs: chosen?.epoch ?? recipe.epochs, loss, learningRate: rate });
  }

  /** Validates, keeps the best and the place; `epoch` counts from 1, and 0 is the model before its first step. */
  async #endEpoch(epoch: number): Promise<void> {
    const { recipe, runtime, listen, chosen } = this.#parts;
    const { steps } = this.#training;
    const losses = Object.fromEntries(Object.entries(this.#sums).map(([name, sum]) => [name, sum / steps]));
    const validation = this.#held
      ? await validate(this.#programs.validate, this.#held, this.#programs.config)
      : null;
    const rate = learningRate(this.#epoch + (steps - 1) / steps, this.#course, recipe);
    const isBest = this.#follow(epoch, validation, losses.total);
    const state = await runtime.read();
    if (isBest) {
      const { epoch: best } = this.#course.best!;
      this.#model = await this.#folder.keepBest(state, { epoch: best, validation });
    }
    const row: LogRow = {
      epoch,
      steps: epoch === 0 ? 0 : steps,
      learningRate: epoch === 0 ? 0 : rate,
      losses,
      ...(chosen && { isRefit: true }),
      validation,
      isBest,
      seconds: this.#seconds,
    };
    await this.#folder.endEpoch(row, this.#held ?? this.#training);
    this.#epoch = epoch;
    this.#step = 0;
    this.#sums = {};
    await this.#folder.save(state, this.#standing);
    await this.#folder.tellPlace(epoch, this.#isDone);
    listen({ kind: 'epoch', row, epochs: chosen?.epoch ?? recipe.epochs });
  }

  /** Takes the schedule on; whether the model of this epoch is to be kept. */
  #follow(epoch: number, validation: Score | null, loss: number | undefined): boolean {
    const { recipe, chosen } = this.#parts;
    if (chosen) {
      this.#course = refitCourse(chosen, epoch, recipe);
      return epoch === chosen.epoch;
    }
    // Without held-out clips the training loss stands in: it steers the schedule, and says nothing of accuracy.
    const score = scoreOf(validation ?? { accuracy: 0, crossEntropy: loss ?? 0 });
    const followed = followCourse(this.#course, { epoch, score, recipe });
    this.#course = followed.course;
    return followed.isBest;
  }

  get #standing(): Standing {
    return {
      position: { epoch: this.#epoch, step: this.#step, total: this.#total },
      course: this.#course,
      sums: this.#sums,
      seconds: this.#seconds,
      model: this.#model,
      isDone: this.#isDone,
    };
  }

  /** Steps behind the run. */
  get #total(): number {
    return this.#epoch * this.#training.steps + this.#step;
  }

  get #seconds(): number {
    return this.#secondsBefore + (performance.now() - this.#startedAt) / 1000;
  }

  get #parameters(): number {
    const trained = this.#programs.graph.parameters.filter((one) => one.isTrainable);
    return trained.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  }

  #announce(): void {
    const { recipe, material, listen, chosen } = this.#parts;
    listen({
      kind: 'start',
      classes: material.dataset.classes.length,
      trainingClips: material.train.length,
      validationClips: material.validation.length,
      parameters: this.#parameters,
      epochs: chosen?.epoch ?? recipe.epochs,
      steps: this.#training.steps,
      epochsDone: this.#epoch,
      ...(chosen && { isRefit: true as const }),
    });
  }

  #summary(status: TrainSummary['status']): TrainSummary {
    const { out, material, chosen } = this.#parts;
    return {
      status,
      folder: out,
      classes: material.dataset.classes,
      clips: {
        training: material.train.length,
        validation: material.validation.length,
        broken: material.prepared.broken.length,
        leftOut: material.dataset.leftOut.length,
      },
      parameters: this.#parameters,
      epochs: chosen?.made ?? this.#epoch,
      best: this.#course.best,
      model: this.#model,
      seconds: this.#seconds,
      ...(this.#meanPool && { meanPool: this.#meanPool }),
    };
  }
}

function diverged(step: number, rate: number): WhereWhenError {
  return inputError(
    'train',
    'a finite loss',
    `none at step ${step + 1} with learning rate ${rate.toPrecision(3)}`,
    'take a smaller --learning-rate; --resume goes back to the last checkpoint',
  );
}
