// The steps of an epoch, one batch after another, with a checkpoint now and then.
import { inputError, type WhereWhenError } from '../../errors.js';
import { makeStep, type Figures } from './makeStep.js';
import { learningRate } from './schedule.js';
import { save, type Sitting } from './sitting.js';

/** A run within an epoch is saved this often unless another number is given. */
const usualSaveSeconds = 120;

/** Makes the steps that are left of the epoch; false when the signal came between two of them. */
export async function makeSteps(sitting: Sitting): Promise<boolean> {
  const { parts, steering, progress, programs, training } = sitting;
  const { recipe, runtime, signal, saveSeconds = usualSaveSeconds } = parts;
  let savedAt = performance.now();
  for await (const batch of training.epoch(progress.epoch, progress.step)) {
    if (signal?.aborted) return false;
    if (performance.now() - savedAt > 1000 * saveSeconds) {
      await save(sitting, await runtime.read());
      savedAt = performance.now();
    }
    const rate = learningRate(progress.epochsDone, steering.course, recipe);
    const { position } = progress;
    takeFigures(sitting, await makeStep(programs, batch, { rate, recipe, position }), rate);
  }
  return true;
}

function takeFigures({ parts, steering, progress }: Sitting, figures: Figures, rate: number): void {
  progress.add(figures, parts.recipe.accumulate);
  const loss = figures['loss.total']!;
  if (!Number.isFinite(loss)) throw diverged(progress.total, rate);
  progress.step++;
  const { epoch, step, steps } = progress;
  const { epochs } = steering;
  parts.listen({ kind: 'step', epoch: epoch + 1, step, steps, epochs, loss, learningRate: rate });
}

function diverged(step: number, rate: number): WhereWhenError {
  return inputError(
    'train',
    'a finite loss',
    `none at step ${step + 1} with learning rate ${rate.toPrecision(3)}`,
    'take a smaller --learning-rate; --resume goes back to the last checkpoint',
  );
}
