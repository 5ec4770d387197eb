// Plots of an evaluation as SVG files of their own: confusion matrix, reliability, precision against recall, and how far
// boxes or segments overlap the truth.
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import type { WhatReport } from '../evaluate/reports/reportForm.js';
import { percent } from '../percent.js';

type PlottedCalibration = Pick<WhatReport['calibration'], 'ece' | 'bins'>;

/** A curve with its name. */
export interface NamedCurve {
  name: string;
  points: readonly (readonly [x: number, y: number])[];
}

const INK = '#1b1b1b';
const OURS = '#0b6e99';
const OTHER = '#b4531a';
const font = 'system-ui, sans-serif';

/** Rows: the true class; columns: the answer; colour: the share of the true class. Numbers where there is room for them. */
export function confusionPlot({ classes, counts }: WhatReport['confusion']): string {
  const cells = counts.flatMap((row, truth) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return row.map((count, answer) => ({
      ...{ count, truth: classes[truth]!, answer: classes[answer]! },
      share: total > 0 ? count / total : 0,
    }));
  });
  const cell = Math.max(7, Math.min(34, 700 / classes.length));
  const longest = Math.max(...classes.map(({ length }) => length));
  const margin = 24 + Math.min(150, longest * Math.min(6.2, cell * 0.8));
  const size = Math.min(12, Math.max(6, cell * 0.8));
  const side = cell * classes.length;
  return svg({
    width: side + margin + 20,
    height: side + margin + 20,
    ...{ marginLeft: margin, marginBottom: margin, marginTop: 14, marginRight: 16 },
    padding: 0.04,
    style: { fontSize: `${size}px`, fontFamily: font },
    x: { domain: classes, label: 'answer', tickRotate: -90 },
    y: { domain: classes, label: 'true class' },
    color: { scheme: 'Blues', domain: [0, 1] },
    marks: [
      Plot.cell(cells, { x: 'answer', y: 'truth', fill: 'share', inset: 0.3 }),
      ...(cell >= 14
        ? [
            Plot.text(
              cells.filter(({ count }) => count > 0),
              { x: 'answer', y: 'truth', text: 'count', fill: ({ share }) => (share > 0.5 ? 'white' : INK) },
            ),
          ]
        : []),
    ],
  });
}

/** Accuracy of the answers against how sure they were; the diagonal is what probabilities promise. Areas grow with the clips. */
export function reliabilityPlot(
  calibrations: readonly { name: string; calibration: PlottedCalibration }[],
): string {
  const bars = calibrations.flatMap(({ name, calibration: { bins, ece } }) =>
    bins
      .filter(({ count }) => count > 0)
      .map(({ confidence, accuracy, count }) => ({
        ...{ confidence: confidence!, accuracy: accuracy!, count },
        series: seriesName(name, ece),
      })),
  );
  return svg({
    ...{ width: 460, height: 420, marginLeft: 56, marginBottom: 46, grid: true },
    style: { fontSize: '12px', fontFamily: font },
    x: { domain: [0, 1], label: 'confidence', percent: false },
    y: { domain: [0, 1], label: 'accuracy' },
    color: {
      domain: calibrations.map(({ name, calibration }) => seriesName(name, calibration.ece)),
      range: [OURS, OTHER],
      legend: false,
    },
    r: { range: [2, 11] },
    marks: [
      Plot.link([0], { x1: 0, y1: 0, x2: 1, y2: 1, stroke: '#8a8a8a', strokeDasharray: '4 4' }),
      Plot.line(bars, { x: 'confidence', y: 'accuracy', stroke: 'series', strokeWidth: 1.5 }),
      Plot.dot(bars, { x: 'confidence', y: 'accuracy', fill: 'series', r: 'count', fillOpacity: 0.8 }),
      ...legend(calibrations.map(({ name, calibration }) => seriesName(name, calibration.ece)), [OURS, OTHER], 0.04, 0.97), // prettier-ignore
    ],
  });
}

function seriesName(name: string, ece: number): string {
  return `${name}: calibration error ${percent(ece)}`;
}

/** Precision against recall over all pairs of clip and class, a line a run; the dashed line is the share of true pairs. */
export function precisionRecallPlot(curves: readonly NamedCurve[], share: number): string {
  const points = curves.flatMap(({ name, points: own }) => own.map(([x, y]) => ({ name, x, y })));
  return svg({
    ...{ width: 460, height: 420, marginLeft: 56, marginBottom: 46, grid: true },
    style: { fontSize: '12px', fontFamily: font },
    x: { domain: [0, 1], label: 'recall' },
    y: { domain: [0, 1], label: 'precision' },
    marks: [
      Plot.ruleY([share], { stroke: '#8a8a8a', strokeDasharray: '4 4' }),
      Plot.text([{ x: 0.01, y: share }], {
        ...{ x: 'x', y: 'y', dy: -8, textAnchor: 'start' as const, fill: '#5c5c5c' },
        text: () => `any order: ${percent(share)}`,
      }),
      Plot.line(points, { x: 'x', y: 'y', z: 'name', stroke: OURS, strokeWidth: 1.4, strokeOpacity: 0.75 }),
    ],
  });
}

/** How many frames, or clips, overlap the truth by how much. */
export function iouHistogram(ious: readonly number[], { noun }: { noun: string }): string {
  const bars = Array.from({ length: 20 }, (_, b) => ({
    ...{ low: b / 20, high: (b + 1) / 20 },
    count: ious.filter((iou) => Math.min(19, Math.floor(iou * 20)) === b).length,
  }));
  const mean = ious.reduce((sum, iou) => sum + iou, 0) / ious.length;
  const top = Math.max(...bars.map(({ count }) => count));
  return svg({
    ...{ width: 520, height: 340, marginLeft: 60, marginBottom: 46 },
    style: { fontSize: '12px', fontFamily: font },
    x: { domain: [0, 1], label: 'IoU with the truth' },
    y: { label: noun, grid: true, domain: [0, 1.12 * top] },
    marks: [
      Plot.rectY(bars, { x1: 'low', x2: 'high', y: 'count', fill: OURS, inset: 0.5 }),
      Plot.ruleX([mean], { stroke: OTHER, strokeWidth: 1.5 }),
      Plot.text([mean], {
        ...{
          x: mean,
          y: 1.07 * top,
          dx: mean > 0.6 ? -6 : 6,
          textAnchor: mean > 0.6 ? ('end' as const) : ('start' as const),
        },
        ...{ fill: OTHER, text: () => `mean ${mean.toFixed(2)}` },
      }),
      Plot.ruleY([0], { stroke: INK }),
    ],
  });
}

function legend(names: readonly string[], colours: readonly string[], x: number, y: number): Plot.Markish[] {
  return names.map((name, i) =>
    Plot.text([{ x, y: y - 0.055 * i }], {
      ...{ x: 'x', y: 'y', textAnchor: 'start' as const, fontWeight: 600 },
      ...{ text: () => name, fill: colours[i % colours.length]!, stroke: 'white', strokeWidth: 4 },
    }),
  );
}

/** One plot as an SVG file: white behind it, so that it reads in a dark page too. */
function svg(options: Plot.PlotOptions): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const plot = Plot.plot({ ...options, document: document as unknown as Document });
  plot.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  plot.setAttribute('style', `background: white; color: ${INK}; font-family: ${font}`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${plot.outerHTML}\n`;
}
