// From a folder of clips to two sides of stored clips, with everything that was left out named.
import { createHash } from 'node:crypto';
import { relative, resolve } from 'node:path';
import type { FrameSize } from '../backbone/index.js';
import {
  openDataset,
  type AnnotationSource,
  type ClipEntry,
  type GroupRule,
  type Dataset,
} from '../dataset/index.js';
import { classIndicesOf } from '../dataset/clipClasses.js';
import { notesOf } from '../dataset/annotated.js';
import { type ClipStore, type PreparedClips, type StoredClip } from '../store/index.js';
import { frameStore, prepareClips, type PrepareOptions } from '../store/prepare.js';
import { inputError, usageError } from '../errors.js';
import type { RuntimeOptions } from '../runtime/index.js';
import type { TrainListener } from './events.js';
import { extractFeatures, isAugmented, liveFront, type Frozen } from './data/frozen.js';
import { isFrozen } from './recipe/frozenRecipe.js';
import {
  groupByLikeness,
  groupByNames,
  groupingOf,
  tellGrouping,
  type Grouped,
  type Grouping,
} from './groups/groupClips.js';
import { answeredSampling, oversampleOf, type Recipe } from './recipe/recipe.js';
import { canSplitBy, sides, split, type SideOptions } from './data/sides.js';

/** What a run trains on. */
export interface TrainingData {
  dataset: Dataset;
  prepared: PreparedClips;
  store: ClipStore;
  /** What a model on features must know of its backbone; absent where all of that is a part of the model. */
  frozen?: Frozen;
  train: StoredClip[];
  validation: StoredClip[];
  /** Clips of the test side or of the groups that are left out: neither trained on nor looked at by validation. */
  leftOut: StoredClip[];
  /** How the clips to learn from and to hold out were grouped. */
  grouping: Grouping;
  /** Hash of which clips, with which frames, stand on which side, and of a frozen front that sees them at every step. */
  hash: string;
}

/** Settings of {@link gather}. */
export interface GatherOptions {
  data: string;
  /** The clips of `data`, where they were listed before. */
  dataset?: Dataset;
  out: string;
  cache: string;
  recipe: Recipe;
  /** Somebody asked for its share of held-out clips: then it is held out, or the run does not begin. */
  isShareAsked?: boolean;
  group?: GroupRule;
  /** A list or annotations that name clips, classes and sides. */
  annotations?: AnnotationSource;
  /** What to do with the same bytes on both sides of a list. */
  leaks?: 'error' | 'note';
  strict: boolean;
  signal?: AbortSignal;
  listen: TrainListener;
  /** Groups to keep out of the training altogether. */
  leaveOut?: readonly string[];
  /** Where an extraction computes, and on how many threads. */
  device?: RuntimeOptions['device'];
  threads?: number;
}

/** The clips of a data set as a training lists them. Throws what {@link openDataset} throws. */
export function openToLearn(
  data: string,
  {
    group,
    strict,
    annotations,
    leaks,
  }: Partial<Pick<GatherOptions, 'group' | 'strict' | 'annotations' | 'leaks'>>,
): Promise<Dataset> {
  return openDataset(data, { group, strict, annotations, leaks, minimumClasses: 2, isToLearn: true });
}

/** Lists, decodes, groups and splits. Throws what {@link listDataset} throws, and `input` when a class has no readable clip. */
export async function gather(options: GatherOptions): Promise<TrainingData> {
  const { listen, leaveOut } = options;
  const { dataset, grouped, leftOutNames, ...stored } = await prepare(options);
  const { prepared, frozen } = stored;
  listen({ kind: 'groups', ...grouped.grouping, text: tellGrouping(grouped.grouping) });
  const { train, validation, leftOut, note } = split(grouped.clips, { ...options, leftOutNames });
  if (note !== undefined) listen({ kind: 'note', text: note });
  checkClasses(dataset, prepared, leaveOut ? prepared.clips : [...train, ...validation]);
  const hash = hashOf(train, validation, frozen?.live && frozen.identity);
  return { dataset, ...stored, train, validation, leftOut, grouping: grouped.grouping, hash };
}

/** The group of every clip of a data set by its name, and how they were found, for trainings that leave out some of them. */
export async function gatherGroups(
  options: Omit<GatherOptions, 'leaveOut'>,
): Promise<{ groups: ReadonlyMap<string, string>; grouping: Grouping }> {
  const { dataset, grouped } = await prepare(options);
  options.listen({ kind: 'groups', ...grouped.grouping, text: tellGrouping(grouped.grouping) });
  const all = [...dataset.clips, ...grouped.clips]; // the broken ones have those of the list
  return { groups: new Map(all.map(({ name, group }) => [name, group])), grouping: grouped.grouping };
}

type Prepared = Pick<TrainingData, 'prepared' | 'store' | 'frozen'>;

/** Listed and stored clips with their groups, and the names of those that are left out. */
async function prepare(
  options: GatherOptions,
): Promise<Prepared & { dataset: Dataset; grouped: Grouped<StoredClip>; leftOutNames: ReadonlySet<string> }> {
  const { data, out, recipe, group, listen } = options;
  checkApart(data, out);
  const dataset = options.dataset ?? (await openToLearn(data, options));
  for (const text of notesOf(dataset)) listen({ kind: 'note', text });
  for (const { path, reason } of dataset.leftOut) listen({ kind: 'leftOut', path, reason });
  const leftOutNames = namesOfGroups(dataset, options.leaveOut);
  const sided = { ...options, leftOutNames };
  const named = groupByNames(dataset.clips, { rule: group, canSplit: canSplitBy(sided) });
  dataset.clips = named.clips;
  split(dataset.clips, sided); // what cannot be split is told before anything is computed
  const onProgress = (progress: { done: number; total: number; reused: number; frames: number }): void =>
    listen({ kind: 'prepare', ...progress });
  onProgress({ done: 0, total: dataset.clips.length, reused: 0, frames: 0 });
  const isStored = isFrozen(recipe) && !isAugmented(recipe);
  const stored = isStored
    ? await extractFeatures(dataset.clips, { ...options, stored: storedFrames(recipe), onProgress })
    : await decodeFrames(dataset.clips, { ...options, onProgress });
  const { prepared, store } = stored;
  for (const { clip, error } of prepared.broken) listen({ kind: 'broken', clip: clip.path, error });
  for (const { clip, text } of prepared.warnings) listen({ kind: 'warning', clip: clip.path, text });
  const grouped = await byLikeness({ ...named, clips: prepared.clips }, { ...sided, store, isStored });
  return { dataset, ...stored, grouped, leftOutNames };
}

/** The clips of left-out groups, as they were listed. */
function namesOfGroups({ clips }: Dataset, leaveOut: readonly string[] = []): ReadonlySet<string> {
  const groups = new Set(leaveOut);
  return new Set(clips.filter(({ group }) => groups.has(group)).map(({ name }) => name));
}

/** The clips that are learnt from or held out by their likeness, where nothing else groups them; test clips as they are. */
async function byLikeness(
  { clips, grouping }: Grouped<StoredClip>,
  { store, isStored, ...options }: GatherOptions & SideOptions & { store: ClipStore; isStored: boolean },
): Promise<Grouped<StoredClip>> {
  const { others, validation, leftOut } = sides(clips, options);
  const members = [...others, ...validation];
  const own = { clips: members, grouping: groupingOf(members, grouping) };
  if (!isStored) return { clips: [...clips], grouping: own.grouping };
  const alike = await groupByLikeness(own, { store, signal: options.signal, canSplit: canSplitBy(options) });
  return { clips: [...alike.clips, ...leftOut], grouping: alike.grouping };
}

async function decodeFrames(
  entries: readonly ClipEntry[],
  { cache, recipe, ...options }: GatherOptions & Pick<PrepareOptions, 'onProgress'>,
): Promise<Pick<TrainingData, 'prepared' | 'store' | 'frozen'>> {
  const frozen = isFrozen(recipe) ? await liveFront(recipe) : undefined;
  const { size, resize } = frozen ?? recipe.transform;
  const shape = {
    frames: storedFrames(recipe),
    sampling: answeredSampling(recipe),
    size: storedSize(size, recipe.cutFrom),
    resize,
  };
  const store = frameStore(cache, shape);
  return { store, frozen, prepared: await prepareClips(entries, { store, shape, ...options }) };
}

/** The size at which frames are kept: at least that of the window that a step sees of them. */
function storedSize(window: FrameSize, cutFrom: FrameSize = window): FrameSize {
  if (cutFrom.width >= window.width && cutFrom.height >= window.height) return cutFrom;
  throw usageError(
    'train: options: cutFrom',
    `at least ${window.width}x${window.height}, the size of the model's frames`,
    `${cutFrom.width}x${cutFrom.height}`,
  );
}

function storedFrames(recipe: Recipe): number {
  return recipe.frames * oversampleOf(recipe);
}

/** A model folder inside the data folder would be taken for a class by the next run. */
function checkApart(data: string, out: string): void {
  const way = relative(resolve(data), resolve(out));
  if (way !== '' && (way.startsWith('..') || resolve(way) === way)) return;
  throw usageError('--out', 'a folder outside DATA', out, 'inside DATA it would be taken for a class');
}

function checkClasses(
  { classes, folder }: Dataset,
  { broken }: PreparedClips,
  clips: readonly StoredClip[],
): void {
  const alive = new Set(clips.flatMap(classIndicesOf));
  const lost = classes.find((_, k) => !alive.has(k));
  if (lost === undefined) return;
  const faults = broken.filter(({ clip }) => clip.label === lost);
  throw inputError(
    `${folder}/${lost}`,
    'at least one readable clip in every class',
    faults.length > 0 ? `${faults.length} broken` : 'none to learn from',
    faults[0]?.error.message,
    faults[0]?.error,
  );
}

function hashOf(train: StoredClip[], validation: StoredClip[], front?: string): string {
  const line = ({ name, key, classIndices }: StoredClip): string =>
    `${name} ${key}${classIndices ? ` ${classIndices.join(' ')}` : ''}`;
  const lines = [train, validation].map((side) => side.map(line).join('\n'));
  const all = front === undefined ? lines : [...lines, front];
  return createHash('sha256').update(all.join('\n\n')).digest('hex');
}
