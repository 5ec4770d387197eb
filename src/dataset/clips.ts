// A data set as people keep it: a folder of class folders, in each class folder video files or
// folders of frames. Listed in one order everywhere, and checked before any work starts.
import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { inputError, missingError, usageError, WhereWhenError } from '../errors.js';
import type { ClipClasses } from './clipClasses.js';
import { clipBytes, contentHash, framesOfFolder } from './contentHash.js';
import { isLitter, VIDEO_ENDINGS } from '../video/mediaNames.js';
import type { AnnotatedClip, Subset } from './formats/form.js';

/** UCF101 names its source videos: `v_BenchPress_g01_c03.avi` is clip 3 of group 1. */
const UCF101_GROUP = /_(g\d+)_c\d+/i;

/** One clip of a data set. */
export interface ClipEntry extends ClipClasses {
  /** Path to open: a video file or a folder of frames. */
  path: string;
  /** `class/file`, with forward slashes on every system: how logs and truth files name the clip. */
  name: string;
  label: string;
  /** Clips of one group (one source video, one person) are never split between training and validation. */
  group: string;
  /** The side that a list puts it on. */
  subset?: Subset;
  /** What a list or annotation says of it; its first label is `label`. */
  annotated?: AnnotatedClip;
}

/** A listed data set, classes and clips sorted by name. */
export interface Dataset {
  folder: string;
  classes: string[];
  clips: ClipEntry[];
  /** Files that are no clips, and clips that stand twice in their class, each with the reason. */
  leftOut: { path: string; reason: string }[];
  /** Clips that a list names and that are not in the folder. */
  missing?: string[];
  /** What a reader of the list or annotation joined, left out or noticed. */
  notes?: string[];
}

/**
 * Takes the group from a clip's file name, by the first bracket of an expression or all that it matches; or says it of every
 * clip by its name, `class/file` with or without the file's ending.
 */
export type GroupRule = RegExp | ReadonlyMap<string, string>;

/** How a data set is read. */
export interface DatasetOptions {
  group?: GroupRule;
  /** Least number of classes; 2 to train. */
  minimumClasses?: number;
  /** A clip that stands twice in its class is an error instead of being left out. */
  strict?: boolean;
}

/**
 * Lists the class folders of `folder` and their clips.
 * Throws `missing` for a folder that is not there, `input` for no clips, an empty class folder, too few
 * classes, and the same clip (by content) in two classes; `usage` for a `group` that a name does not match.
 */
export async function listDataset(folder: string, options: DatasetOptions = {}): Promise<Dataset> {
  const { classes, strays, litter } = await classFolders(folder);
  const leftOut = [
    ...strays.map((path) => ({ path, reason: 'a clip outside the class folders' })),
    ...litter.map((path) => ({ path, reason: 'left there by a system, no class' })),
  ];
  const dataset: Dataset = { folder, classes, clips: [], leftOut };
  const empty: string[] = [];
  for (const [classIndex, label] of classes.entries()) {
    const { paths, others } = await clipsOfClass(join(folder, label));
    for (const path of others) dataset.leftOut.push({ path, reason: 'not a clip' });
    if (paths.length === 0) empty.push(label);
    for (const path of paths) dataset.clips.push(entryOf(path, label, classIndex, options.group));
  }
  checkCounts(dataset, empty, options.minimumClasses ?? 1);
  await checkDuplicates(dataset, options.strict ?? false);
  return dataset;
}

/** Is this path a clip by its looks: a video file's ending, or a folder with pictures in it? */
export async function isClipPath(path: string, isDirectory: boolean): Promise<boolean> {
  if (!isDirectory) return VIDEO_ENDINGS.includes(extname(path).toLowerCase());
  return (await framesOfFolder(path)).length > 0;
}

/** The class folders, and the clips that lie beside them and so have no class. */
async function classFolders(
  folder: string,
): Promise<{ classes: string[]; strays: string[]; litter: string[] }> {
  let entries;
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    const isFile = (cause as NodeJS.ErrnoException).code === 'ENOTDIR';
    throw missingError(
      folder,
      'a folder of class folders',
      isFile ? 'a file' : 'nothing there',
      'DATA holds one folder a class, named as the class, with its clips inside',
      cause,
    );
  }
  const [classes, strays, litter]: [string[], string[], string[]] = [[], [], []];
  for (const { name } of entries.sort((a, b) => byCodeUnits(a.name, b.name))) {
    if (name.startsWith('.')) continue;
    const path = join(folder, name);
    const isDirectory = await isFolder(path);
    if (isDirectory) (isLitter(name) ? litter : classes).push(isLitter(name) ? path : name);
    else if (await isClipPath(path, false)) strays.push(path);
  }
  return { classes, strays, litter };
}

async function clipsOfClass(folder: string): Promise<{ paths: string[]; others: string[] }> {
  const paths: string[] = [];
  const others: string[] = [];
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw closedFolder(folder, cause);
  });
  for (const entry of entries.sort((a, b) => byCodeUnits(a.name, b.name))) {
    if (isLitter(entry.name)) continue;
    const path = join(folder, entry.name);
    const isDirectory = entry.isDirectory() || (entry.isSymbolicLink() && (await isFolder(path)));
    ((await isClipPath(path, isDirectory)) ? paths : others).push(path);
  }
  return { paths, others };
}

function entryOf(path: string, label: string, classIndex: number, group?: GroupRule): ClipEntry {
  const file = basename(path);
  const name = `${label}/${file}`;
  return { path, name, label, classIndex, group: groupOf(file, name, { group }) };
}

/** The group of a file name: by `--group`, else as a list tells it, else by UCF101's `gNN`, else the clip stands alone. */
export function groupOf(
  file: string,
  name: string,
  { group, given }: { group?: GroupRule; given?: string } = {},
): string {
  if (!group && given !== undefined) return given;
  if (group && !(group instanceof RegExp)) return groupIn(group, name);
  const found = (group ?? UCF101_GROUP).exec(file);
  if (found) return found[1] ?? found[0];
  if (!group) return name;
  throw usageError(
    '--group',
    `an expression that matches every file name (${String(group)})`,
    name,
    'without --group each clip is its own group',
  );
}

function groupIn(groups: ReadonlyMap<string, string>, name: string): string {
  const found = groups.get(name) ?? groups.get(name.slice(0, name.length - extname(name).length));
  if (found !== undefined) return found;
  const expected = 'a group for every clip';
  throw inputError('--groups', expected, `none for ${name}`);
}

function checkCounts({ folder, classes, clips }: Dataset, empty: string[], minimum: number): void {
  const layout = 'DATA holds one folder a class, named as the class, with its clips inside';
  const fail = (path: string, expected: string, received: string, hint: string): never => {
    throw inputError(path, expected, received, hint);
  };
  if (clips.length === 0) fail(folder, 'clips in class folders', 'none', layout);
  if (empty.length > 0) {
    const names = empty.map((label) => join(folder, label));
    fail(names[0]!, 'at least one clip in every class folder', 'an empty class', emptyHint(names));
  }
  if (classes.length < minimum) {
    const only = `only ${classes.map((label) => `"${label}"`).join(', ')}`;
    fail(folder, `at least ${minimum} classes`, only, layout);
  }
}

function emptyHint(names: string[]): string {
  const more = names.length > 1 ? `empty too: ${names.slice(1).join(', ')}; ` : '';
  return `${more}put clips in or remove the folder`;
}

async function checkDuplicates(dataset: Dataset, strict: boolean): Promise<void> {
  const twins = new Set<ClipEntry>();
  for (const [first, ...others] of await equalClips(dataset.clips)) {
    for (const other of others) {
      if (strict || other.label !== first!.label) throw twinError(first!, other);
      twins.add(other);
      dataset.leftOut.push({ path: other.path, reason: `the same clip as ${first!.name}` });
    }
  }
  dataset.clips = dataset.clips.filter((clip) => !twins.has(clip));
}

/**
 * Clips of equal content, each group in the order of `clips`. Only clips of equal size are hashed, so a data set without
 * twins costs one `stat` a clip. What cannot be read has no twin; whoever reads the clips says so, clip by clip.
 */
export async function equalClips(clips: readonly ClipEntry[]): Promise<ClipEntry[][]> {
  const sizeOf = ({ path }: ClipEntry): Promise<number | string> => clipBytes(path).catch(() => path);
  const hashOf = ({ path }: ClipEntry): Promise<string> => contentHash(path).catch(() => path);
  const found: ClipEntry[][] = [];
  for (const sameSize of (await groupBy(clips, sizeOf)).values()) {
    if (sameSize.length < 2) continue;
    for (const same of (await groupBy(sameSize, hashOf)).values()) if (same.length > 1) found.push(same);
  }
  return found;
}

/** The `input` error of one clip under two names. */
export function twinError(first: ClipEntry, other: ClipEntry): WhereWhenError {
  const isSameClass = first.label === other.label;
  return inputError(
    other.path,
    isSameClass ? 'every clip once' : 'every clip in one class',
    `the same content as ${first.path}`,
    isSameClass ? 'remove one of the two' : `remove it from "${first.label}" or from "${other.label}"`,
  );
}

async function groupBy<T, K>(items: readonly T[], key: (item: T) => Promise<K>): Promise<Map<K, T[]>> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const k = await key(item);
    const group = groups.get(k);
    if (group) group.push(item);
    else groups.set(k, [item]);
  }
  return groups;
}

/** Whether a folder lies there, or a link to one; a link to nowhere is none. */
async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (facts) => facts.isDirectory(),
    () => false,
  );
}

/** A folder that cannot be read is no empty one. */
function closedFolder(path: string, cause: unknown): WhereWhenError {
  const received = (cause as NodeJS.ErrnoException).code ?? String(cause);
  const hint = 'change its permissions, or move it out of DATA';
  return inputError(path, 'a class folder that can be read', received, hint, cause);
}

/** Order by code units, not by locale: the same list on every machine. */
function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
