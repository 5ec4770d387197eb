// Puts one figure beside its image-blind baselines and says in words who wins.
import { percentileInterval } from '../../metrics/bootstrap.js';
import type { ConfidenceInterval, Statistic } from '../../metrics/index.js';
import type { Figure, SimpleBaseline, Verdict } from './reportForm.js';
import { percent } from '../../percent.js';

/** A figure and its rivals, each as a function of the clips that count, so that one bootstrap serves them all. */
export interface Comparison {
  name: string;
  figure: Statistic;
  trivial: Record<string, Statistic>;
  /** A simpler answer that looks at the pictures too, by its name. */
  simple?: readonly [name: string, figure: Statistic] | undefined;
}

/** Computes the figure on all of `clips` and its intervals on `draws` (none: no intervals). */
export function compare(
  { name, figure, trivial, simple }: Comparison,
  clips: number,
  draws: Int32Array[],
): Figure {
  const all = Int32Array.from({ length: clips }, (_, i) => i);
  const value = figure(all);
  const reached = Object.entries(trivial).map(([rival, statistic]) => [rival, statistic(all)] as const);
  const [rival, bestValue] = reached.reduce((best, other) => (other[1] > best[1] ? other : best));
  const best = { name: rival, value: bestValue };
  const lead = value - bestValue;
  const leadInterval = interval(draws, (drawn) => figure(drawn) - trivial[rival]!(drawn));
  const verdict = judge(lead, leadInterval);
  return {
    name,
    value,
    interval: interval(draws, figure),
    trivial: Object.fromEntries(reached),
    best,
    lead,
    leadInterval,
    verdict,
    words: inWords(name, value, best, verdict),
    ...(simple && { simple: simpleBaseline(simple, figure, { all, draws }) }),
  };
}

/** A simple baseline wins or loses only where other clips would not undo it. */
function simpleBaseline(
  [name, baseline]: readonly [string, Statistic],
  figure: Statistic,
  { all, draws }: { all: Int32Array; draws: Int32Array[] },
): SimpleBaseline {
  const value = baseline(all);
  const lead = figure(all) - value;
  const leadInterval = interval(draws, (drawn) => figure(drawn) - baseline(drawn));
  const isLost = lead < 0 && (leadInterval === null || leadInterval.high < 0);
  const verdict = lead < 0 && !isLost ? 'level' : judge(lead, leadInterval);
  return { name, value, lead, leadInterval, verdict };
}

/** How a figure stands to its simple baseline, as words; undefined where it has none or is above it. */
export function simpleWords({ name, value, simple }: Figure): string | undefined {
  if (!simple || simple.verdict === 'above') return undefined;
  const rival = `${simple.name} (${percent(simple.value)})`;
  return simple.verdict === 'below'
    ? `${name}: ${percent(value)}; a simple baseline is better: ${rival}`
    : `${name}: ${percent(value)}, not told apart from a simple baseline, ${rival}`;
}

/** `sum of parts / sum of wholes` over the counted clips: shares and means over frames or clips. */
export function ratioOf(parts: readonly number[], wholes: readonly number[]): Statistic {
  return (clips) => {
    let part = 0;
    let whole = 0;
    for (const clip of clips) {
      part += parts[clip]!;
      whole += wholes[clip]!;
    }
    return part / whole;
  };
}

/** The plain mean over the counted clips. */
export function meanOf(values: readonly number[]): Statistic {
  return ratioOf(
    values,
    values.map(() => 1),
  );
}

function interval(draws: readonly Int32Array[], statistic: Statistic): ConfidenceInterval | null {
  return draws.length === 0 ? null : percentileInterval(draws, statistic);
}

/** How a lead over the best image-blind baseline is called: only one that other clips would not undo is `above`. */
export function judge(lead: number, leadInterval: ConfidenceInterval | null): Verdict {
  if (lead < 0) return 'below';
  if (lead > 0 && (leadInterval === null || leadInterval.low > 0)) return 'above';
  return 'level';
}

function inWords(name: string, value: number, best: Figure['best'], verdict: Verdict): string {
  const rival = `${best.name} (${percent(best.value)})`;
  if (verdict === 'above') return `${name}: ${percent(value)}, above the best image-blind baseline, ${rival}`;
  if (verdict === 'below') return `${name}: ${percent(value)}; an image-blind baseline wins: ${rival}`;
  return `${name}: ${percent(value)}, not told apart from an image-blind baseline, ${rival}`;
}
