// Rows of an ablation as figures: means over clips and seeds, intervals over clips, and paired differences to the full model.
import {
  bootstrapInterval,
  pairedBootstrap,
  type ConfidenceInterval,
  type PairedDifference,
} from '../../metrics/index.js';
import { meanAndDeviation } from '../../metrics/bootstrap.js';
import { Random } from '../../random.js';
import { variantOf, type VariantGroup } from '../../train/recipe/variants.js';
import type { Ablation, RowName, RowRun } from './ablate.js';
import type { RowMeasures } from './measureRow.js';

/** What a row is told by. */
export type FigureName = keyof RowMeasures;

/** A mean over clips and seeds. */
export interface RowFigure {
  value: number;
  /** Bootstrap over clips, each clip averaged over seeds. */
  interval: ConfidenceInterval;
  /** Between the means of the seeds; null for one seed. */
  deviation: number | null;
  /** This row less the full one, clip by clip; absent for the full row itself. */
  difference?: PairedDifference;
  /** The same seed by seed, for seeds that both rows have: an interval over clips knows nothing of what another seed would do. */
  bySeed?: number[];
}

/** One row of the table. */
export interface TableRow {
  name: RowName;
  /** The questions that it helps to answer; none for the full row. */
  groups: VariantGroup[];
  form: string;
  words: string;
  seeds: number;
  /** Seeds whose loss was not finite; they are in no figure. */
  failures: number;
  parameters: number;
  figures: Partial<Record<FigureName, RowFigure>>;
  /** Largest change of a parameter of the score in training, over seeds; null where there is no score. */
  scoreMoved: number | null;
}

/** The table and what it was made of. */
export interface AblationTable {
  version: 1;
  options: Ablation['options'];
  backbone: string;
  clips: Ablation['clips'];
  classes: readonly string[];
  rows: TableRow[];
}

const figureNames: readonly FigureName[] = [
  'correct',
  'crossEntropy',
  'area',
  'binary',
  'roughness',
  'peaks',
  'framesInUse',
  'fromUniform',
  'betweenSteps',
  'iou',
  'pointing',
];

/** The table of a finished ablation. */
export function tableOf({ options, backbone, clips, classes, rows }: Ablation): AblationTable {
  const full = rows.find(({ name }) => name === 'full')!;
  return {
    version: 1,
    ...{ options, backbone, clips, classes },
    rows: rows.map((row) => rowOf(row, full, options.form)),
  };
}

function rowOf(
  { name, runs }: Ablation['rows'][number],
  full: Ablation['rows'][number],
  form: string,
): TableRow {
  const alive = runs.filter(({ failure }) => failure === null);
  const figures: TableRow['figures'] = {};
  for (const figure of figureNames) {
    const own = alive.length > 0 ? perClip(alive, figure) : [];
    if (own.length === 0) continue;
    const mean = meanOf(own);
    const random = (): Random => Random.from(0, 'ablation', figure);
    const rival = name === 'full' ? [] : perClip(alivesOf(full), figure);
    const other = meanOf(rival);
    figures[figure] = {
      value: mean(all(own.length)),
      interval: bootstrapInterval(own.length, mean, { random: random() }),
      deviation: meanAndDeviation(
        alive.map(({ clips }) => average(clips.flatMap((clip) => clip[figure] ?? []))),
      ).deviation,
      ...(rival.length === own.length && {
        difference: pairedBootstrap(own.length, mean, other, { random: random() }),
        bySeed: differencesBySeed(alive, alivesOf(full), figure),
      }),
    };
  }
  const moved = alive.flatMap(({ scoreMoved }) => scoreMoved ?? []);
  const variant = name === 'full' ? undefined : variantOf(name);
  return {
    name,
    groups: variant ? [variant.group, ...(variant.also ?? [])] : [],
    form: variant?.form ?? form,
    words: variant?.words ?? 'full',
    seeds: alive.length,
    failures: runs.length - alive.length,
    parameters: alive[0]?.parameters ?? 0,
    figures,
    scoreMoved: moved.length > 0 ? Math.max(...moved) : null,
  };
}

function alivesOf({ runs }: Ablation['rows'][number]): RowRun[] {
  return runs.filter(({ failure }) => failure === null);
}

/** A figure of each clip that has it, averaged over seeds. */
function perClip(runs: readonly RowRun[], figure: FigureName): number[] {
  if (runs.length === 0) return [];
  return runs[0]!.clips.flatMap((clip, i) =>
    clip[figure] === undefined ? [] : average(runs.map(({ clips }) => clips[i]![figure]!)),
  );
}

/** The mean over clips of a row less that of the full one, for every seed that both have. */
function differencesBySeed(runs: readonly RowRun[], fulls: readonly RowRun[], figure: FigureName): number[] {
  return runs.flatMap((run) => {
    const full = fulls.find(({ seed }) => seed === run.seed);
    return full ? average(perClip([run], figure)) - average(perClip([full], figure)) : [];
  });
}

function all(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => i);
}

function meanOf(values: readonly number[]): (clips: Int32Array) => number {
  return (clips) => clips.reduce((sum, clip) => sum + values[clip]!, 0) / clips.length;
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Does the interval of the difference to the full model leave 0 out, on the same side with every seed? */
export function isClear(figure: RowFigure): boolean {
  return leavesZeroOut(figure) && !seedsDisagree(figure);
}

/** Does the interval over clips leave 0 out, whatever the seeds say? */
export function leavesZeroOut({ difference }: RowFigure): boolean {
  return difference !== undefined && (difference.interval.low > 0 || difference.interval.high < 0);
}

/** Does one seed say more and another one less than the full model? */
export function seedsDisagree({ bySeed = [] }: RowFigure): boolean {
  return bySeed.some((one) => one > 0) && bySeed.some((one) => one < 0);
}
