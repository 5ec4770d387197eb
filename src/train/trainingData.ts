// From a folder of clips to two sides of stored clips, with everything that was left out named.
import { createHash } from 'node:crypto';
import { relative, resolve } from 'node:path';
import type { FrameSize } from '../backbone/index.js';
import { classIndicesOf } from '../dataset/clips.js';
import { notesOf, sidesOf } from '../dataset/annotated.js';
import {
  openDataset,
  type AnnotationSource,
  type ClipEntry,
  type GroupRule,
  type Dataset,
} from '../dataset/index.js';
import { splitValidation, type ValidationSplit } from '../dataset/validationSplit.js';
import { frameStore, prepareClips, type PrepareOptions } from '../store/prepare.js';
import type { ClipStore, PreparedClips, StoredClip } from '../store/index.js';
import { inputError, usageError, WhereWhenError } from '../errors.js';
import type { RuntimeOptions } from '../runtime/index.js';
import type { TrainListener } from './events.js';
import { extractFeatures, isAugmented, liveFront, type Frozen } from './data/frozen.js';
import { isFrozen } from './recipe/frozenRecipe.js';
import { answeredSampling, type Recipe } from './recipe/recipe.js';

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
  /** Hash of which clips, with which frames, stand on which side, and of a frozen front that sees them at every step. */
  hash: string;
}

/** Does a clip to learn from, or to choose the epoch by, have several classes? */
export function hasSeveralClasses({
  train,
  validation,
}: Pick<TrainingData, 'train' | 'validation'>): boolean {
  return [...train, ...validation].some(({ classIndices }) => classIndices !== undefined);
}

/** Settings of {@link gather}. */
export interface GatherOptions {
  data: string;
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

/** Lists, decodes and splits. Throws what {@link listDataset} throws, and `input` when a class has no readable clip. */
export async function gather(options: GatherOptions): Promise<TrainingData> {
  const { data, out, recipe, group, strict, annotations, leaks, listen } = options;
  checkApart(data, out);
  const dataset = await openDataset(data, {
    ...{ group, strict, annotations, leaks, minimumClasses: 2, isToLearn: true },
  });
  for (const text of notesOf(dataset)) listen({ kind: 'note', text });
  for (const { path, reason } of dataset.leftOut) listen({ kind: 'leftOut', path, reason });
  split(dataset.clips, options); // what cannot be split is told before anything is computed
  const onProgress = (progress: { done: number; total: number; reused: number; frames: number }): void =>
    listen({ kind: 'prepare', ...progress });
  onProgress({ done: 0, total: dataset.clips.length, reused: 0, frames: 0 });
  const isStored = isFrozen(recipe) && !isAugmented(recipe);
  const { prepared, store, frozen } = isStored
    ? await extractFeatures(dataset.clips, { ...options, stored: storedFrames(recipe), onProgress })
    : await decodeFrames(dataset.clips, { ...options, onProgress });
  for (const { clip, error } of prepared.broken) listen({ kind: 'broken', clip: clip.path, error });
  for (const { clip, text } of prepared.warnings) listen({ kind: 'warning', clip: clip.path, text });
  const { train, validation, leftOut, note } = split(prepared.clips, options);
  if (note !== undefined) listen({ kind: 'note', text: note });
  checkClasses(dataset, prepared, options.leaveOut ? prepared.clips : [...train, ...validation]);
  const hash = hashOf(train, validation, frozen?.live && frozen.identity);
  return { dataset, prepared, store, frozen, train, validation, leftOut, hash };
}

/** The sides: test clips of a list and left-out groups apart; validation as the list has it, else held out of the rest. */
function split<Clip extends ClipEntry>(
  clips: readonly Clip[],
  { leaveOut = [], recipe, data, isShareAsked = false }: GatherOptions,
): Record<'train' | 'validation' | 'leftOut', Clip[]> & { note?: string } {
  const out = new Set(leaveOut);
  const sides = out.size > 0 ? undefined : sidesOf({ clips: [...clips], folder: data });
  const others = sides ? sides.train : clips.filter(({ group }) => !out.has(group));
  const leftOut = sides ? sides.test : clips.filter(({ group }) => out.has(group));
  const held =
    sides && sides.validation.length > 0
      ? { train: others, validation: sides.validation }
      : holdOut(others, recipe, isShareAsked);
  return {
    train: held.train as Clip[],
    validation: held.validation as Clip[],
    leftOut: leftOut as Clip[],
    ...('note' in held && { note: held.note }),
  };
}

/** Held-out clips; none, with a word on it, where there are so few that a share nobody asked for leaves none. */
function holdOut(
  clips: readonly ClipEntry[],
  { validation: share, seed }: Recipe,
  isShareAsked: boolean,
): ValidationSplit & { note?: string } {
  try {
    return splitValidation(clips, { share, seed });
  } catch (error) {
    if (isShareAsked || !(error instanceof WhereWhenError) || error.code !== 'input') throw error;
    const note = `no clip is held out: ${error.received} are too few. All are learnt from, and nothing says how well other clips would be named`;
    return { train: [...clips], validation: [], note };
  }
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

/** Stored frames for each frame of the model. */
export function oversampleOf({ sampling, oversample }: Recipe): number {
  return sampling === 'segment-random' ? oversample : 1;
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
