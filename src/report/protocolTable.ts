// The reports of named protocols as tables for a terminal: thresholds across, classes and image-blind baselines down.
import type { DetectionReport } from '../evaluate/index.js';
import type { ScriptReport } from '../evaluate/reports/scriptReports.js';
import type { SplitsReport } from '../evaluate/reports/splitsReport.js';
import type { TubeReport } from '../evaluate/reports/tubeReport.js';
import { words as spelled } from '../page/sentences.js';
import { mean } from '../metrics/mean.js';

/** The table of any named protocol. */
export function protocolTable(report: DetectionReport | ScriptReport | SplitsReport | TubeReport): string {
  if ('detections' in report) return detectionTable(report);
  if ('counted' in report) return scriptTable(report);
  return 'splits' in report ? splitsTable(report) : tubeTable(report);
}

/** A temporal protocol: AP of each class, their mean, and the image-blind baselines' means, in percent. Plain text. */
export function detectionTable(report: DetectionReport): string {
  const { thresholds, averageMap, averageTrivial } = report;
  const classes = Object.keys(thresholds[0]?.AP ?? {}).sort();
  const rows = [
    ['AP %, at tIoU', ...thresholds.map(({ threshold }) => String(threshold)), 'average'],
    ...classes.map((label) => {
      const aps = thresholds.map(({ AP }) => AP[label]!);
      return [spelled(label), ...aps.map(inPercent), inPercent(mean(aps))];
    }),
    ['mAP', ...thresholds.map(({ mAP }) => inPercent(mAP)), inPercent(averageMap)],
    ...Object.keys(averageTrivial).map((name) => [
      `trivial: ${name}`,
      ...thresholds.map(({ trivial }) => inPercent(trivial[name]!)),
      inPercent(averageTrivial[name]!),
    ]),
  ];
  const head = `${report.protocol}: ${report.detections} detections against ${report.segments} true segments in ${report.videos} videos`;
  return [head, '', ...aligned(rows, [0, classes.length]), '', ...report.words].join('\n');
}

/** A protocol of the released scripts: ours, the paper's and the image-blind baselines' shares, in percent. Plain text. */
export function scriptTable(report: ScriptReport): string {
  const { thresholds } = report;
  const optional = (value: number | null): string => (value === null ? '' : inPercent(value));
  const hasAnswers = thresholds.some(({ value }) => value !== null);
  const rows = [
    ['share %, at', ...thresholds.map(({ threshold }) => String(threshold))],
    ...(hasAnswers ? [['model', ...thresholds.map(({ value }) => optional(value))]] : []),
    ...(report.iou ? [['model, true IoU', ...report.iou.map(({ value }) => inPercent(value))]] : []),
    ['paper', ...thresholds.map(({ published }) => optional(published))],
    ...Object.keys(thresholds[0]!.trivial).map((name) => [
      `trivial: ${name}`,
      ...thresholds.map(({ trivial }) => inPercent(trivial[name]!)),
    ]),
  ];
  const head = `${report.protocol}: ${report.items} ${report.counted} of ${report.videos} videos`;
  return [head, '', ...aligned(rows, [0]), '', ...report.words].join('\n');
}

/** Official splits: top-1 of each and their mean, the paper's mean, chance and majority class, in percent. Plain text. */
export function splitsTable({
  protocol,
  splits,
  mean: all,
  deviation,
  trivial,
  published,
  words,
}: SplitsReport): string {
  const over = deviation === null ? '' : ` +- ${inPercent(deviation)}`;
  const rows = [
    ['top-1 %', ...splits.map(({ split }) => `split ${split}`), 'mean'],
    ['train / test', ...splits.map(({ train, test }) => `${train} / ${test}`), ''],
    ...(splits.some(({ top1 }) => top1 !== null)
      ? [
          [
            'model',
            ...splits.map(({ top1 }) => (top1 === null ? '' : inPercent(top1))),
            all === null ? '' : `${inPercent(all)}${over}`,
          ],
        ]
      : []),
    ['paper', ...splits.map(() => ''), inPercent(published)],
    ...Object.entries(trivial).map(([name, value]) => [
      `trivial: ${name}`,
      ...splits.map((split) => inPercent(split.trivial[name]!)),
      inPercent(value),
    ]),
  ];
  return [`${protocol}: top-1 by the official splits`, '', ...aligned(rows, [0]), '', ...words]
    .join('\n')
    .trimEnd();
}

/** Frame-mAP and video-mAP beside the same tubes with constant boxes, in percent. Plain text. */
export function tubeTable({ protocol, figures, AP, videos, tubes, trueTubes, words }: TubeReport): string {
  const names = Object.keys(Object.values(figures)[0]!.trivial);
  const rows = [
    ['%', 'model', ...names],
    ...Object.values(figures).map(({ name, value, trivial }) => [
      name,
      inPercent(value),
      ...names.map((n) => inPercent(trivial[n]!)),
    ]),
    ...Object.entries(AP).map(([label, ap]) => [
      `video-AP at 0.5: ${spelled(label)}`,
      inPercent(ap),
      ...names.map(() => ''),
    ]),
  ];
  const head = `${protocol}: ${tubes} tubes against ${trueTubes} true ones in ${videos} videos`;
  return [head, '', ...aligned(rows, [0]), '', ...words].join('\n').trimEnd();
}

/** Columns of one width, numbers to the right; a rule below each row named in `ruled`. */
function aligned(rows: readonly (readonly string[])[], ruled: readonly number[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row.map((text, i) => (i === 0 ? text.padEnd(widths[i]!) : text.padStart(widths[i]!))).join('  '),
  );
  const rule = '-'.repeat(lines[0]!.length);
  return lines.flatMap((line, i) => (ruled.includes(i) ? [line.trimEnd(), rule] : [line.trimEnd()]));
}

function inPercent(value: number): string {
  return (100 * value).toFixed(1);
}
