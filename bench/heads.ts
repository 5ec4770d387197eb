// All heads on the same stored features, each trained once a fold and once a seed: one group after another left out by `--group
// REGEX`, or five folds of whole groups that a file names, `--groups FILE` (JSON: a clip's name to its group, or to an object with
// `group` or `source`). What stands in `--out DIR` is not trained again: the same command goes on, and with everything done
// it prints the table of docs/accuracy.md. `--pairs sit/stand,walk/run`: clips of two classes that are named rightly between them.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseBackboneSpec } from '../src/backbone/index.js';
import { bootstrapInterval } from '../src/metrics/index.js';
import { meanAndDeviation } from '../src/metrics/bootstrap.js';
import { formNames, type FormName, formSizes } from '../src/model/index.js';
import { Random } from '../src/random.js';
import { readLog, type LeftOutAnswer, type LogRow, type RecipeInput } from '../src/train/index.js';
import { trainFolds, type FoldsSummary } from '../src/experiments/index.js';
import { median } from './figures.js';
import type { Benchmark } from './benchmark.js';
import { readGroups } from './groups.js';

/**
 * For each head: accuracy over all left-out clips, its mean and deviation over the seeds, that of the mean pool kept
 * beside it and the difference with its interval over groups, parameters, and seconds an epoch (median, validation and
 * writing included).
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
      groups: { type: 'string' },
      folds: { type: 'string', default: '5' },
      pairs: { type: 'string' },
      settings: { type: 'string', default: '{}' },
      attention: { type: 'string', default: formNames.join() },
      seeds: { type: 'string', default: '3' },
      epochs: { type: 'string' },
      threads: { type: 'string' },
    },
  });
  const { data, out, cache, epochs, threads } = values;
  if (!data || !out || !values.backbone) throw new Error('heads: --data, --backbone and --out are needed');
  const backbone = { ...parseBackboneSpec(values.backbone), preprocessing: values.preprocessing };
  const groups = values.groups === undefined ? undefined : await readGroups(values.groups);
  const more = JSON.parse(values.settings) as RecipeInput;
  const rule = { sampling: 'uniform' } as const; // as the figures of docs/accuracy.md were taken; `--settings` changes it
  const figures: Record<string, number> = {};
  for (const name of values.attention.split(',')) {
    const runs: HeadRun[] = [];
    for (let seed = 0; seed < Number(values.seeds); seed++) {
      const attention = { ...formSizes(name as FormName, { onFeatures: true }), ...more.attention };
      const recipe = {
        ...rule,
        ...more,
        backbone,
        attention,
        seed,
        ...(epochs && { epochs: Number(epochs) }),
      };
      const summary = await trainFolds({
        ...{ data, out: join(out, `${name}-seed${seed}`), cache: cache ?? join(out, 'features') },
        ...{ recipe: recipe as RecipeInput, resume: true, group: groups ?? new RegExp(values.group) },
        ...(groups && { folds: Number(values.folds), isStratified: true }),
        threads: threads ? Number(threads) : undefined,
      });
      runs.push(await headRun(summary, values.pairs?.split(',') ?? []));
      console.error(`${name} seed ${seed}: ${JSON.stringify({ ...runs.at(-1), answers: undefined })}`);
    }
    Object.assign(figures, figuresOf(name, runs));
  }
  return figures;
};

interface HeadRun {
  answers: LeftOutAnswer[];
  /** Of each pair of classes the share that is named rightly between the two: by the head, and by the mean pool. */
  pairs: Record<string, [head: number, meanPool: number]>;
  correct: number;
  meanCorrect: number;
  clips: number;
  parameters: number;
  secondsAnEpoch: number;
  secondsAFold: number;
}

async function headRun({ folds, total }: FoldsSummary, pairs: readonly string[]): Promise<HeadRun> {
  const logs = await Promise.all(folds.map(({ summary }) => readLog(summary.folder)));
  const answers = folds.flatMap(({ score }) => score.answers);
  const { classes } = folds[0]!.summary;
  return {
    answers,
    pairs: Object.fromEntries(
      pairs.map((pair) => [
        pair,
        between(
          answers,
          pair.split('/').map((label) => classes.indexOf(label)),
        ),
      ]),
    ),
    correct: Math.round(total.accuracy * total.clips),
    meanCorrect: Math.round((total.meanAccuracy ?? 0) * total.clips),
    clips: total.clips,
    parameters: folds[0]!.summary.parameters,
    secondsAnEpoch: median(logs.flatMap(epochSeconds)),
    secondsAFold: total.seconds / folds.length,
  };
}

/** Of clips of these classes that are answered with one of them, the share that is answered rightly. */
function between(answers: readonly LeftOutAnswer[], classes: readonly number[]): [number, number] {
  const own = answers.filter(({ truth }) => classes.includes(truth[0]!));
  const share = (of: (one: LeftOutAnswer) => number | undefined): number => {
    const told = own.filter((one) => classes.includes(of(one) ?? -1));
    return told.filter((one) => of(one) === one.truth[0]).length / told.length;
  };
  return [share(({ answer }) => answer), share(({ meanAnswer }) => meanAnswer)];
}

/** The mean gain over the mean pool and its interval, drawing whole groups, each with its answers of all seeds. */
function gainOf(runs: readonly HeadRun[]): { low: number; high: number; mean: number } {
  const gains = new Map<string, number[]>();
  for (const { answers } of runs)
    for (const { group, truth, answer, meanAnswer } of answers) {
      const gain = Number(truth.includes(answer)) - Number(truth.includes(meanAnswer ?? -1));
      gains.set(group, [...(gains.get(group) ?? []), gain]);
    }
  const groups = [...gains.values()];
  const mean = (drawn: ArrayLike<number>): number => {
    const all = Array.from(drawn, (place) => groups[place]!).flat();
    return all.reduce((sum, gain) => sum + gain, 0) / all.length;
  };
  const random = Random.from(0, 'heads');
  const { low, high } = bootstrapInterval(groups.length, (drawn) => mean(drawn), { random });
  return { low, high, mean: mean(Array.from(groups.keys())) };
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
  const gain = gainOf(runs);
  const pairs = Object.keys(first!.pairs).flatMap((pair) =>
    (['', ' mean pool'] as const).map((whose, i) => {
      const { mean: share } = meanAndDeviation(runs.map((run) => run.pairs[pair]![i]!));
      return [`${head}${whose} ${pair}`, share] as const;
    }),
  );
  return {
    ...Object.fromEntries(pairs),
    [`${head} gain`]: gain.mean,
    [`${head} gain low`]: gain.low,
    [`${head} gain high`]: gain.high,
    [`${head} accuracy`]: mean,
    ...(deviation !== null && { [`${head} deviation`]: deviation }),
    [`${head} mean pool`]: meanAndDeviation(runs.map((run) => run.meanCorrect / run.clips)).mean,
    [`${head} parameters`]: first!.parameters,
    [`${head} seconds an epoch`]: median(runs.map(({ secondsAnEpoch }) => secondsAnEpoch)),
    [`${head} seconds a fold`]: median(runs.map(({ secondsAFold }) => secondsAFold)),
  };
}
