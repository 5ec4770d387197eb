// Several trainings over one data set, each without some groups, and its answers on those that it never saw: one group
// after another, or k folds of whole groups. Epochs are chosen on a validation side of the others, never on what is left out.
import { join } from 'node:path';
import { inHeldFolder } from '../lock.js';
import { kFolds, leaveOneGroupOut, openDataset, type GroupRule } from '../dataset/index.js';
import { writeAtomically } from '../atomicFile.js';
import { meanAndDeviation } from '../metrics/bootstrap.js';
import {
  type LeftOutScore,
  parseRecipe,
  type TrainSummary,
  train,
  type TrainOptions,
} from '../train/index.js';
import { findGroups } from '../train/trainer.js';

/** One fold: what was left out, the run, and what it reached there. */
export interface FoldResult {
  /** The group that was left out, or `fold 1 of 5`. */
  group: string;
  summary: TrainSummary;
  score: LeftOutScore;
}

/** All folds, and their sums over all clips. */
export interface FoldsSummary {
  status: TrainSummary['status'];
  folds: FoldResult[];
  /** Over the clips of all folds; `deviation` of the accuracy over the folds (n - 1). */
  total: {
    clips: number;
    accuracy: number;
    deviation: number | null;
    meanAccuracy?: number;
    seconds: number;
  };
}

/** How clips are divided: `group`, one group after another, or so many folds. */
export type FoldRule = 'group' | number;

/** What {@link trainFolds} adds to the options of a training. */
export interface FoldsOptions extends TrainOptions {
  folds?: FoldRule;
  /** k folds: every class in its share in every fold, as far as whole groups allow. */
  isStratified?: boolean;
  onFold?: (fold: { group: string; index: number; total: number; folder: string }) => void;
}

/** Where the sums of all folds lie. */
export const foldsFile = 'folds.json';

/**
 * Trains once a fold, into `OUT/without-GROUP` or `OUT/fold-1-of-5`; all folds share one store, and `OUT/folds.json` sums
 * them up. With `resume`, folds that are done are only scored again. Throws what `train` throws, and `input` for fewer
 * than two groups or more folds than groups.
 */
export function trainFolds(options: FoldsOptions): Promise<FoldsSummary> {
  return inHeldFolder(options.out, () => foldsHeld(options));
}

async function foldsHeld(options: FoldsOptions): Promise<FoldsSummary> {
  const { out, cache = join(out, 'cache'), onFold } = options;
  const group = await groupsOf({ ...options, cache });
  if (!group) return { status: 'interrupted', folds: [], total: totalOf([]) };
  const places = await placesOf({ ...options, group });
  const folds: FoldResult[] = [];
  for (const [index, fold] of places.entries()) {
    const folder = folderOf(out, fold, options.folds);
    onFold?.({ group: fold.name, index, total: places.length, folder });
    const result = await trainFold(fold, { ...options, group, out: folder, cache });
    if (!result) return { status: 'interrupted', folds, total: totalOf(folds) };
    folds.push(result);
  }
  return sumUp(out, folds);
}

/** Where the training of a fold lies. */
export function folderOf(out: string, { name }: NamedFold, rule: FoldRule = 'group'): string {
  const isCounted = typeof rule === 'number';
  const stem = isCounted ? name : `without-${name}`;
  return join(out, stem.replaceAll(/[^\w.-]/g, isCounted ? '-' : '_'));
}

/** Trains without the groups of a fold and scores on them; undefined where the signal came first. */
export async function trainFold(
  { name, groups }: NamedFold,
  options: TrainOptions,
): Promise<FoldResult | undefined> {
  const summary = await train({ ...options, leaveOut: groups });
  return summary.leftOut && { group: name, summary, score: summary.leftOut };
}

/** Sums all folds up in `OUT/folds.json`. */
export async function sumUp(out: string, folds: FoldResult[]): Promise<FoldsSummary> {
  const all: FoldsSummary = { status: 'done', folds, total: totalOf(folds) };
  await writeAtomically(join(out, foldsFile), `${JSON.stringify(all, null, 2)}\n`);
  return all;
}

/** One fold: its name, and the groups that it leaves out. */
export interface NamedFold {
  name: string;
  groups: string[];
}

/** The groups that are given, or that names or likeness tell; undefined where the signal came before they were known. */
export async function groupsOf(options: FoldsOptions): Promise<GroupRule | undefined> {
  if (options.group) return options.group;
  try {
    return (await findGroups(options)).groups;
  } catch (error) {
    if (options.signal?.aborted && error === options.signal.reason) return undefined;
    throw error;
  }
}

/** What each fold leaves out. */
export async function placesOf(options: FoldsOptions & { group: GroupRule }): Promise<NamedFold[]> {
  const { data, group, strict, annotations, folds = 'group', isStratified, recipe } = options;
  const { clips } =
    options.dataset ?? (await openDataset(data, { group, strict, annotations, minimumClasses: 2 }));
  if (folds === 'group')
    return leaveOneGroupOut(clips).map(({ test }) => ({ name: test[0]!.group, groups: [test[0]!.group] }));
  const { seed } = parseRecipe(recipe);
  return kFolds(clips, { folds, seed, isStratified }).map(({ name, test }) => ({
    name,
    groups: [...new Set(test.map((clip) => clip.group))],
  }));
}

function totalOf(folds: readonly FoldResult[]): FoldsSummary['total'] {
  const clips = folds.reduce((sum, { score }) => sum + score.clips, 0);
  const share = (of: (score: LeftOutScore) => number): number =>
    folds.reduce((sum, { score }) => sum + of(score) * score.clips, 0) / Math.max(1, clips);
  const hasMean = folds.length > 0 && folds.every(({ score }) => score.meanAccuracy !== undefined);
  return {
    clips,
    accuracy: share(({ accuracy }) => accuracy),
    deviation: meanAndDeviation(folds.map(({ score }) => score.accuracy)).deviation,
    ...(hasMean && { meanAccuracy: share(({ meanAccuracy }) => meanAccuracy!) }),
    seconds: folds.reduce((sum, { summary }) => sum + summary.seconds, 0),
  };
}
