// Everything that a run needs to go on as if it had never stopped, in one file: parameters, optimiser
// state and moving averages as tensors; recipe, position, schedule and the open epoch's sums as metadata.
// Generators have no state to keep: every draw is made from the seed and the position.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { outputError, writeAtomically } from '../atomicFile.js';
import { WhereWhenError } from '../errors.js';
import { decodeSafetensors, encodeSafetensors } from '../model/index.js';
import type { Device } from '../runtime/index.js';
import type { Tensors } from '../tensor.js';
import type { Position } from './makeStep.js';
import type { Recipe } from './recipe.js';
import type { Chosen } from './refit.js';
import type { Course } from './schedule.js';

/** Sums of the loss terms over the steps of an epoch that is not over. */
export type LossSums = Record<string, number>;

/** The part of a checkpoint that is not tensors. */
export interface RunState {
  version: 1;
  recipe: Recipe;
  threads: number;
  /** Absent in checkpoints from before there was a choice: the CPU. */
  device?: Device;
  classes: string[];
  /** Hash of the clips on both sides of the split: a resumed run must see the same. */
  clips: string;
  position: Position;
  course: Course;
  sums: LossSums;
  seconds: number;
  /** Identity of the model folder's weights. */
  model: string | null;
  isDone: boolean;
  /** In the second part of a run, which trains anew on all clips: what the first part chose. */
  chosen?: Chosen;
}

/** A checkpoint as it lies on disk. */
export interface Checkpoint {
  run: RunState;
  state: Tensors;
}

/** Where the checkpoint of a run lies. */
export function checkpointFile(folder: string): string {
  return join(folder, 'checkpoint.safetensors');
}

/** Replaces the run's checkpoint; the earlier one stays whole until the new one is. Throws `output`. */
export async function writeCheckpoint(folder: string, { run, state }: Checkpoint): Promise<void> {
  await writeAtomically(checkpointFile(folder), encodeSafetensors(state, { run: JSON.stringify(run) }));
}

/** The run's checkpoint, or undefined when it has none. Throws `format` for a file that is not one. */
export async function readCheckpoint(folder: string): Promise<Checkpoint | undefined> {
  const path = checkpointFile(folder);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code === 'ENOTDIR') throw outputError(folder, cause); // MODEL is a file
    throw notACheckpoint(path, (cause as Error).message);
  }
  const { tensors, metadata } = decodeSafetensors(bytes, path);
  const run = JSON.parse(metadata.run ?? 'null') as RunState | null;
  if (run?.version !== 1) throw notACheckpoint(path, `version ${run?.version ?? 'unknown'}`);
  return { run, state: tensors };
}

function notACheckpoint(path: string, received: string): WhereWhenError {
  const hint = 'start anew with --overwrite';
  return new WhereWhenError({
    code: 'format',
    path,
    expected: 'a checkpoint of this version',
    received,
    hint,
  });
}
