// `ucf101` and `hmdb51`: top-1 on the official splits, and its mean over the three.
import { officialSplit, withoutLeaks } from '../../dataset/splits.js';
import { readerOf, type AnnotatedClip } from '../../dataset/index.js';
import { splitsReport, type SplitScore, type SplitsReport } from '../reports/splitsReport.js';
import { scoreModel } from '../scoreModel.js';
import { factsOf, type ProtocolFacts } from './facts.js';
import type { Protocol } from './protocol.js';
import { testClips, withModel, type ProtocolRun } from './run.js';

const SPLITS = [1, 2, 3];
const measures = 'top-1, mean over the three official splits';

/** UCF101. */
export const ucf101 = ofSplits(factsOf('ucf101', measures, { splits: 3, published: [86.02] }));
/** HMDB51. */
export const hmdb51 = ofSplits(factsOf('hmdb51', measures, { splits: 3, published: [49.93] }));

function ofSplits(facts: ProtocolFacts): Protocol {
  return { ...facts, run: (run) => splits(run, facts) };
}

/** Every split that there is a model for; without a model the sizes and the image-blind baseline. */
async function splits(run: ProtocolRun, protocol: ProtocolFacts): Promise<SplitsReport> {
  const numbers = run.split === undefined && isForEverySplit(run) ? SPLITS : [run.split ?? 1];
  const scores: SplitScore[] = [];
  let classes = 0;
  for (const split of numbers) {
    const read = await readerOf(protocol.name).read(run.annotations, { split });
    read.notes.forEach((note) => run.onNote?.(note));
    classes = read.classes.length;
    const items = read.clips.map((clip) => ({ ...clip, name: clip.clip, label: clip.labels[0]! }));
    const { train, test } = withoutLeaks(officialSplit(items, `${protocol.name} split ${split}`));
    const labels = {
      trainLabels: train.map(({ label }) => label),
      testLabels: test.map(({ label }) => label),
    };
    scores.push({
      split,
      ...labels,
      reached: run.model === undefined ? undefined : await topOne(run, split, test),
    });
  }
  return splitsReport(protocol, classes, scores);
}

/** One model cannot stand for three splits: what trains in one is tested in another. */
function isForEverySplit({ model }: ProtocolRun): boolean {
  return model === undefined || model.includes('{split}');
}

async function topOne(
  run: ProtocolRun,
  split: number,
  test: readonly AnnotatedClip[],
): Promise<SplitScore['reached']> {
  const model = run.model!.replaceAll('{split}', String(split));
  const dataset = await testClips(run, test);
  return withModel({ ...run, model }, async (predictor) => {
    const { report } = await scoreModel(predictor, dataset, run);
    const { value, interval } = report.what.figures.top1;
    return { clips: report.clips, top1: value, interval };
  });
}
