// The training run from folder to model: decode once, then train. It may be stopped at any moment, by a
// signal or a kill, and goes on to the same last bit.
import { formSizes } from '../model/index.js';
import { join } from 'node:path';
import { openExtractor } from '../backbone/index.js';
import { readParameters } from '../backbone/parameters.js';
import { inHeldFolder, type Lock } from '../lock.js';
import { sweepTemporaries } from '../atomicFile.js';
import type { AnnotationSource, Dataset, GroupRule } from '../dataset/index.js';
import { inputError } from '../errors.js';
import { readModelFolder } from '../savedModel/index.js';
import { openRuntime, type Device, type RuntimeOptions } from '../runtime/index.js';
import { looksAtActor } from '../infer/actorFeeds.js';
import { clipFacts } from './actors/clipFacts.js';
import { learnActors } from './actors/learn.js';
import type { SumsOf } from './start/clipSums.js';
import type { ActorViews, LearntActors } from './actors/learnt.js';
import { viewActors } from './actors/views.js';
import type { Checkpoint, RunState } from './folder/checkpoint.js';
import type { TrainListener } from './events.js';
import { gather, gatherGroups, type GatherOptions, type TrainingData } from './trainingData.js';
import type { Grouping } from './groups/groupClips.js';
import { keepFamiliarity } from './keepFamiliarity.js';
import { heldFigures } from './run/heldFigures.js';
import { readHeldOut } from './folder/heldOut.js';
import { scoreLeftOut } from './run/leftOut.js';
import { canCompare, compareLooking, leavesFormOpen, tellLooking } from './recipe/chooseForm.js';
import { parseRecipe, type Recipe, type RecipeInput } from './recipe/recipe.js';
import { inOrder, runAndRefit } from './refit.js';
import type { KeeperOf } from './run/runKeeper.js';
import type { RunParts, TrainSummary } from './run/runParts.js';
import { checkFeatures } from './start/startFromFeatures.js';
import { clearRun, startRun } from './folder/beginRun.js';
import { checkFinished } from './folder/finished.js';
import { RunFolder } from './folder/runFolder.js';

/** What to train on, where to put the model, and how. */
export interface TrainOptions {
  /** Folder of class folders, or the clips that `annotations` name. */
  data: string;
  /** The clips of `data`, where {@link openToLearn} listed them before: they are not looked at again. */
  dataset?: Dataset;
  /** A list or annotations: its training side is learnt, its test side left out and scored afterwards. */
  annotations?: AnnotationSource;
  /** The same bytes on both sides of a list: an error (default), or a note. */
  leaks?: 'error' | 'note';
  /** The model folder to make; the run's checkpoint and log lie in it too. */
  out: string;
  recipe?: RecipeInput;
  /** Takes the group from a clip's file name. */
  group?: GroupRule;
  /** Goes on from the checkpoint in `out`. */
  resume?: boolean;
  /** Starts anew although `out` holds a run. */
  overwrite?: boolean;
  /** Stops at the first broken clip instead of leaving it out. */
  strict?: boolean;
  /** Where decoded frames are kept; by default `cache` in `out`. */
  cache?: string;
  /** Groups to keep out of the training altogether, and to score the model on afterwards. */
  leaveOut?: readonly string[];
  /** Default `cpu`; without one, or with `auto`, a resumed run computes where it began, because sums depend on it. */
  device?: RuntimeOptions['device'];
  /** Computing threads; a resumed run takes those it began with, because sums depend on them. */
  threads?: number;
  /** Seconds of computing after which a checkpoint is written within an epoch too; by default 120. */
  saveSeconds?: number;
  /** Aborting saves a checkpoint and ends the run as `interrupted`. */
  signal?: AbortSignal;
  onEvent?: TrainListener;
}

/**
 * Trains a model on a folder of labelled clips and leaves a model folder.
 * Throws `usage` for impossible options and a folder in which another process trains, `input` for data that cannot be trained on, `output` when something
 * cannot be written (what was written before is whole).
 */
export function train(options: TrainOptions): Promise<TrainSummary> {
  return inHeldFolder(options.out, (lock) => trainHeld(options, lock));
}

async function trainHeld(options: TrainOptions, lock: Lock): Promise<TrainSummary> {
  const { out, cache = join(out, 'cache'), signal, onEvent: listen = () => {} } = options;
  const { checkpoint, ...begun } = await startRun(options);
  let { recipe } = begun;
  checkFeatures(recipe);
  for (const folder of [out, cache]) await sweepTemporaries(folder);
  let gathered: TrainingData;
  let looking: Looking = {};
  try {
    gathered = await gather(gatherOptionsOf(options, recipe));
    const isOpen = checkpoint === undefined && leavesFormOpen(options.recipe);
    // A run that is done has written its model: nothing of it is learnt again, unless clips are still to be scored with it.
    const isScored = looksAtActor(recipe) && gathered.leftOut.length > 0;
    if (!checkpoint?.run.isDone || isScored)
      looking = await lookAtActors(gathered, { ...options, recipe, signal, listen, cache, isOpen });
    if (looking.isBetter) recipe = parseRecipe({ ...options.recipe, attention: { form: 'actor' } });
  } catch (error) {
    if (signal?.aborted && error === signal.reason) return stoppedEarly(out, checkpoint);
    throw error;
  }
  if (checkpoint) checkSameClips(checkpoint.run, gathered);
  else await clearRun(out);
  if (checkpoint?.run.isDone) await checkFinished(out);
  const runtime = await openRuntime({
    device: deviceOf(options.device, checkpoint?.run.device),
    threads: checkpoint?.run.threads ?? options.threads,
  });
  try {
    const live = gathered.frozen?.live;
    const front = live && (await openExtractor(live, { runtime }));
    const { saveSeconds } = options;
    const { actors, views } = looking;
    const sums = keptSums(gathered, { recipe, signal });
    const keeperOf: KeeperOf = (own, programs, steering) =>
      new RunFolder(own, { programs, steering, lock, data: gathered, listen });
    const parts: RunParts = {
      out,
      keeperOf,
      readParameters,
      recipe,
      data: gathered,
      actors,
      views,
      sums,
      runtime,
      front,
      signal,
      listen,
      saveSeconds,
    };
    const summary = await withHeldOut(await runAndRefit(parts, checkpoint), gathered, recipe);
    const known = { out, lock, data: gathered, recipe };
    if (summary.status === 'done') await keepFamiliarity(known, { isRefit: summary.refit !== undefined });
    if (gathered.leftOut.length === 0 || summary.status !== 'done') return summary;
    const leftOut = await scoreLeftOut(await readModelFolder(out), gathered.leftOut, {
      runtime,
      recipe,
      data: gathered,
      front,
      views,
    });
    return { ...summary, leftOut };
  } finally {
    await runtime.close();
  }
}

function gatherOptionsOf(options: TrainOptions, recipe: Recipe): GatherOptions {
  const { out, cache = join(out, 'cache'), strict = false, onEvent: listen = () => {} } = options;
  const isShareAsked = options.recipe?.validation !== undefined;
  return { ...options, cache, recipe, isShareAsked, strict, listen };
}

/**
 * The group of every clip by its name, as a training with these options finds them, and how: for trainings that leave out some
 * groups. Computes the features that they will need. Throws as {@link train}.
 */
export function findGroups(
  options: TrainOptions,
): Promise<{ groups: ReadonlyMap<string, string>; grouping: Grouping }> {
  return gatherGroups(gatherOptionsOf(options, parseRecipe(options.recipe)));
}

/** What was found of actors before the first step. */
interface Looking {
  /** Who acts, learnt from all clips that the run learns from and chooses by. */
  actors?: LearntActors;
  /** What a head that looks at them is fed. */
  views?: ActorViews;
  /** By folds, looking at the actor names more clips than looking at the whole picture. */
  isBetter?: boolean;
}

/** With `isOpen` no form was asked for, and folds say whether actors are worth looking at. */
async function lookAtActors(
  { frozen, store, train, validation, leftOut, dataset }: TrainingData,
  {
    recipe,
    cache,
    isOpen,
    ...options
  }: Pick<TrainOptions, 'device' | 'threads' | 'signal'> & {
    recipe: Recipe;
    listen: TrainListener;
    cache: string;
    isOpen: boolean;
  },
): Promise<Looking> {
  const { actors } = recipe;
  if (!actors || !frozen || frozen.scales.length === 0) return {};
  const clips = inOrder([...train, ...validation]);
  const classes = dataset.classes.length;
  const source = { ...options, recipe: { ...recipe, actors }, clips, store, frozen, classes };
  const learnt = actors.isOn ? await learnActors(source) : undefined;
  const isAsked = looksAtActor(recipe);
  const isFit = learnt !== undefined && canCompare(clips);
  if (!isAsked && !(isOpen && isFit)) return { actors: learnt };
  const attention = isAsked ? recipe.attention : formSizes('actor', { onFeatures: true });
  const seen = { ...source, recipe: { ...source.recipe, attention }, clips: [...clips, ...leftOut] };
  const views = await viewActors({ ...seen, cache, learnt });
  if (!isFit) return { actors: learnt, views };
  const compared = compareLooking(clips, views, { recipe, classes });
  options.listen({ kind: 'note', text: tellLooking(compared) });
  const isBetter = !isAsked && compared.actor > compared.picture;
  return { actors: learnt, isBetter, ...((isAsked || isBetter) && { views }) };
}

/** Sums of clips that lie in the store with what is learnt of who acts. */
function keptSums(
  { frozen, store }: TrainingData,
  { recipe, signal }: { recipe: Recipe; signal?: AbortSignal },
): SumsOf | undefined {
  const { actors } = recipe;
  if (!actors?.isOn || !frozen || frozen.live || frozen.scales.length === 0) return undefined;
  const source = { recipe: { ...recipe, actors }, store, frozen, signal };
  return async (clip) => (await clipFacts(clip, source)).sums;
}

function deviceOf(asked: RuntimeOptions['device'], began?: Device): RuntimeOptions['device'] {
  return asked === undefined || asked === 'auto' ? (began ?? asked) : asked;
}

/** The summary with what was reached on held-out clips, once the run is done. */
async function withHeldOut(
  summary: TrainSummary,
  { grouping, validation, train: learnt }: TrainingData,
  { seed }: Recipe,
): Promise<TrainSummary> {
  const { folder, classes, status } = summary;
  const held = status === 'done' && validation.length > 0 ? await readHeldOut(folder) : undefined;
  const example = (validation[0] ?? learnt[0])?.path;
  return {
    ...{ ...summary, grouping },
    ...(example !== undefined && { example }),
    ...(held && { heldOut: heldFigures(held.answers, { classes, seed }) }),
  };
}

function checkSameClips(run: RunState, { hash, dataset }: TrainingData): void {
  if (run.clips === hash && run.classes.join('\n') === dataset.classes.join('\n')) return;
  throw inputError(
    dataset.folder,
    'the clips and groups that the run began with',
    'others',
    'bring the clips and the --group back, or start anew with --overwrite',
  );
}

/** The signal came before the first step: decoded clips lie in the cache, and nothing else has begun. */
function stoppedEarly(folder: string, checkpoint?: Checkpoint): TrainSummary {
  const run = checkpoint?.run;
  return {
    status: 'interrupted',
    folder,
    classes: run?.classes ?? [],
    clips: { training: 0, validation: 0, broken: 0, leftOut: 0 },
    parameters: 0,
    epochs: run?.position.epoch ?? 0,
    best: run?.course.best ?? null,
    model: run?.model ?? null,
    seconds: run?.seconds ?? 0,
  };
}
