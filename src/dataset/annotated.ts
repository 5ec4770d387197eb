// A data set as a list or an annotation file names it: the clips that lie below a folder, with class, side, group and
// whatever else is told of them.
import { basename, relative, sep } from 'node:path';
import { inputError, WhereWhenError } from '../errors.js';
import { ClipIndex } from './clipIndex.js';
import {
  equalClips,
  groupOf,
  listDataset,
  twinError,
  type ClipEntry,
  type GroupRule,
  type Dataset,
  type DatasetOptions,
} from './clips.js';
import { classesOf, type AnnotatedClip, type Annotations } from './formats/form.js';
import { guessFormat } from './formats/guess.js';
import { readerOf } from './formats/index.js';
import { officialSplit, withoutLeaks } from './splits.js';

/** A list or annotations: where they lie, and what their reader must be given. */
export interface AnnotationSource {
  path: string;
  /** A reader's name; by default it is guessed from the looks of `path`. */
  format?: string;
  /** Official split, 1 to 3 (UCF101, HMDB51, JHMDB). */
  split?: number;
  /** The attribute, control, tier or column that holds the class, where a file has several. */
  attribute?: string;
}

/** How a data set is opened. */
export interface OpenDatasetOptions extends DatasetOptions {
  /** Names the clips; without it the folder's own class folders do. */
  annotations?: AnnotationSource;
  /** The same bytes on both sides of a list: an error, or a note (an official split is what it is). */
  leaks?: 'error' | 'note';
  /** Leave out the clips of classes that have none to learn from here. */
  isToLearn?: boolean;
}

/** The clips of `folder`: of its class folders, or those that a list names. Throws what {@link listDataset} throws. */
export async function openDataset(folder: string, options: OpenDatasetOptions = {}): Promise<Dataset> {
  const { annotations } = options;
  if (annotations === undefined) return listDataset(folder, options);
  return datasetOf(folder, await readAnnotations(annotations), options);
}

/** Reads a list or annotations. Throws `missing` and `format`. */
export async function readAnnotations({ path, format, ...options }: AnnotationSource): Promise<Annotations> {
  return readerOf(format ?? (await guessFormat(path))).read(path, options);
}

/**
 * The annotated clips that lie below `folder`. Clips are found by name, with or without ending and folders. Those that
 * are not there stand in `missing`; unused ones, those without a class and doubled ones in `leftOut`. Throws `input`
 * where not one is there, for one clip in two classes, and for the same file, bytes or group on two sides.
 */
export async function datasetOf(
  folder: string,
  annotations: Annotations,
  options: Omit<OpenDatasetOptions, 'annotations'> = {},
): Promise<Dataset> {
  const { group, minimumClasses = 1, leaks = 'error', strict = false, isToLearn = false } = options;
  const index = await ClipIndex.of(folder);
  const dataset: Dataset = {
    ...{ folder, classes: [], clips: [], leftOut: [] },
    ...{ missing: [] as string[], notes: [...annotations.notes] },
  };
  const hasSides = annotations.clips.some(({ subset }) => subset !== undefined);
  const places = new Map<string, ClipEntry>();
  for (const annotated of annotations.clips) {
    if (annotated.subset === 'unused') continue;
    const path = placeOf(annotated, index, annotations, dataset);
    const label = annotated.labels[0];
    const before = path === undefined ? undefined : places.get(path);
    if (path === undefined) dataset.missing!.push(annotated.clip);
    else if (label === undefined) dataset.leftOut.push({ path, reason: 'no class is given' });
    else if (hasSides && !annotated.subset) dataset.leftOut.push({ path, reason: 'no side is given' });
    else if (before) dataset.leftOut.push({ path, reason: `listed before as ${before.annotated!.clip}` });
    else places.set(path, entryOf(folder, path, annotated, group));
  }
  dataset.clips = [...places.values()];
  tellNearest(dataset, index);
  if (dataset.clips.length === 0) throw noClips(dataset, annotations, index);
  const learnt = isToLearn && hasSides ? keepLearnable(dataset) : undefined;
  nameClasses(dataset, annotations, { minimum: minimumClasses, learnt });
  await checkContent(dataset, { hasSides, leaks, strict });
  return dataset;
}

/** Where an annotated clip lies; the only clip here, where the annotations tell of one and do not name it. */
function placeOf(
  { clip, alsoNamed, isNameGuessed }: AnnotatedClip,
  index: ClipIndex,
  { clips }: Annotations,
  { notes }: Dataset,
): string | undefined {
  const path = index.find(clip, alsoNamed);
  if (path !== undefined || !isNameGuessed || clips.length > 1 || index.size > 1) return path;
  const only = index.example === undefined ? undefined : index.find(index.example);
  if (only !== undefined)
    notes!.push(`the annotations do not name their clip: taken as that of ${index.example}`);
  return only;
}

/** Of the first clips that are not here, the names that are most like theirs. */
function tellNearest({ missing = [], notes = [] }: Dataset, index: ClipIndex): void {
  for (const name of missing.slice(0, 3)) {
    const near = index.nearest(name);
    if (near.length > 0) notes.push(`"${name}" is not here; the nearest names are ${near.join(', ')}`);
  }
}

/** Why there is nothing to work on: no clip found, or none of those found with a class or side. Notes tell the rest. */
function noClips(
  { folder, leftOut, notes = [] }: Dataset,
  { clips }: Annotations,
  index: ClipIndex,
): WhereWhenError {
  const hint = notes.length > 0 ? shortList(notes, 2) : undefined;
  if (leftOut.length === 0) return noMatch(folder, clips[0]?.clip, index.example, hint);
  const reasons = [...new Set(leftOut.map(({ reason }) => reason))];
  const count = leftOut.length === 1 ? 'one clip' : `${leftOut.length} clips`;
  return inputError(
    folder,
    'clips with a class, as the annotations tell it',
    `${count} that they name and that are here, as "${basename(leftOut[0]!.path)}": ${reasons.join('; ')}`,
    hint,
  );
}

/** The sides of a data set: those that its list tells; without any told every clip is to train on. */
export function sidesOf({ clips, folder }: Pick<Dataset, 'clips' | 'folder'>): {
  train: ClipEntry[];
  /** Only where a list has all three sides: the one that steers a training. */
  validation: ClipEntry[];
  /** Test clips; those for validation where a set keeps its test labels to itself. */
  test: ClipEntry[];
} {
  if (clips.every(({ subset }) => subset === undefined))
    return { train: [...clips], validation: [], test: [] };
  const hasTest = clips.some(({ subset }) => subset === 'test');
  const validation = hasTest ? clips.filter(({ subset }) => subset === 'validation') : [];
  const train = clips.filter(({ subset }) => subset === 'train');
  const test = clips.filter(({ subset }) => subset === (hasTest ? 'test' : 'validation'));
  if (train.length + test.length > 0) return { train, validation, test };
  throw inputError(folder, 'clips on a side', 'none');
}

/** The clips to score: the test side, or all of them where no sides are told. */
export function testSideOf(dataset: Dataset): Dataset {
  const { test } = sidesOf(dataset);
  if (test.length === 0) return dataset;
  const labels = new Set(test.map(({ label }) => label));
  return { ...dataset, classes: dataset.classes.filter((label) => labels.has(label)), clips: test };
}

function entryOf(folder: string, path: string, annotated: AnnotatedClip, group?: GroupRule): ClipEntry {
  const label = annotated.labels[0]!;
  const below = relative(folder, path).split(sep).join('/');
  const name = below.normalize('NFC').startsWith(`${label}/`) ? below : `${label}/${below}`;
  const { subset } = annotated;
  return {
    ...{ path, name, label, classIndex: -1, annotated },
    ...(subset && { subset }),
    group: groupOf(basename(path), name, { group, given: annotated.group }),
  };
}

/** A part of a set may hold test clips of classes that it cannot teach: they go. Resolves with the classes that it can. */
function keepLearnable(dataset: Dataset): ReadonlySet<string> {
  const { train } = sidesOf(dataset);
  const taught = new Set(train.flatMap(({ annotated }) => annotated!.labels));
  const lost = dataset.clips.filter(({ label }) => !taught.has(label));
  if (lost.length === 0) return taught;
  const labels = [...new Set(lost.map(({ label }) => label))];
  dataset.clips = dataset.clips.filter(({ label }) => taught.has(label));
  dataset.notes!.push(
    `${lost.length} test clips are left out: their classes have no clip to learn from here (${shortList(labels)})`,
  );
  return taught;
}

/** Classes in the order of the annotations; those without a clip here, or without one to learn from, are left out. */
function nameClasses(
  dataset: Dataset,
  { classes, clips }: Annotations,
  { minimum, learnt }: { minimum: number; learnt?: ReadonlySet<string> },
): void {
  const labelsOf = ({ annotated }: ClipEntry): string[] =>
    annotated!.labels.filter((label) => learnt?.has(label) ?? true);
  const here = new Set(dataset.clips.flatMap(labelsOf));
  const known = classes.length > 0 ? classes : classesOf(clips);
  dataset.classes = [...known.filter((label) => here.has(label))];
  for (const label of here) if (!dataset.classes.includes(label)) dataset.classes.push(label);
  for (const clip of dataset.clips) {
    clip.classIndex = dataset.classes.indexOf(clip.label);
    const own = labelsOf(clip).map((label) => dataset.classes.indexOf(label));
    if (own.length > 1) clip.classIndices = own.sort((a, b) => a - b);
  }
  const empty = known.filter((label) => !here.has(label));
  if (empty.length > 0)
    dataset.notes!.push(
      `${empty.length} of ${known.length} classes have no clip here and are left out: ${shortList(empty)}`,
    );
  const several = dataset.clips.filter(({ annotated }) => annotated!.labels.length > 1);
  if (several.length > 0)
    dataset.notes!.push(
      `${several.length} clips have several classes: all of them are learnt, and count in mAP`,
    );
  if (dataset.classes.length >= minimum) return;
  const only = `only ${dataset.classes.map((label) => `"${label}"`).join(', ')}`;
  throw inputError(dataset.folder, `at least ${minimum} classes`, only);
}

/** The same bytes twice: left out within a class and side, a fault in two classes, a leak on two sides. */
async function checkContent(
  dataset: Dataset,
  { hasSides, leaks, strict }: { hasSides: boolean; leaks: 'error' | 'note'; strict: boolean },
): Promise<void> {
  const content = new Map<ClipEntry, string>();
  const twins = new Set<ClipEntry>();
  for (const same of await equalClips(dataset.clips)) {
    for (const clip of same) content.set(clip, same[0]!.name);
    const [first, ...others] = same;
    for (const other of others) {
      if (other.subset !== first!.subset) continue; // a leak, told below
      if (strict || (other.label !== first!.label && leaks === 'error')) throw twinError(first!, other);
      if (other.label !== first!.label)
        dataset.notes!.push(`${other.name} is ${first!.name} in another class`);
      else {
        twins.add(other);
        dataset.leftOut.push({ path: other.path, reason: `the same clip as ${first!.name}` });
      }
    }
  }
  dataset.clips = dataset.clips.filter((clip) => !twins.has(clip));
  const { train, test } = sidesOf(dataset);
  if (!hasSides || train.length === 0 || test.length === 0) return;
  const items = dataset.clips.map((clip) => ({
    ...clip,
    ...(content.has(clip) && { content: content.get(clip)! }),
  }));
  try {
    withoutLeaks(officialSplit(items, 'of the list'));
  } catch (error) {
    if (!(error instanceof WhereWhenError) || leaks === 'error') throw error;
    dataset.notes!.push(error.message);
  }
}

/** The files below `folder` that are the named videos, by those names. Throws as {@link datasetOf}. */
export async function videoFiles(folder: string, names: Iterable<string>): Promise<Map<string, string>> {
  const index = await ClipIndex.of(folder);
  const wanted = [...new Set(names)];
  const found = new Map(
    wanted.flatMap((name) => {
      const path = index.find(name);
      return path === undefined ? [] : [[name, path] as const];
    }),
  );
  if (found.size === 0) {
    const near = wanted.length > 0 ? index.nearest(wanted[0]!) : [];
    const hint = near.length > 0 ? `the nearest names are ${near.join(', ')}` : undefined;
    throw noMatch(folder, wanted[0], index.example, hint);
  }
  return found;
}

/** What a list said beside its clips, and which of its clips are not here. */
export function notesOf({ folder, missing = [], notes = [], clips }: Dataset): string[] {
  const all = missing.length + clips.length;
  const gone = `${missing.length} of ${all} listed clips are not in ${folder}: ${shortList(missing)}`;
  return [...notes, ...(missing.length > 0 ? [gone] : [])];
}

/** The first names of a long list, and how many more there are. */
export function shortList(names: readonly string[], most = 5): string {
  const more = names.length > most ? ` and ${names.length - most} more` : '';
  return `${names.slice(0, most).join(', ')}${more}`;
}

/** The `input` error of a folder that holds none of the clips that are asked for. */
export function noMatch(
  folder: string,
  wanted: string | undefined,
  seen: string | undefined,
  hint?: string,
): WhereWhenError {
  return inputError(
    folder,
    `clips that the annotations name, as "${wanted ?? 'none'}"`,
    seen === undefined ? 'no clip at all' : `only others, as "${seen}"`,
    hint,
  );
}
