// Several runs as one answer: each figure with its interval over clips and its deviation over seeds, beside the trivial
// answers and the paper's own figure, and everything in which the reproduction differs.
import { z } from 'zod';
import { judge, ratioOf } from '../../evaluate/reports/figure.js';
import { Verdict, IntervalForm } from '../../evaluate/reports/reportForm.js';
import { meanAndDeviation, percentileInterval, resamples } from '../../metrics/bootstrap.js';
import type { Statistic } from '../../metrics/index.js';
import { MEAN_POOLING } from '../../metrics/trivial.js';
import { Random } from '../../random.js';
import { recipes, type RecipeName } from '../../train/index.js';
import { differencesOf } from './differences.js';
import type { CountedFigure, OutcomeFigure } from './outcome.js';
import { ReproductionPlan } from './plan.js';
import type { Reproduced } from './run.js';
import { percent } from '../../percent.js';

const ReproducedFigure = z.object({
  name: z.string(),
  value: z.number(),
  /** By a bootstrap over clips. */
  interval: IntervalForm,
  /** Over seeds (n - 1); null for one. */
  deviation: z.number().nullable(),
  /** Mean over the seeds, split by split. */
  perSplit: z.array(z.object({ split: z.number().int(), value: z.number() })),
  trivial: z.record(z.string(), z.number()),
  best: z.object({ name: z.string(), value: z.number() }),
  verdict: Verdict,
  /** In 0..1, as ours; null where the paper has none. */
  paper: z.number().nullable(),
  words: z.string(),
});
/** One figure of a reproduction. */
export type ReproducedFigure = z.infer<typeof ReproducedFigure>;

/** The JSON form of `reproduce`: OUT/report.json. */
export const ReproduceReport = z.object({
  version: z.literal(1),
  plan: ReproductionPlan,
  aim: z.object({ figure: z.string(), counting: z.string(), source: z.string() }).nullable(),
  runs: z.array(
    z.object({
      ...{ id: z.string(), split: z.number().int(), seed: z.number().int() },
      ...{ epochs: z.number().int(), bestEpoch: z.number().int().nullable(), seconds: z.number() },
      clips: z.object({ training: z.number(), validation: z.number(), test: z.number(), broken: z.number() }),
      model: z.string().nullable(),
    }),
  ),
  figures: z.array(ReproducedFigure),
  further: z.record(z.string(), z.object({ mean: z.number(), deviation: z.number().nullable() })),
  calibration: z.object({ ece: z.number(), scaled: z.number().nullable() }),
  differences: z.array(z.string()),
  missing: z.number().int(),
  notes: z.array(z.string()),
  plots: z.array(z.object({ file: z.string(), title: z.string(), says: z.string() })),
  words: z.array(z.string()),
});
/** The JSON form of `reproduce`. */
export type ReproduceReport = z.infer<typeof ReproduceReport>;

/** One test side: the figure of every seed over the same clips. */
interface Side {
  split: number;
  clips: number;
  own: Statistic[];
  trivial: Record<string, Statistic[]>;
}

/** Puts finished runs together; `samples` draws of the bootstrap. The plots are named by whoever draws them. */
export function summarise(
  { plan, runs }: Pick<Reproduced, 'plan' | 'runs'>,
  { samples = 1000 } = {},
): Omit<ReproduceReport, 'plots'> {
  const aim = plan.name === 'folders' ? null : recipes[plan.name satisfies RecipeName].aim;
  const names = runs[0]!.outcome.figures.map(({ name }) => name);
  const figures = names.map((name) => figureOf(name, { plan, runs }, aim?.values ?? {}, samples));
  const furtherNames = Object.keys(runs[0]!.outcome.further);
  const further = furtherNames.map((name) => {
    const values = runs.map(({ outcome }) => outcome.further[name]!);
    return [name, meanAndDeviation(values)] as const;
  });
  const missing = [...new Set(runs.flatMap(({ outcome }) => outcome.missing))].length;
  return {
    ...{ version: 1, plan, figures, further: Object.fromEntries(further), missing },
    aim: aim && { figure: aim.figure, counting: aim.counting, source: aim.source },
    runs: runs.map(({ run, outcome: { clips, epochs, bestEpoch, seconds, model } }) => ({
      ...run,
      ...{ clips, epochs, bestEpoch, seconds, model },
    })),
    calibration: {
      ece: meanOfRuns(runs.map(({ outcome }) => outcome.report.what.calibration.ece)),
      scaled: runs.every(({ outcome }) => outcome.report.what.scaled)
        ? meanOfRuns(runs.map(({ outcome }) => outcome.report.what.scaled!.ece))
        : null,
    },
    differences: differencesOf(plan, missing),
    notes: [...new Set(runs.flatMap(({ outcome }) => outcome.notes))],
    words: figures.map(({ words }) => words),
  };
}

function figureOf(
  name: string,
  { plan, runs }: Pick<Reproduced, 'plan' | 'runs'>,
  values: Readonly<Record<string, number>>,
  samples: number,
): ReproducedFigure {
  const sides = sidesOf(name, plan, runs);
  const draws = drawsOf(sides, samples);
  const mean = (of: (side: Side) => Statistic[]): ((b: number | null) => number) => {
    return (b) =>
      meanOfRuns(
        sides.map((side, s) => {
          const clips = b === null ? everyClip(side.clips) : draws[s]![b]!;
          return meanOfRuns(of(side).map((statistic) => statistic(clips)));
        }),
      );
  };
  const intervalOf = (figure: (b: number | null) => number) =>
    percentileInterval(
      Array.from({ length: samples }, (_, b) => Int32Array.of(b)),
      ([b]) => figure(b!),
    );
  const own = mean((side) => side.own);
  const rivals = Object.keys(sides[0]!.trivial).map((rival) => ({
    name: rival,
    figure: mean((side) => side.trivial[rival]!),
  }));
  const trivial = rivals.map((rival) => [rival.name, rival.figure(null)] as const);
  // A simple baseline looks at the pictures: it stands in the table, the verdict is about answers that do not.
  const best = rivals
    .filter((rival) => rival.name !== MEAN_POOLING)
    .reduce((a, b) => (b.figure(null) > a.figure(null) ? b : a));
  const value = own(null);
  const lead = value - best.figure(null);
  const verdict = judge(
    lead,
    intervalOf((b) => own(b) - best.figure(b)),
  );
  const aim = runs[0]!.outcome.figures.find((one) => one.name === name)!.aim;
  const figure: Omit<ReproducedFigure, 'words'> = {
    ...{ name, value, verdict, interval: intervalOf(own) },
    deviation: meanAndDeviation(seedsOf(sides)).deviation,
    perSplit: sides.map((side) => ({
      split: side.split,
      value: meanOfRuns(side.own.map((statistic) => statistic(everyClip(side.clips)))),
    })),
    trivial: Object.fromEntries(trivial),
    best: { name: best.name, value: best.figure(null) },
    paper: aim !== null && values[aim] !== undefined ? values[aim] / 100 : null,
  };
  return { ...figure, words: inWords(figure) };
}

/** Test sides with the seeds on each; folds are one side, since every clip is tested once over all of them. */
function sidesOf(name: string, plan: ReproductionPlan, runs: Reproduced['runs']): Side[] {
  const of = ({ outcome }: Reproduced['runs'][number]): OutcomeFigure =>
    outcome.figures.find((figure) => figure.name === name)!;
  const seeds = plan.seeds.map((seed) => runs.filter(({ run }) => run.seed === seed));
  const splits = [...new Set(runs.map(({ run }) => run.split))];
  const groups = plan.folds === null ? splits.map((split) => [split]) : [splits];
  return groups.map((group) => {
    const perSeed = seeds.map((own) => own.filter(({ run }) => group.includes(run.split)).map(of));
    const rivals = Object.keys(perSeed[0]![0]!.trivial).filter((rival) =>
      perSeed.flat().every(({ trivial }) => rival in trivial),
    );
    const counted = perSeed.map((figures) => joined(figures.map(({ own }) => own)));
    return {
      split: group[0]!,
      clips: counted[0]!.parts.length,
      own: counted.map(statisticOf),
      trivial: Object.fromEntries(
        rivals.map((rival) => [
          rival,
          perSeed.map((figures) => statisticOf(joined(figures.map(({ trivial }) => trivial[rival]!)))),
        ]),
      ),
    };
  });
}

function joined(all: readonly CountedFigure[]): Required<CountedFigure> {
  return {
    parts: all.flatMap(({ parts }) => parts),
    wholes: all.flatMap(({ parts, wholes }) => wholes ?? parts.map(() => 1)),
  };
}

function statisticOf({ parts, wholes }: Required<CountedFigure>): Statistic {
  return ratioOf(parts, wholes);
}

function drawsOf(sides: readonly Side[], samples: number): Int32Array[][] {
  return sides.map(({ split, clips }) =>
    resamples(clips, { random: Random.from(0, `reproduce ${split}`), samples }),
  );
}

/** The figure of each seed, as the mean over the sides. */
function seedsOf(sides: readonly Side[]): number[] {
  return sides[0]!.own.map((_, seed) =>
    meanOfRuns(sides.map(({ own, clips }) => own[seed]!(everyClip(clips)))),
  );
}

function everyClip(clips: number): Int32Array {
  return Int32Array.from({ length: clips }, (_, i) => i);
}

function meanOfRuns(values: readonly number[]): number {
  return meanAndDeviation(values).mean;
}

function inWords({ name, value, interval, best, verdict, paper }: Omit<ReproducedFigure, 'words'>): string {
  const told = paper === null ? '' : `; the paper: ${percent(paper)}`;
  const rival = `${best.name} (${percent(best.value)})`;
  const stands = {
    above: `above the best image-blind baseline, ${rival}`,
    level: `not told apart from an image-blind baseline, ${rival}`,
    below: `an image-blind baseline wins: ${rival}`,
  }[verdict];
  const within = paper !== null && paper >= interval.low && paper <= interval.high;
  const reaches =
    paper === null ? '' : within ? ', within our interval' : paper > value ? ', above ours' : ', below ours';
  return `${name}: ${percent(value)} (${(100 * interval.low).toFixed(1)} to ${(100 * interval.high).toFixed(1)})${told}${reaches}; ${stands}.`;
}
