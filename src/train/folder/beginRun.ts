// How a run begins: anew in a folder that holds no other run, or where an earlier sitting stopped.
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { modelFiles } from '../../savedModel/modelFolder.js';
import { usageError } from '../../errors.js';
import { checkpointFile, readCheckpoint, type Checkpoint } from './checkpoint.js';
import { heldFile } from './heldOut.js';
import { logFile } from './log.js';
import { timesFile } from './times.js';
import { parseRecipe, type Recipe, type RecipeInput } from '../recipe/recipe.js';

/** What was asked for, as far as the beginning depends on it. */
export interface StartOptions {
  out: string;
  recipe?: RecipeInput;
  resume?: boolean;
  overwrite?: boolean;
}

/** The recipe to follow, and the checkpoint to go on from. */
export interface Start {
  recipe: Recipe;
  checkpoint?: Checkpoint;
}

/**
 * Throws `usage` when the folder holds a run and neither `resume` nor `overwrite` is set, and when a resumed run
 * is asked for by another recipe than it began with. With `resume` and nothing to resume a run starts anew.
 */
export async function startRun({
  out,
  recipe,
  resume = false,
  overwrite = false,
}: StartOptions): Promise<Start> {
  if (resume && overwrite) {
    throw usageError(
      'train',
      'either --resume or --overwrite',
      'both',
      'one goes on with the run in MODEL, the other starts anew',
    );
  }
  const checkpoint = overwrite ? undefined : await readCheckpoint(out);
  if (checkpoint && !resume) {
    throw usageError(
      out,
      'a folder without a training run',
      checkpoint.run.isDone ? 'a finished one' : 'an unfinished one',
      'go on with --resume, or start anew with --overwrite',
    );
  }
  if (!checkpoint) return { recipe: parseRecipe(recipe) };
  const began = parseRecipe(checkpoint.run.recipe); // what did not exist yet when the run began is its default
  checkSame(recipe ?? {}, began);
  return { recipe: began, checkpoint };
}

/** The recipe of the run that `out` holds, or of a fold's below it; undefined where nothing has begun. */
export async function keptRecipe(out: string): Promise<Recipe | undefined> {
  const kept = await readCheckpoint(out);
  if (kept) return kept.run.recipe;
  const inside = await readdir(out, { withFileTypes: true }).catch(() => []);
  for (const { name } of inside.filter((one) => one.isDirectory())) {
    const fold = await readCheckpoint(join(out, name));
    if (fold) return fold.run.recipe;
  }
  return undefined;
}

/** Whether `out` holds a run by this recipe that was stopped before its end. */
export async function isUnfinished(out: string, recipe: RecipeInput = {}): Promise<boolean> {
  const checkpoint = await readCheckpoint(out);
  if (checkpoint === undefined || checkpoint.run.isDone) return false;
  try {
    checkSame(recipe, parseRecipe(checkpoint.run.recipe));
    return true;
  } catch {
    return false; // another recipe's run
  }
}

/** Removes what an earlier run left, so that a killed new one is never taken for it. */
export async function clearRun(out: string): Promise<void> {
  const files = [
    checkpointFile(out),
    logFile(out),
    timesFile(out),
    join(out, modelFiles.config),
    join(out, modelFiles.weights),
    join(out, heldFile),
  ];
  await Promise.all(files.map((file) => rm(file, { force: true })));
}

/** Every option that is given again must be what it was; those left out are taken from the run. */
function checkSame(asked: RecipeInput, kept: Recipe): void {
  const { transform, augment } = asked;
  const full = parseRecipe({
    ...kept,
    ...asked,
    transform: { ...kept.transform, ...given(transform) },
    augment: { ...kept.augment, ...given(augment) },
  });
  for (const key of Object.keys(asked) as (keyof Recipe)[]) {
    if (asked[key] === undefined) continue;
    const [was, is] = [JSON.stringify(kept[key]), JSON.stringify(full[key])];
    if (was === is) continue;
    throw usageError(
      `--resume: ${key}`,
      `${was}, as the run began`,
      is,
      'leave the option out, or start anew with --overwrite',
    );
  }
}

/** What was given of an option with parts; the other parts stay as they were. */
function given<T extends object>(parts: T | undefined): Partial<T> {
  return Object.fromEntries(
    Object.entries(parts ?? {}).filter(([, value]) => value !== undefined),
  ) as Partial<T>;
}
