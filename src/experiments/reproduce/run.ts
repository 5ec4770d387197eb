// The runs of a reproduction, one after another: train, score, keep the outcome. What is whole stays through a kill at any
// moment: a training goes on from its checkpoint, a run with an outcome is not made again.
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { inHeldFolder } from '../../lock.js';
import { writeAtomically } from '../../atomicFile.js';
import { formatError, missingError } from '../../errors.js';
import type { RuntimeOptions } from '../../runtime/index.js';
import { dealt, hashOf, inTurn, type Part } from '../../scale/index.js';
import { train, type RecipeInput, type TrainListener } from '../../train/index.js';
import { prepareTraining } from '../../train/prepareTraining.js';
import { Outcome } from './outcome.js';
import {
  makePlan,
  planFile,
  runsOf,
  type ReproductionPlan,
  type PlannedRun,
  type ReproduceOptions,
} from './plan.js';
import { tasksOf, type ReproductionTask } from './sets.js';

/** Where to compute, and who follows. */
export interface ReproduceRun extends ReproduceOptions, RuntimeOptions {
  cache?: string;
  /** Only these runs are made, beside processes that make the others in the same folder. */
  part?: Part;
  /** No run is made: all must be there. */
  isGather?: boolean;
  signal?: AbortSignal;
  onEvent?: TrainListener;
  onRun?: (run: PlannedRun & { index: number; total: number; isKept: boolean }) => void;
  onStage?: (stage: 'cutting' | 'evaluating', done: number, total: number) => void;
  onBroken?: (error: Error) => void;
}

/** All runs of a plan with what they reached; `interrupted` when the signal came first. */
export interface Reproduced {
  /** `part`: the runs of a part are made, and of the others `missing` are not. */
  status: 'done' | 'interrupted' | 'part';
  missing?: number;
  plan: ReproductionPlan;
  runs: { run: PlannedRun; outcome: Outcome }[];
}

/** Trains and scores every run of the plan that has no outcome yet. Throws what `train` and the readers throw. */
export function reproduce(options: ReproduceRun): Promise<Reproduced> {
  if (options.part || options.isGather) return reproduceRuns(options);
  return inHeldFolder(options.out, () => reproduceRuns(options));
}

async function reproduceRuns(options: ReproduceRun): Promise<Reproduced> {
  const { out, cache = join(out, 'cache'), signal, part, isGather = false } = options;
  if (options.overwrite) await startAnew(out);
  const plan = await inItsTurn(options, () => makePlan(options));
  const runs: Reproduced['runs'] = [];
  try {
    const tasks = await inItsTurn(options, () => prepareTasks(plan, options));
    const planned = runsOf(plan, plan.name === 'folders' ? tasks.size : undefined);
    const own = isGather ? [] : part ? ownRuns(planned, part) : planned;
    for (const [index, run] of own.entries()) {
      const known = await readOutcome(out, run);
      options.onRun?.({ ...run, index, total: own.length, isKept: known !== undefined });
      const task = tasks.get(run.split)!;
      if (part && !known) await prepareInTurn(run, task, { ...options, cache });
      const outcome = known ?? (await makeRun(run, task, { ...options, cache }));
      if (!outcome) return { status: 'interrupted', plan, runs };
      if (own === planned) runs.push({ run, outcome });
    }
    return own === planned ? { status: 'done', plan, runs } : await joined(plan, planned, options);
  } catch (error) {
    if (signal?.aborted && error === signal.reason) return { status: 'interrupted', plan, runs };
    throw error;
  }
}

/** How many trainings a reproduction is. Throws what making the plan throws. */
export async function countRuns(options: ReproduceRun): Promise<number> {
  const plan = await inTurn(options.out, () => makePlan(options));
  const isCounted = plan.name !== 'folders' || typeof plan.folds === 'number';
  if (isCounted) return runsOf(plan, plan.folds === null ? undefined : (plan.folds as number)).length;
  return runsOf(plan, (await inTurn(options.out, () => prepareTasks(plan, options))).size).length;
}

/** What one of several processes prepares while the others wait; a process alone holds the folder already. */
function inItsTurn<T>({ out, part, isGather }: ReproduceRun, work: () => Promise<T>): Promise<T> {
  return part || isGather ? inTurn(out, work) : work();
}

function prepareTasks(
  plan: ReproductionPlan,
  { out, signal, onStage, onBroken }: ReproduceRun,
): Promise<Map<number, ReproductionTask>> {
  return tasksOf(plan, out, {
    ...{ signal, onBroken },
    onProgress: (done, total) => onStage?.('cutting', done, total),
  });
}

/** The clips of a run, which those of other processes share. */
async function prepareInTurn(
  run: PlannedRun,
  { training }: ReproductionTask,
  options: ReproduceRun,
): Promise<void> {
  const { out, cache, recipe, device, threads, signal } = options;
  const folder = placeOf(out, run);
  await inTurn(out, () =>
    prepareTraining({ ...training, out: folder, cache, recipe, device, threads, signal }),
  );
}

function ownRuns(planned: readonly PlannedRun[], part: Part): PlannedRun[] {
  return dealt(
    planned.map(({ id }) => hashOf(id)),
    part,
  ).map((place) => planned[place]!);
}

/** The runs of all parts, if all are there; of a gathering it is an error that they are not. */
async function joined(
  plan: ReproductionPlan,
  planned: readonly PlannedRun[],
  { out, isGather }: ReproduceRun,
): Promise<Reproduced> {
  const runs: Reproduced['runs'] = [];
  for (const run of planned) {
    const outcome = await readOutcome(out, run);
    if (outcome) runs.push({ run, outcome });
  }
  const missing = planned.length - runs.length;
  if (missing === 0) return { status: 'done', plan, runs };
  if (!isGather) return { status: 'part', missing, plan, runs };
  throw missingError(
    out,
    'the runs of all parts',
    `${missing} of them missing`,
    'let every part end, and start again those that failed: what they had made stays',
  );
}

/** The folder of a run. */
function placeOf(out: string, { id }: PlannedRun): string {
  return join(out, 'runs', id);
}

async function makeRun(
  run: PlannedRun,
  task: ReproductionTask,
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
