// One run: epochs of steps, each epoch ended by validation, the best model kept, a log line and a checkpoint. A signal
// between two steps saves the place within the epoch too.
import type { Checkpoint } from './folder/checkpoint.js';
import { firstState } from './start/firstState.js';
import type { LogRow } from './folder/log.js';
import { answersOf } from './run/heldAnswers.js';
import type { RunParts, TrainSummary } from './run/runParts.js';
import { learningRate, scoreOf, type Score } from './run/schedule.js';
import { isDone, openSitting, parameterCount, save, type Sitting } from './run/sitting.js';
import type { Steering } from './run/steering.js';
import { makeSteps } from './run/steps.js';
import { validate, type Validation } from './run/validate.js';

/** Trains from the start, or from the checkpoint, to the end of the run or to the signal. */
export async function runToEnd(
  parts: RunParts,
  steering: Steering,
  checkpoint?: Checkpoint,
): Promise<TrainSummary> {
  const { recipe, runtime, signal, listen } = parts;
  const sitting = await openSitting(parts, steering, checkpoint);
  const { progress, programs, held } = sitting;
  announce(sitting);
  progress.start();
  await runtime.write(checkpoint?.state ?? (await firstState(programs, parts)));
  if (!checkpoint && ((recipe.keepsStart && held) || isDone(sitting))) await endEpoch(sitting, 0);
  while (!isDone(sitting)) {
    if (!(await makeSteps(sitting))) {
      await save(sitting, await runtime.read());
      return summaryOf(sitting, 'interrupted');
    }
    await endEpoch(sitting, progress.epoch + 1);
    if (signal?.aborted && !isDone(sitting)) return summaryOf(sitting, 'interrupted');
  }
  const meanPool = await meanPoolScore(sitting);
  if (progress.epoch < steering.epochs) {
    listen({ kind: 'stopped', epoch: progress.epoch, bestEpoch: steering.course.best!.epoch });
  }
  return summaryOf(sitting, 'done', meanPool);
}

/** Validates, keeps the best and the place; `epoch` counts from 1, and 0 is the model before its first step. */
async function endEpoch(sitting: Sitting, epoch: number): Promise<void> {
  const { parts, steering, programs, keeper, progress, shown, held } = sitting;
  const answers = answersOf(programs.config.probabilities);
  const validation = held ? await validate(programs.validate, held, programs.config, answers.take) : null;
  const row = rowOf(sitting, epoch, validation); // with the rate of the epoch, before the course goes on
  // Without held-out clips the training loss stands in: it steers the schedule, and says nothing of accuracy.
  const score = scoreOf(validation ?? { accuracy: 0, crossEntropy: row.losses.total ?? 0 });
  row.isBest = steering.follow(epoch, score);
  const state = await parts.runtime.read();
  if (row.isBest) {
    const { epoch: best } = steering.course.best!;
    if (validation) await keeper.keepAnswers(best, answers);
    progress.model = await keeper.keepBest(state, { epoch: best, validation });
  }
  row.seconds = progress.seconds;
  await keeper.endEpoch(row, shown);
  progress.endEpoch(epoch);
  await save(sitting, state);
  await keeper.tellPlace(epoch, isDone(sitting));
  parts.listen({ kind: 'epoch', row, epochs: steering.epochs });
}

/** The line of an epoch, as long as nothing has been judged. */
function rowOf({ parts, steering, progress }: Sitting, epoch: number, validation: Validation | null): LogRow {
  const { steps } = progress;
  const rate = learningRate(progress.epoch + (steps - 1) / steps, steering.course, parts.recipe);
  return {
    epoch,
    steps: epoch === 0 ? 0 : steps,
    learningRate: epoch === 0 ? 0 : rate,
    losses: progress.losses,
    ...steering.mark,
    validation,
    isBest: false,
    seconds: 0,
  };
}

/** What the mean pool beside the head reaches on the held-out clips. */
async function meanPoolScore({ programs, keeper, held }: Sitting): Promise<Score | undefined> {
  if (!programs.meanPool || !held) return undefined;
  const answers = answersOf(programs.config.probabilities);
  const score = scoreOf(await validate(programs.meanPool, held, programs.config, answers.take));
  await keeper.keepMeanAnswers(answers);
  return score;
}

function announce(sitting: Sitting): void {
  const { parts, steering, progress } = sitting;
  const { data, listen, recipe } = parts;
  const mayStop = !steering.mark.isRefit && recipe.patience > 0 && recipe.patience < recipe.epochs;
  listen({
    kind: 'start',
    classes: data.dataset.classes.length,
    trainingClips: data.train.length,
    validationClips: data.validation.length,
    parameters: parameterCount(sitting),
    epochs: steering.epochs,
    steps: progress.steps,
    epochsDone: progress.epoch,
    ...(mayStop && { mayStop }),
    ...steering.mark,
  });
}

function summaryOf(sitting: Sitting, status: TrainSummary['status'], meanPool?: Score): TrainSummary {
  const { parts, steering, progress } = sitting;
  const { out, data } = parts;
  return {
    status,
    folder: out,
    classes: data.dataset.classes,
    clips: {
      training: data.train.length,
      validation: data.validation.length,
      broken: data.prepared.broken.length,
      leftOut: data.dataset.leftOut.length,
    },
    parameters: parameterCount(sitting),
    epochs: progress.epoch,
    best: steering.course.best,
    model: progress.model,
    seconds: progress.seconds,
    ...(meanPool && { meanPool }),
  };
}
