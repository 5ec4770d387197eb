// An evaluation as a table for a terminal and as a few sentences: what a reader must know, in words.
import type { EvaluationReport } from '../evaluate/index.js';
import type { Figure } from '../evaluate/reports/reportForm.js';
import type { SeedsReport } from '../evaluate/reports/seedsReport.js';
import { agreementLines } from './agreementTable.js';
import { digits, shown } from './figureWords.js';
import { percent } from '../percent.js';
import { columns } from '../columns.js';

/** One line of the table; `group` stands on its first line only. */
interface ReportRow {
  group: string;
  name: string;
  value: string;
  interval: string;
  trivial: string;
  verdict: string;
  /** A simple baseline, where some figure has one. */
  simple: string;
}

const HEAD: ReportRow = {
  group: '',
  name: 'figure',
  value: 'model',
  interval: '95 %',
  trivial: 'best image-blind baseline',
  verdict: '',
  simple: '',
};
const SIMPLE_MARK = { above: 'above', level: 'not told apart', below: 'BETTER' } as const;
const MARK = { above: 'above', level: 'not told apart', below: 'IMAGE-BLIND BASELINE WINS' } as const;

/** The table, every figure beside its best image-blind baseline, then the report's sentences. Plain text, about 100 wide. */
export function evaluationTable(report: EvaluationReport): string {
  const groups: [string, Record<string, Figure | undefined> | undefined][] = [
    ['WHAT', report.what.figures],
    ['WHERE', report.where?.figures],
    ['ACTORS', report.where?.byClass?.figures],
    ['WHEN', report.when?.figures],
    ['SCORER', report.agreement?.figures],
  ];
  const rows = groups.flatMap(([group, figures]) =>
    Object.values(figures ?? {})
      .filter((figure) => figure !== undefined)
      .map((figure, i) => rowOf(i === 0 ? group : '', figure)),
  );
  const { manyLabels } = report.what;
  if (manyLabels) rows.push(rowOf('', manyLabels.mAP));
  const against = report.against
    ? ['', `Against ${report.against.against}, on the same ${report.against.clips} clips:`]
    : [];
  return [
    ...aligned([headOf(rows), ...rows]),
    ...(report.agreement ? ['', ...agreementLines(report.agreement)] : []),
    '',
    ...evaluationWords(report),
    ...against,
    ...(report.against?.words ?? []),
  ].join('\n');
}

/** Mean and deviation of every figure over several models of one training, beside the best image-blind baseline. Plain text. */
export function seedsTable({ models, figures, words }: SeedsReport): string {
  const head: ReportRow = { ...HEAD, value: 'mean', interval: 'deviation' };
  const rows = Object.entries(figures).map(
    ([key, { name, mean, deviation, best, verdict, unit, simple }], i, all): ReportRow => {
      const group = key.split('.')[0]!;
      return {
        group: i === 0 || all[i - 1]![0].split('.')[0] !== group ? group.toUpperCase() : '',
        name,
        value: shown(mean, unit),
        interval: deviation === null ? '' : digits(deviation, unit),
        trivial: `${shown(best.value, unit)}  ${best.name}`,
        verdict: MARK[verdict],
        simple: simple ? `${shown(simple.value, unit)}  ${simple.name}` : '',
      };
    },
  );
  const names = `${models.length} models: ${models.map(({ model }) => model).join(', ')}`;
  return [
    names,
    '',
    ...aligned([{ ...head, simple: headOf(rows).simple }, ...rows]),
    '',
    ...words.map(closed),
  ]
    .join('\n')
    .trimEnd();
}

/** The report in sentences: one for each of what, where and when, then the notes and every image-blind baseline that wins. */
export function evaluationWords(report: EvaluationReport): string[] {
  const heads = [report.what.figures.top1, report.where?.figures['iou0.3'], report.when?.figures.meanIou];
  const questions = ['What', 'Where', 'When'];
  const lines = heads.flatMap((figure, i) => (figure ? [`${questions[i]}: ${headline(figure)}`] : []));
  const said = new Set(heads.map((figure) => figure?.words));
  return [...lines, ...report.words.filter((text) => !said.has(text)).map(closed)];
}

/** One figure against its best image-blind baseline, as a sentence. */
export function headline({ name, value, best, verdict, simple }: Figure): string {
  const rival = `the best image-blind baseline, ${best.name}, reaches ${percent(best.value)}`;
  const ending = {
    above: `; ${rival}.`,
    level: `; ${rival}, and the difference is within chance.`,
    below: `; ${rival} and wins: do not trust this answer.`,
  }[verdict];
  const beside = simple
    ? ` A simple baseline that looks at the pictures too, ${simple.name}, reaches ${percent(simple.value)}.`
    : '';
  return `${name} ${percent(value)}${ending}${beside}`;
}

/** The head, with the column of simple baselines where there are any. */
function headOf(rows: readonly ReportRow[]): ReportRow {
  return { ...HEAD, simple: rows.some(({ simple }) => simple !== '') ? 'simple baseline' : '' };
}

function rowOf(group: string, { name, value, interval, best, verdict, unit, simple }: Figure): ReportRow {
  return {
    group,
    name,
    value: shown(value, unit),
    interval: interval ? `${digits(interval.low, unit)}..${digits(interval.high, unit)}` : '',
    trivial: `${shown(best.value, unit)}  ${best.name}`,
    verdict: MARK[verdict],
    simple: simple ? `${shown(simple.value, unit)}  ${simple.name}  ${SIMPLE_MARK[simple.verdict]}` : '',
  };
}

function aligned(rows: readonly ReportRow[]): string[] {
  const keys = (Object.keys(HEAD) as (keyof ReportRow)[]).filter((key) =>
    rows.some((row) => row[key] !== ''),
  );
  const isNumber = (column: number): boolean => ['value', 'interval'].includes(keys[column]!);
  const cells = rows.map((row) => keys.map((key) => row[key]));
  const lines = columns(cells, isNumber);
  const rule = '-'.repeat(Math.max(...lines.map((line) => line.length)));
  return [lines[0]!, rule, ...lines.slice(1)];
}

function closed(text: string): string {
  const sentence = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
