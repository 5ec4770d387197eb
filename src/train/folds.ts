// Leave one group out: one training a group, on all others, and its answers on the group that it never saw. Epochs are
// chosen on a validation side of the others, never on the group that is left out.
import { join } from 'node:path';
import { leaveOneGroupOut, listDataset } from '../data/index.js';
import type { LeftOutScore } from './leftOut.js';
import type { TrainSummary } from './run.js';
import { train, type TrainOptions } from './trainer.js';

/** One fold: the group that was left out, the run, and what it reached on the group. */
export interface FoldResult {
  group: string;
  summary: TrainSummary;
  score: LeftOutScore;
}

/** All folds, and their sums over all clips. */
export interface FoldsSummary {
  status: TrainSummary['status'];
  folds: FoldResult[];
  /** Over the clips of all folds. */
  total: { clips: number; accuracy: number; meanAccuracy?: number; seconds: number };
}

/** What {@link trainFolds} adds to the options of a training. */
export interface FoldsOptions extends TrainOptions {
  onFold?: (fold: { group: string; index: number; total: number }) => void;
}

/**
 * Trains once for each group of the data set, into `OUT/without-GROUP`; all folds share one store. With `resume`, folds
 * that are done are only scored again. Throws what `train` throws, and `input` for fewer than two groups.
 */
export async function trainFolds(options: FoldsOptions): Promise<FoldsSummary> {
  const { data, out, group: expression, strict, cache = join(out, 'cache'), onFold } = options;
  const { clips } = await listDataset(data, { group: expression, strict, minimumClasses: 2 });
  const groups = leaveOneGroupOut(clips).map(({ test }) => test[0]!.group);
  const folds: FoldResult[] = [];
  for (const [index, group] of groups.entries()) {
    onFold?.({ group, index, total: groups.length });
    const place = join(out, `without-${group.replaceAll(/[^\w.-]/g, '_')}`);
    const summary = await train({ ...options, out: place, cache, leaveOut: group });
    if (!summary.leftOut) return { status: 'interrupted', folds, total: totalOf(folds) };
    folds.push({ group, summary, score: summary.leftOut });
  }
  return { status: 'done', folds, total: totalOf(folds) };
}

function totalOf(folds: readonly FoldResult[]): FoldsSummary['total'] {
  const clips = folds.reduce((sum, { score }) => sum + score.clips, 0);
  const share = (of: (score: LeftOutScore) => number): number =>
    folds.reduce((sum, { score }) => sum + of(score) * score.clips, 0) / Math.max(1, clips);
  const hasMean = folds.length > 0 && folds.every(({ score }) => score.meanAccuracy !== undefined);
  return {
    clips,
    accuracy: share(({ accuracy }) => accuracy),
    ...(hasMean && { meanAccuracy: share(({ meanAccuracy }) => meanAccuracy!) }),
    seconds: folds.reduce((sum, { summary }) => sum + summary.seconds, 0),
  };
}
