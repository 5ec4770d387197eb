// The runs of a reproduction, one after another: train, score, keep the outcome. What is whole stays through a kill at any
// moment: a training goes on from its checkpoint, a run with an outcome is not made again.
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { inHeldFolder } from '../../lock.js';
import { writeAtomically } from '../../atomicFile.js';
import { formatError } from '../../errors.js';
import type { RuntimeOptions } from '../../runtime/index.js';
import { train, type RecipeInput, type TrainListener } from '../../train/index.js';
import { Outcome } from './outcome.js';
import { makePlan, planFile, runsOf, type Plan, type PlannedRun, type ReproduceOptions } from './plan.js';
import { tasksOf, type Task } from './sets.js';

/** Where to compute, and who follows. */
export interface ReproduceRun extends ReproduceOptions, RuntimeOptions {
  cache?: string;
  signal?: AbortSignal;
  onEvent?: TrainListener;
  onRun?: (run: PlannedRun & { index: number; total: number; isKept: boolean }) => void;
  onStage?: (stage: 'cutting' | 'evaluating', done: number, total: number) => void;
  onBroken?: (error: Error) => void;
}

/** All runs of a plan with what they reached; `interrupted` when the signal came first. */
export interface Reproduced {
  status: 'done' | 'interrupted';
  plan: Plan;
  runs: { run: PlannedRun; outcome: Outcome }[];
}

/** Trains and scores every run of the plan that has no outcome yet. Throws what `train` and the readers throw. */
export function reproduce(options: ReproduceRun): Promise<Reproduced> {
  return inHeldFolder(options.out, () => reproduceHeld(options));
}

async function reproduceHeld(options: ReproduceRun): Promise<Reproduced> {
  const { out, cache = join(out, 'cache'), signal, onStage } = options;
  if (options.overwrite) await startAnew(out);
  const plan = await makePlan(options);
  const runs: Reproduced['runs'] = [];
  try {
    const tasks = await tasksOf(plan, out, {
      signal,
      onProgress: (done, total) => onStage?.('cutting', done, total),
      onBroken: options.onBroken,
    });
    const planned = runsOf(plan, plan.name === 'folders' ? tasks.size : undefined);
    for (const [index, run] of planned.entries()) {
      const known = await readOutcome(out, run);
      options.onRun?.({ ...run, index, total: planned.length, isKept: known !== undefined });
      const outcome = known ?? (await makeRun(run, tasks.get(run.split)!, { ...options, cache }));
      if (!outcome) return { status: 'interrupted', plan, runs };
      runs.push({ run, outcome });
    }
    return { status: 'done', plan, runs };
  } catch (error) {
    if (signal?.aborted && error === signal.reason) return { status: 'interrupted', plan, runs };
    throw error;
  }
}

/** The folder of a run. */
function placeOf(out: string, { id }: PlannedRun): string {
  return join(out, 'runs', id);
}

async function makeRun(
  run: PlannedRun,
  task: Task,
  { out, cache, recipe, device, threads, signal, ...options }: ReproduceRun,
): Promise<Outcome | undefined> {
  const folder = placeOf(out, run);
  const summary = await train({
    ...task.training,
    ...{ out: folder, cache, device, threads, signal, resume: true },
    recipe: { ...recipe, seed: run.seed } satisfies RecipeInput,
    onEvent: options.onEvent,
  });
  if (summary.status === 'interrupted') return undefined;
  const { tested, broken, ...scored } = await task.score(folder, {
    ...{ device, threads, signal },
    onProgress: (done, total) => options.onStage?.('evaluating', done, total),
    onBroken: options.onBroken,
  });
  const { clips, epochs, best, seconds, model } = summary;
  const outcome: Outcome = {
    ...{ version: 1, epochs, bestEpoch: best?.epoch ?? null, seconds, model },
    clips: {
      ...{ training: clips.training, validation: clips.validation },
      ...{ test: tested, broken: clips.broken + broken },
    },
    ...scored,
    ...{ notes: task.notes, missing: task.missing },
  };
  await writeAtomically(join(folder, 'outcome.json'), `${JSON.stringify(outcome)}\n`);
  return outcome;
}

async function readOutcome(out: string, run: PlannedRun): Promise<Outcome | undefined> {
  const path = join(placeOf(out, run), 'outcome.json');
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return Outcome.parse(JSON.parse(text));
  } catch (cause) {
    throw formatError(
      path,
      'what a run of `wherewhen reproduce` reached',
      undefined,
      'remove the file: the run is scored again',
      cause,
    );
  }
}

/** Removes the runs, and what was cut; the features stay, their names say what they belong to. */
async function startAnew(out: string): Promise<void> {
  for (const name of ['runs', 'cut', planFile]) await rm(join(out, name), { recursive: true, force: true });
}
