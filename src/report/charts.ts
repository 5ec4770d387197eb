// Training curves as static SVG: readable without a script, styled by the page.
import { escaped } from './html.js';

/** One epoch of a training, as `log.jsonl` has it; accuracy in 0..1. */
export interface TrainingRow {
  epoch: number;
  losses: Record<string, number>;
  validation: { accuracy: number; crossEntropy: number } | null;
  isBest: boolean;
}

/** A chart with lines over a common x. */
export interface Chart {
  title: string;
  xName: string;
  series: { name: string; points: [x: number, y: number][] }[];
  /** Marked by a dashed upright. */
  markedX?: { x: number; name: string };
  /** Top of the scale; the data's own where left out. The bottom is 0. */
  top?: number;
  isPercent?: boolean;
}

const WIDTH = 400;
const HEIGHT = 200;
const LEFT = 44;
const BOTTOM = 26;

/** The charts of a training: losses, and accuracy on validation where there is one. */
export function trainingCharts(rows: readonly TrainingRow[]): Chart[] {
  if (rows.length === 0) return [];
  const of = (value: (row: TrainingRow) => number | undefined): [number, number][] =>
    rows.flatMap((row) => {
      const y = value(row);
      return y === undefined || !Number.isFinite(y) ? [] : [[row.epoch, y] as [number, number]];
    });
  const best = rows.findLast(({ isBest }) => isBest);
  const markedX = best && { x: best.epoch, name: `best: epoch ${best.epoch}` };
  const accuracy = of(({ validation }) => validation?.accuracy);
  const loss: Chart = {
    title: 'Loss',
    xName: 'epoch',
    series: [
      { name: 'training', points: of(({ losses }) => losses['total']) },
      { name: 'validation', points: of(({ validation }) => validation?.crossEntropy) },
    ].filter(({ points }) => points.length > 0),
    markedX,
  };
  const right: Chart = {
    title: 'Accuracy on validation clips',
    xName: 'epoch',
    series: [{ name: 'top-1', points: accuracy }],
    markedX,
    top: 1,
    isPercent: true,
  };
  return accuracy.length > 0 ? [loss, right] : [loss];
}

/** One chart as a figure with its legend. */
export function chartHtml(chart: Chart): string {
  const points = chart.series.flatMap((series) => series.points);
  if (points.length === 0) return '';
  const xs = points.map(([x]) => x);
  const [low, high] = [Math.min(...xs), Math.max(...xs)];
  const ticks = ticksTo(chart.top ?? Math.max(...points.map(([, y]) => y), 1e-9));
  const top = ticks.at(-1)!;
  const x = (value: number): number =>
    LEFT + ((value - low) / Math.max(1e-9, high - low)) * (WIDTH - LEFT - 8);
  const y = (value: number): number =>
    8 + (1 - Math.min(1, Math.max(0, value / top))) * (HEIGHT - BOTTOM - 8);
  const place = ([px, py]: [number, number]): string => `${x(px).toFixed(1)},${y(py).toFixed(1)}`;
  const label = (value: number): string =>
    chart.isPercent ? `${Math.round(100 * value)} %` : trimmed(value);
  const grid = ticks.map((value) => {
    const at = y(value).toFixed(1);
    return `<line class="grid" x1="${LEFT}" x2="${WIDTH - 8}" y1="${at}" y2="${at}"/><text x="${LEFT - 7}" y="${at}" dy="4" text-anchor="end">${label(value)}</text>`;
  });
  const lines = chart.series.map(
    ({ points: own }, i) => `<polyline class="s${i + 1}" points="${own.map(place).join(' ')}"/>`,
  );
  const mark = chart.markedX;
  const upright = mark
    ? `<line class="best" x1="${x(mark.x).toFixed(1)}" x2="${x(mark.x).toFixed(1)}" y1="8" y2="${HEIGHT - BOTTOM}"/>`
    : '';
  const ends = `<text x="${LEFT}" y="${HEIGHT - 8}">${low}</text><text x="${WIDTH - 8}" y="${HEIGHT - 8}" text-anchor="end">${escaped(chart.xName)} ${high}</text>`;
  const keys = chart.series.map(
    ({ name }, i) =>
      `<span><svg viewBox="0 0 28 8" aria-hidden="true"><line class="s${i + 1}" x1="0" x2="28" y1="4" y2="4"/></svg>${escaped(name)}</span>`,
  );
  if (mark) keys.push(`<span>dashed upright: ${escaped(mark.name)}</span>`);
  const last = chart.series
    .map(({ name, points: own }) => `${name} ends at ${label(own.at(-1)![1])}`)
    .join(', ');
  return `<figure class="sheet chart" style="margin:0"><figcaption><h3 style="font-size:1rem">${escaped(chart.title)}</h3><p class="legend">${keys.join('')}</p></figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(`${chart.title} over ${chart.xName}s: ${last}`)}">${grid.join('')}${upright}${lines.join('')}${ends}</svg></figure>`;
}

/** Ticks from 0 to the first at or above `value`, at most five steps of 1, 2 or 5 times a power of ten. */
function ticksTo(value: number): number[] {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1e-9)) - 1);
  const step = [1, 2, 5, 10, 20].map((factor) => factor * power).find((size) => size * 5 >= value)!;
  return Array.from({ length: Math.ceil(value / step - 1e-9) + 1 }, (_, i) => i * step);
}

function trimmed(value: number): string {
  return String(Number(value.toPrecision(3)));
}
