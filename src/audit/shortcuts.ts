// Does a class hang on one fixed place? For each class, the tile whose removal costs its clips most: is it the same tile
// in clip after clip, does its removal cost more than that of other tiles, and does the same content stand there?
import { bootstrapInterval } from '../metrics/index.js';
import { mean } from '../metrics/mean.js';
import { Random } from '../random.js';
import type { AuditFinding } from './finding.js';
import { percent } from '../percent.js';
import type { ClipMeasures } from './measureClip.js';
import { tileCells } from './tiles.js';

/** What was found of one class. */
export interface ClassPlaces {
  label: string;
  /** Clips of the class that were answered rightly; only these count. */
  clips: number;
  rows: number;
  columns: number;
  /** Mean fall of the class's probability without each tile. */
  drops: number[];
  /** Mean share of the WHERE map on each tile. */
  shares: number[];
  /** The tile that costs most, its share of the map, and the share of the clips whose own costliest tile it is. */
  tile: number;
  agreement: number;
  /** Fall without it, and without the other tiles in the mean; the paired difference with its interval. */
  drop: number;
  others: number;
  difference: { value: number; low: number; high: number };
  /** How much its content varies between the clips of the class, in units of how much tiles vary at all. */
  variation: number;
  isShortcut: boolean;
  isFixedPlace: boolean;
}

/** Least number of right clips of a class for which anything is said. */
const leastClips = 4;
/** A place counts when its removal costs this much, and is the costliest in this share of the clips. */
const leastDrop = 0.2;
const leastAgreement = 0.6;
/** Below this its content is the same in every clip. */
const sameContent = 0.5;

/** All classes with enough right clips. */
export function classPlaces(
  clips: readonly ClipMeasures[],
  {
    classes,
    grid,
    seed,
  }: { classes: readonly string[]; grid: { height: number; width: number }; seed: number },
): ClassPlaces[] {
  const right = clips.filter(({ predicted, classIndex }) => predicted === classIndex);
  const overall = variationOf(clips.flatMap(({ tiles }) => tiles.content));
  return classes.flatMap((label, k) => {
    const own = right.filter(({ classIndex }) => classIndex === k);
    return own.length < leastClips ? [] : [placesOfClass(own, { label, overall, grid, seed })];
  });
}

function placesOfClass(
  own: readonly ClipMeasures[],
  {
    label,
    overall,
    grid,
    seed,
  }: { label: string; overall: number; grid: { height: number; width: number }; seed: number },
): ClassPlaces {
  const { rows, columns } = own[0]!.tiles;
  const count = rows * columns;
  const drops = Array.from({ length: count }, (_, tile) => mean(own.map(({ tiles }) => tiles.drops[tile]!)));
  const tile = drops.indexOf(Math.max(...drops));
  const costliest = own.map(({ tiles }) => tiles.drops.indexOf(Math.max(...tiles.drops)));
  const others = own.map(({ tiles }) => mean([...tiles.drops].filter((_, other) => other !== tile)));
  const paired = own.map(({ tiles }, i) => tiles.drops[tile]! - others[i]!);
  const interval = bootstrapInterval(
    paired.length,
    (drawn) => drawn.reduce((sum, clip) => sum + paired[clip]!, 0) / drawn.length,
    { random: Random.from(seed, 'audit shortcut', label) },
  );
  const found = {
    drop: drops[tile]!,
    agreement: mean(costliest.map((place) => (place === tile ? 1 : 0))),
    difference: { value: mean(paired), low: interval.low, high: interval.high },
    variation: variationOf(own.map(({ tiles }) => tiles.content[tile]!)) / Math.max(overall, 1e-12),
  };
  const isFixedPlace =
    found.drop >= leastDrop && found.agreement >= leastAgreement && found.difference.low > 0;
  return {
    ...{ label, clips: own.length, rows, columns, drops, tile, others: mean(others) },
    ...found,
    shares: sharesOf(own, grid),
    isFixedPlace,
    isShortcut: isFixedPlace && found.variation < sameContent,
  };
}

/** The share of the map on each tile, averaged over frames and clips. */
function sharesOf(own: readonly ClipMeasures[], grid: { height: number; width: number }): number[] {
  const P = grid.height * grid.width;
  const { cells } = tileCells(grid);
  const each = own.map(({ map }) => {
    const sums = new Float64Array(P);
    map.forEach((value, i) => (sums[i % P]! += value));
    const total = Math.max(
      1e-12,
      sums.reduce((sum, one) => sum + one, 0),
    );
    return cells.map((places) => places.reduce((sum, p) => sum + sums[p]!, 0) / total);
  });
  return cells.map((_, tile) => mean(each.map((shares) => shares[tile]!)));
}

/** Variance of vectors around their mean, summed over their components. */
function variationOf(vectors: readonly Float32Array[]): number {
  const C = vectors[0]!.length;
  const mean = new Float64Array(C);
  for (const vector of vectors) vector.forEach((x, c) => (mean[c]! += x / vectors.length));
  let sum = 0;
  for (const vector of vectors) vector.forEach((x, c) => (sum += (x - mean[c]!) ** 2));
  return sum / vectors.length;
}

/** The finding over all classes. */
export function shortcutFinding(places: readonly ClassPlaces[], classes: readonly string[]): AuditFinding {
  const shortcuts = places.filter(({ isShortcut }) => isShortcut);
  const fixed = places.filter(({ isFixedPlace, isShortcut }) => isFixedPlace && !isShortcut);
  const untold = classes.filter((label) => !places.some((one) => one.label === label));
  const skipped =
    untold.length > 0
      ? ` Nothing is said of ${untold.join(', ')}: fewer than ${leastClips} of its clips are answered rightly.`
      : '';
  const figures = places.map(({ label, drop }) => ({
    name: `${label}: fall without its costliest tile`,
    value: drop,
  }));
  if (shortcuts.length === 0 && fixed.length === 0) {
    const most = places.reduce((max, { agreement }) => Math.max(max, agreement), 0);
    return {
      check: 'shortcut',
      level: places.length > 0 ? 'pass' : 'note',
      words: `${places.length > 0 ? `No class hangs on one fixed place: the same tile is the costliest in at most ${percent(most)} of the clips of a class, or its loss costs less than ${leastDrop} (a place counts from ${percent(leastAgreement)} on).` : 'No class could be looked at.'}${skipped}`,
      figures,
    };
  }
  const said = [
    ...shortcuts.map(
      (one) =>
        `${sentence(one)} The same content stands there in all its clips: a logo, a caption or a backdrop gives the class away.`,
    ),
    ...fixed.map(
      (one) =>
        `${sentence(one)} Its content differs from clip to clip, so it may be where the action always happens.`,
    ),
  ];
  return {
    check: 'shortcut',
    level: shortcuts.length > 0 ? 'fault' : 'warning',
    words: `${said.join(' ')}${skipped}`,
    figures,
  };
}

function sentence(one: ClassPlaces): string {
  const { label, drop, others, agreement, shares, tile, difference } = one;
  return `${label} hangs on the ${tileName(one)}: without it the probability of the class falls by ${drop.toFixed(2)}, without another tile by ${others.toFixed(2)} (difference ${difference.low.toFixed(2)} to ${difference.high.toFixed(2)}), and it is the costliest place in ${percent(agreement)} of its clips. ${percent(shares[tile]!)} of the mask lies there (${percent(1 / shares.length)} would be even).`;
}

/** `upper left corner`, `left edge`, `upper middle`. */
export function tileName({ tile, rows, columns }: Pick<ClassPlaces, 'tile' | 'rows' | 'columns'>): string {
  const [y, x] = [Math.floor(tile / columns), tile % columns];
  const end = (at: number, count: number): -1 | 0 | 1 => (at === 0 ? -1 : at === count - 1 ? 1 : 0);
  const vertical = { [-1]: 'upper', 0: '', 1: 'lower' }[end(y, rows)];
  const horizontal = { [-1]: 'left', 0: '', 1: 'right' }[end(x, columns)];
  if (vertical && horizontal) return `${vertical} ${horizontal} corner`;
  if (vertical || horizontal)
    return `${vertical || horizontal} edge (tile ${x + 1} of ${columns}, row ${y + 1})`;
  return `middle of the picture (tile ${x + 1} of ${columns}, row ${y + 1})`;
}
