// Everything that a run needs to go on as if it had never stopped, in one file: parameters, optimiser
// state and moving averages as tensors; recipe, position, schedule and the open epoch's sums as metadata.
// Generators have no state to keep: every draw is made from the seed and the position.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { hasQuickChecksum, isMarked, withChecksums } from '../../store/checksums.js';
import { writeError, writeAtomically } from '../../atomicFile.js';
import { formatError, withHint, type WhereWhenError } from '../../errors.js';
import { decodeSafetensors, encodeSafetensors } from '../../model/index.js';
import type { Device } from '../../runtime/index.js';
import type { Tensors } from '../../tensor.js';
import type { Position } from '../run/makeStep.js';
import { Recipe } from '../recipe/recipe.js';
import type { Course, EpochScore } from '../run/schedule.js';
import { appendTime, readTimes } from './times.js';

/** What the first part of a training chose for the second, which trains anew on all clips. */
export interface Chosen {
  /** Epochs to train; 0 keeps the start. */
  epoch: number;
  /** What the first part reached there on its held-out clips. */
  score: EpochScore;
  /** What the mean pool beside the head reached on them. */
  meanPool?: EpochScore;
  /** How many clips those were. */
  clips: number;
  /** Epochs after which the plateau schedule cut the rate. */
  cuts: readonly number[];
  /** Epochs that the first part made. */
  made: number;
  /** Seconds that the first part took; not in the file, where the seconds of the place that was saved hold them. */
  seconds: number;
}

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
  /** Of computing, over all sittings; in `times.jsonl`, not in this file. */
  seconds: number;
  /** Identity of the model folder's weights. */
  model: string | null;
  isDone: boolean;
  /** In the second part of a training: what the first part chose. */
  chosen?: Chosen;
}

/** As it is written. */
type Untimed = Omit<RunState, 'seconds' | 'chosen'> & {
  seconds?: number;
  chosen?: Omit<Chosen, 'seconds'> & { seconds?: number };
};

/** A checkpoint, with what lies beside it. */
export interface Checkpoint {
  run: RunState;
  state: Tensors;
}

const anew = 'start anew with --overwrite';

/** Where the checkpoint of a run lies. */
export function checkpointFile(folder: string): string {
  return join(folder, 'checkpoint.safetensors');
}

/** Replaces the run's checkpoint; the earlier one stays whole until the new one is. Throws `output`. */
export async function writeCheckpoint(folder: string, { run, state }: Checkpoint): Promise<void> {
  const { position, chosen, seconds } = run;
  const { epoch, step } = position;
  await appendTime(folder, { epoch, step, ...(chosen && { isRefit: true }), seconds });
  const untimed = {
    ...{ ...run, seconds: undefined },
    ...(chosen && { chosen: { ...chosen, seconds: undefined } }),
  };
  const { tensors, metadata } = withChecksums({ tensors: state, metadata: { run: JSON.stringify(untimed) } });
  await writeAtomically(checkpointFile(folder), encodeSafetensors(tensors, metadata));
}

/**
 * The run's checkpoint, or undefined when it has none. Throws `format` for a file that is not one, or not as it was
 * written.
 */
export async function readCheckpoint(folder: string): Promise<Checkpoint | undefined> {
  const path = checkpointFile(folder);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code === 'ENOTDIR') throw writeError(folder, cause); // MODEL is a file
    throw notACheckpoint(path, (cause as Error).message);
  }
  const file = decoded(bytes, path);
  if (isMarked(file) && !hasQuickChecksum(file)) throw notACheckpoint(path, 'bytes without their checksum');
  return { run: await timed(runOf(file.metadata.run, path), folder), state: file.tensors };
}

function decoded(bytes: Uint8Array, path: string): ReturnType<typeof decodeSafetensors> {
  try {
    return decodeSafetensors(bytes, path);
  } catch (error) {
    throw withHint(error, anew);
  }
}

/** A run with the seconds that it had computed when it was last saved; earlier versions wrote them beside the rest. */
async function timed(run: Untimed, folder: string): Promise<RunState> {
  const { chosen, ...rest } = run;
  return {
    ...rest,
    seconds: run.seconds ?? (await readTimes(folder)).at(-1)?.seconds ?? 0,
    ...(chosen && { chosen: { ...chosen, seconds: chosen.seconds ?? 0 } }),
  };
}

const whole = z.number().int().min(0);
const score = { accuracy: z.number(), crossEntropy: z.number(), mAP: z.number().optional() };

/** What a run goes on from, checked to the last number: another form would break it in the middle. */
const RunForm = z.looseObject({
  version: z.literal(1),
  recipe: Recipe,
  threads: whole.min(1),
  device: z.string().optional(),
  classes: z.array(z.string().min(1)).min(2),
  clips: z.string(),
  position: z.looseObject({ epoch: whole, step: whole, total: whole }),
  course: z.looseObject({
    best: z.looseObject({ ...score, epoch: whole }).nullable(),
    ...{
      waited: whole,
      stalled: whole,
      right: whole.default(0),
      factor: z.number().min(0),
      cuts: z.array(whole),
    },
  }),
  sums: z.record(z.string(), z.number()),
  seconds: z.number().min(0).optional(),
  model: z.string().nullable(),
  isDone: z.boolean(),
  chosen: z
    .looseObject({
      ...{ epoch: whole, score: z.looseObject(score), clips: whole, cuts: z.array(whole) },
      ...{ made: whole, seconds: z.number().min(0).optional(), meanPool: z.looseObject(score).optional() },
    })
    .optional(),
});

function runOf(text: string | undefined, path: string): Untimed {
  let run: unknown;
  try {
    run = JSON.parse(text ?? 'null');
  } catch (cause) {
    throw notACheckpoint(path, `metadata that is no JSON (${(cause as Error).message})`);
  }
  const version = (run as { version?: unknown } | null)?.version;
  if (version !== 1) throw notACheckpoint(path, `version ${JSON.stringify(version) ?? 'unknown'}`);
  const parsed = RunForm.safeParse(run);
  if (parsed.success) return run as Untimed;
  const [issue] = parsed.error.issues;
  throw notACheckpoint(path, `one whose ${issue!.path.join('.')} is wrong: ${issue!.message}`);
}

function notACheckpoint(path: string, received: string): WhereWhenError {
  return formatError(path, 'a checkpoint of this version', received, anew);
}
