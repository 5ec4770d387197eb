// What training clips look like, for a model to tell a clip that is unlike them: mean and covariance of their pooled features, and
// the distance that clips of groups which the statistics have not seen stay within.
import {
  distanceFrom,
  type FamiliarFrames,
  type Familiarity,
  type PooledStatistics,
} from '../infer/familiarity.js';
import { logLawOf } from '../infer/frameOdds.js';
import { Random } from '../random.js';
import { dot, outOfSpan, rowSpan } from './start/rowSpan.js';

/** Pooled features of a clip, or of one frame, and the clip's group. */
export interface FamiliarRow {
  row: ArrayLike<number>;
  group: string;
}

/** Directions that have a variance of their own; more than half of the clips would learn their noise. */
const mostDirections = 16;

/** Turns of orthogonal iteration after which directions that stand out are found; the folds begin with those of all rows. */
const [mostTurns, turnsOfFold] = [12, 3];

/** Rows that the statistics are taken from, evenly out of all. */
export const mostRows = 1000;

/** Clips of unseen groups that are called unlike, by the limit. */
const falseAlarms = 0.05;

/** Rows below which a covariance says nothing. */
const leastRows = 10;

/** The statistics of `clips`; undefined for fewer than ten, for one group, and where all are the same. Draws come from `seed`. */
export function fitFamiliarity(clips: readonly FamiliarRow[], seed: number): Familiarity | undefined {
  const found = fitRows(clips, seed);
  return found && { ...found.known, limit: quantile(found.distances, 1 - falseAlarms) };
}

/** The same of single frames, with the laws of their distances and of what changes between them and their neighbours. */
export function fitFamiliarFrames(
  frames: readonly (FamiliarRow & { change: number })[],
  seed: number,
): FamiliarFrames | undefined {
  const found = fitRows(frames, seed);
  const distances = found && logLawOf(found.distances);
  const changes = logLawOf(frames.map(({ change }) => change));
  return distances && { ...found.known, distances, ...(changes && { changes }) };
}

/** The statistics of all rows, and the distance of each from those of other groups. */
function fitRows(
  all: readonly FamiliarRow[],
  seed: number,
): { known: PooledStatistics; distances: number[] } | undefined {
  const few = evenly(all, mostRows);
  const groups = [...new Set(few.map(({ group }) => group))];
  if (few.length < leastRows || groups.length < 2) return undefined;
  const mean = meanOf(few.map(({ row }) => row));
  const C = mean.length;
  const span = rowSpan(few.map(({ row }) => mean.map((m, c) => row[c]! - m)));
  const rows = span.coordinates.map((own) =>
    Float64Array.from({ length: few.length }, (_, j) => own[j] ?? 0),
  );
  const drawn = drawnBasis(rows, Random.from(seed, 'familiarity'));
  const { basis, ...whole } = statisticsOf(rows, { C, start: drawn, turns: mostTurns });
  if (!(whole.rest > 0)) return undefined;
  const folds = foldsOf(groups, seed);
  const distances = folds.flatMap((left) => {
    const isLeft = few.map(({ group }) => left.has(group));
    const others = rows.filter((_, i) => !isLeft[i]);
    const known = statisticsOf(others, { C, start: basis, turns: turnsOfFold });
    return rows.filter((_, i) => isLeft[i]).map((row) => distanceFrom(row, known));
  });
  const directions = outOfSpan(Float64Array.from(whole.directions), whole.variances.length, span);
  return { known: { ...whole, mean, directions }, distances };
}

/** At most `most` of all, as far apart as may be, in their order. */
export function evenly<Item>(all: readonly Item[], most: number): Item[] {
  const step = Math.max(1, all.length / most);
  return Array.from({ length: Math.ceil(all.length / step) }, (_, i) => all[Math.floor(i * step)]!);
}

/**
 * Mean, leading directions with their variances, and the mean variance of all others of `C` channels. Directions are sought from
 * `start` on.
 */
function statisticsOf(
  rows: readonly Float64Array[],
  { C, start, turns }: { C: number; start: readonly Float64Array[]; turns: number },
): PooledStatistics & { basis: Float64Array[] } {
  const mean = meanOf(rows);
  const centred = rows.map((row) => row.map((x, j) => x - mean[j]!));
  const total = centred.reduce((sum, row) => sum + dot(row, row), 0) / rows.length;
  const count = directionsOf(rows.length);
  const basis = leading(centred, start.slice(0, count), turns);
  const spread = basis.map((u) => centred.reduce((sum, row) => sum + dot(u, row) ** 2, 0) / rows.length);
  const others = total - spread.reduce((sum, one) => sum + one, 0);
  const rest = Math.max(others, 1e-9 * total) / Math.max(1, C - count);
  const variances = spread.map((one) => Math.max(0, one - rest));
  return { mean, directions: basis.flatMap((u) => [...u]), variances, rest, basis };
}

/** Directions that so many rows can tell. */
function directionsOf(rows: number): number {
  return Math.min(mostDirections, Math.floor(rows / 2));
}

function drawnBasis(rows: readonly Float64Array[], random: Random): Float64Array[] {
  const draw = (): Float64Array => rows[0]!.map(() => random.normal());
  return Array.from({ length: directionsOf(rows.length) }, draw);
}

/** The leading principal directions, by orthogonal iteration. */
function leading(
  rows: readonly Float64Array[],
  start: readonly Float64Array[],
  turns: number,
): Float64Array[] {
  let basis = [...start];
  for (let turn = 0; turn < turns; turn++) {
    const next = basis.map((u) => new Float64Array(u.length));
    for (const row of rows)
      basis.forEach((u, j) => {
        const along = dot(u, row);
        const sum = next[j]!;
        for (let c = 0; c < sum.length; c++) sum[c]! += along * row[c]!;
      });
    basis = orthonormal(next);
  }
  return basis;
}

/** Gram and Schmidt, twice where the first time leaves too little; a direction that the others have is left out. */
function orthonormal(vectors: readonly Float64Array[]): Float64Array[] {
  const out: Float64Array[] = [];
  for (const vector of vectors) {
    const own = vector.slice();
    const before = Math.sqrt(dot(own, own));
    for (let turn = 0; turn < 2; turn++)
      for (const u of out) {
        const along = dot(u, own);
        for (let c = 0; c < own.length; c++) own[c]! -= along * u[c]!;
      }
    const length = Math.sqrt(dot(own, own));
    if (length > 1e-9 * before) out.push(own.map((x) => x / length));
  }
  return out;
}

/** Groups in five parts, or each by itself where there are fewer. */
function foldsOf(groups: readonly string[], seed: number): Set<string>[] {
  const order = Random.from(seed, 'familiar groups').shuffle([...groups]);
  const count = Math.min(5, order.length);
  return Array.from({ length: count }, (_, k) => new Set(order.filter((_, i) => i % count === k)));
}

function meanOf(rows: readonly ArrayLike<number>[]): Float64Array {
  const sum = new Float64Array(rows[0]!.length);
  for (const row of rows) for (let c = 0; c < sum.length; c++) sum[c]! += row[c]! / rows.length;
  return sum;
}

function quantile(values: readonly number[], part: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)]!;
}
