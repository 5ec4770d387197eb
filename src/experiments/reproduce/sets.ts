// Each data set as a reproduction takes it: what a training learns from, what its model is scored on, and by which rules.
import { join } from 'node:path';
import { datasetOf, testSideOf } from '../../dataset/annotated.js';
import {
  kFolds,
  leaveOneGroupOut,
  listDataset,
  openDataset,
  readAnnotations,
  type AnnotationSource,
  type Dataset,
} from '../../dataset/index.js';
import { readTemporalTruth } from '../../evaluate/protocols/temporalTruth.js';
import type { TrainOptions } from '../../train/index.js';
import { cutInstances, type CutSet } from './cutClips.js';
import type { ReproductionPlan } from './plan.js';
import { scoreBoxes, scoreClasses, scoreCuts, type ScoredPart, type ScoringOptions } from './score.js';

/** What a run needs of its set. */
export interface ReproductionTask {
  /** What `train` is told of the data. */
  training: Pick<TrainOptions, 'data' | 'annotations' | 'leaks' | 'leaveOut' | 'group'>;
  /** Scores the model in a folder on what it never saw. */
  score: (folder: string, options: ScoringOptions) => Promise<ScoredPart>;
  notes: string[];
  /** Clips or videos of the lists that are not at hand. */
  missing: string[];
}

/** Who follows the preparation of a set. */
export type Follower = Pick<ScoringOptions, 'signal' | 'onProgress' | 'onBroken'>;

/** The tasks of a plan by split (or fold) number. `out` takes what a set has to prepare. */
export async function tasksOf(
  plan: ReproductionPlan,
  out: string,
  follower: Follower,
): Promise<Map<number, ReproductionTask>> {
  if (plan.name === 'folders') return foldTasks(plan);
  if (plan.name === 'thumos14') return new Map([[1, await thumosTask(plan, out, follower)]]);
  const tasks = new Map<number, ReproductionTask>();
  for (const split of plan.splits) tasks.set(split, await listedTask(plan, split));
  return tasks;
}

async function listedTask(
  { name, data, annotations }: ReproductionPlan,
  split: number,
): Promise<ReproductionTask> {
  const source = { path: annotationPath(name, annotations!), format: name, split };
  const all = await datasetOf(data, await readAnnotations(source), { leaks: 'note', isToLearn: true });
  const test = testSideOf(all);
  return {
    training: { data, annotations: source, leaks: 'note' },
    score: (folder, options) =>
      name === 'ucf101-24'
        ? scoreBoxes(folder, test, options)
        : scoreClasses(folder, test, { ...options, topFive: name === 'moments' }),
    notes: [...(all.notes ?? [])],
    missing: all.missing ?? [],
  };
}

/** UCF101-24 ships a folder; its reader takes the file in it. */
function annotationPath(name: ReproductionPlan['name'], path: string): string {
  return name === 'ucf101-24' && !path.endsWith('.mat') ? join(path, 'finalAnnots.mat') : path;
}

async function foldTasks({
  data,
  folds,
  group: text,
  seeds,
}: ReproductionPlan): Promise<Map<number, ReproductionTask>> {
  const group = text === null ? undefined : expressionOf(text);
  const dataset = await listDataset(data, { group, minimumClasses: 2 });
  // One division for all seeds: what differs between them is the training alone.
  const divided =
    folds === 'group'
      ? leaveOneGroupOut(dataset.clips)
      : kFolds(dataset.clips, { folds: folds!, seed: seeds[0]! });
  return new Map(
    divided.map(({ test: clips }, i) => {
      const test: Dataset = { ...dataset, clips };
      const task: ReproductionTask = {
        training: { data, group, leaveOut: [...new Set(clips.map((clip) => clip.group))] },
        score: (folder, options) => scoreClasses(folder, test, options),
        notes: dataset.leftOut.map(({ path, reason }) => `left out: ${path} (${reason})`),
        missing: [],
      };
      return [i + 1, task];
    }),
  );
}

async function thumosTask(
  { data, annotations }: ReproductionPlan,
  out: string,
  follower: Follower,
): Promise<ReproductionTask> {
  const read = (subset: 'validation' | 'test') =>
    readTemporalTruth(annotations!, { protocol: 'thumos14', subset });
  const [learnt, scored] = [await read('validation'), await read('test')];
  const cut = join(out, 'cut');
  const training = await cutInstances({
    data,
    segments: learnt.segments,
    out: join(cut, 'train'),
    ...follower,
  });
  const tested = await cutInstances({ data, segments: scored.segments, out: join(cut, 'test'), ...follower });
  // Some instances are of two classes (CliffDiving is Diving too): lists may name the same pictures in both.
  const test = await openDataset(join(cut, 'test'), { annotations: listOf(tested), leaks: 'note' });
  return {
    training: { data: join(cut, 'train'), annotations: listOf(training), leaks: 'note' },
    score: (folder, options) => scoreCuts(folder, { data, truth: scored.segments, test }, options),
    notes: [
      `${training.clips} training clips and ${tested.clips} test clips cut around true instances`,
      ...scored.notes,
    ],
    missing: [...training.missing, ...tested.missing],
  };
}

function listOf({ list }: CutSet): AnnotationSource {
  return { path: list, format: 'csv' };
}

/** `/body/flags` as it is kept in a plan. */
function expressionOf(text: string): RegExp {
  const [, body, flags] = /^\/(.*)\/([a-z]*)$/s.exec(text)!;
  return new RegExp(body!, flags);
}
