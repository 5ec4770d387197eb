// Several trainings over one data set, each without some groups, and its answers on those that it never saw: one group
// after another, or k folds of whole groups. Epochs are chosen on a validation side of the others, never on what is left out.
import { join } from 'node:path';
import { inHeldFolder } from '../lock.js';
import { kFolds, leaveOneGroupOut, openDataset } from '../dataset/index.js';
import { writeAtomically } from '../atomicFile.js';
import { meanAndDeviation } from '../metrics/bootstrap.js';
import {
  type LeftOutScore,
  parseRecipe,
  type TrainSummary,
  train,
  type TrainOptions,
} from '../train/index.js';

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
  const places = await placesOf(options);
  const folds: FoldResult[] = [];
  for (const [index, { name, groups }] of places.entries()) {
    const stem = typeof options.folds === 'number' ? name : `without-${name}`;
    const place = join(out, stem.replaceAll(/[^\w.-]/g, typeof options.folds === 'number' ? '-' : '_'));
    onFold?.({ group: name, index, total: places.length, folder: place });
    const summary = await train({ ...options, out: place, cache, leaveOut: groups });
    if (!summary.leftOut) return { status: 'interrupted', folds, total: totalOf(folds) };
    folds.push({ group: name, summary, score: summary.leftOut });
  }
  const all: FoldsSummary = { status: 'done', folds, total: totalOf(folds) };
  await writeAtomically(join(out, foldsFile), `${JSON.stringify(all, null, 2)}\n`);
  return all;
}

/** What each fold leaves out. */
async function placesOf(options: FoldsOptions): Promise<{ name: string; groups: string[] }[]> {
  const { data, group, strict, annotations, folds = 'group', isStratified, recipe } = options;
  const { clips } = await openDataset(data, { group, strict, annotations, minimumClasses: 2 });
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
