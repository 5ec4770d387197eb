// All heads on the same stored features, each trained once a group that is left out and once a seed
// (`--data DIR --backbone onnx:FILE#features_14+features --preprocessing caffe --out DIR --group REGEX`). What stands in
// DIR is not trained again: the same command goes on, and with everything done it prints the table of docs/accuracy.md.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseBackboneSpec } from '../src/backbone/index.js';
import { meanAndDeviation } from '../src/evaluate/index.js';
import { formNames, type FormName } from '../src/model/index.js';
import {
  attentionPreset,
  readLog,
  trainFolds,
  type FoldsSummary,
  type LogRow,
  type RecipeInput,
} from '../src/train/index.js';
import { median } from './figures.js';
import type { Benchmark } from './run.js';

/**
 * For each head: accuracy over all left-out clips, its mean and deviation over the seeds, that of the mean pool kept
 * beside it, parameters, and seconds an epoch (median, validation and writing included).
 */
export const benchmark: Benchmark = async (args) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: 'string' },
      backbone: { type: 'string' },
      preprocessing: { type: 'string', default: 'caffe' },
      out: { type: 'string' },
      cache: { type: 'string' },
      group: { type: 'string', default: '^([^_]+)_' },
      attention: { type: 'string', default: formNames.join() },
      seeds: { type: 'string', default: '3' },
      epochs: { type: 'string' },
      threads: { type: 'string' },
    },
  });
  const { data, out, cache, epochs, threads } = values;
  if (!data || !out || !values.backbone) throw new Error('heads: --data, --backbone and --out are needed');
  const backbone = { ...parseBackboneSpec(values.backbone), preprocessing: values.preprocessing };
  const figures: Record<string, number> = {};
  for (const head of values.attention.split(',') as FormName[]) {
    const runs: HeadRun[] = [];
    for (let seed = 0; seed < Number(values.seeds); seed++) {
      const attention = attentionPreset(head, { onFeatures: true });
      const recipe: RecipeInput = { backbone, attention, seed, ...(epochs && { epochs: Number(epochs) }) };
      const place = join(out, `${head}-seed${seed}`);
      const summary = await trainFolds({
        ...{ data, out: place, cache: cache ?? join(out, 'features'), recipe, resume: true },
        group: new RegExp(values.group),
        threads: threads ? Number(threads) : undefined,
      });
      runs.push(await headRun(summary));
      console.error(`${head} seed ${seed}: ${JSON.stringify(runs.at(-1))}`);
    }
    Object.assign(figures, figuresOf(head, runs));
  }
  return figures;
};

interface HeadRun {
  correct: number;
  meanCorrect: number;
  clips: number;
  parameters: number;
  secondsAnEpoch: number;
  secondsAFold: number;
}

async function headRun({ folds, total }: FoldsSummary): Promise<HeadRun> {
  const logs = await Promise.all(folds.map(({ summary }) => readLog(summary.folder)));
  return {
    correct: Math.round(total.accuracy * total.clips),
    meanCorrect: Math.round((total.meanAccuracy ?? 0) * total.clips),
    clips: total.clips,
    parameters: folds[0]!.summary.parameters,
    secondsAnEpoch: median(logs.flatMap(epochSeconds)),
    secondsAFold: total.seconds / folds.length,
  };
}

/** What each epoch took that follows another one of the same part of its run. */
function epochSeconds(rows: readonly LogRow[]): number[] {
  return rows.flatMap(({ seconds, isRefit }, i) => {
    const before = rows[i - 1];
    return before && before.isRefit === isRefit ? [seconds - before.seconds] : [];
  });
}

function figuresOf(head: string, runs: readonly HeadRun[]): Record<string, number> {
  const { mean, deviation } = meanAndDeviation(runs.map(({ correct, clips }) => correct / clips));
  const [first] = runs;
  return {
    [`${head} accuracy`]: mean,
    ...(deviation !== null && { [`${head} deviation`]: deviation }),
    [`${head} mean pool`]: meanAndDeviation(runs.map((run) => run.meanCorrect / run.clips)).mean,
    [`${head} parameters`]: first!.parameters,
    [`${head} seconds an epoch`]: median(runs.map(({ secondsAnEpoch }) => secondsAnEpoch)),
    [`${head} seconds a fold`]: median(runs.map(({ secondsAFold }) => secondsAFold)),
  };
}
