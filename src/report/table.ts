// An evaluation as a table for a terminal and as a few sentences: what a reader must know, in words.
import type { EvaluationReport, Figure, SeedsReport } from '../evaluate/index.js';

/** One line of the table; `group` stands on its first line only. */
interface Row {
  group: string;
  name: string;
  value: string;
  interval: string;
  trivial: string;
  verdict: string;
}

const HEAD: Row = {
  group: '',
  name: 'figure',
  value: 'model',
  interval: '95 %',
  trivial: 'best trivial answer',
  verdict: '',
};
const MARK = { above: 'above', level: 'not told apart', below: 'TRIVIAL ANSWER WINS' } as const;

/** The table, every figure beside its best trivial answer, then the report's sentences. Plain text, about 100 wide. */
export function evaluationTable(report: EvaluationReport): string {
  const groups: [string, Record<string, Figure> | undefined][] = [
    ['WHAT', report.what.figures],
    ['WHERE', report.where?.figures],
    ['ACTORS', report.where?.byClass?.figures],
    ['WHEN', report.when?.figures],
  ];
  const rows = groups.flatMap(([group, figures]) =>
    Object.values(figures ?? {}).map((figure, i) => rowOf(i === 0 ? group : '', figure)),
  );
  const { manyLabels } = report.what;
  if (manyLabels) rows.push(rowOf('', manyLabels.mAP));
  const against = report.against
    ? ['', `Against ${report.against.against}, on the same ${report.against.clips} clips:`]
    : [];
  return [
    ...aligned([HEAD, ...rows]),
    '',
    ...evaluationWords(report),
    ...against,
    ...(report.against?.words ?? []),
  ].join('\n');
}

/** Mean and deviation of every figure over several models of one training, beside the best trivial answer. Plain text. */
export function seedsTable({ models, figures, words }: SeedsReport): string {
  const head: Row = { ...HEAD, value: 'mean', interval: 'deviation' };
  const rows = Object.entries(figures).map(([key, { name, mean, deviation, best, verdict }], i, all): Row => {
    const group = key.split('.')[0]!;
    return {
      group: i === 0 || all[i - 1]![0].split('.')[0] !== group ? group.toUpperCase() : '',
      name,
      value: percent(mean),
      interval: deviation === null ? '' : digits(deviation),
      trivial: `${percent(best.value)}  ${best.name}`,
      verdict: MARK[verdict],
    };
  });
  const names = `${models.length} models: ${models.map(({ model }) => model).join(', ')}`;
  return [names, '', ...aligned([head, ...rows]), '', ...words.map(closed)].join('\n').trimEnd();
}

/** The report in sentences: one for each of what, where and when, then the notes and every trivial answer that wins. */
export function evaluationWords(report: EvaluationReport): string[] {
  const heads = [report.what.figures.top1, report.where?.figures['iou0.3'], report.when?.figures.meanIou];
  const questions = ['What', 'Where', 'When'];
  const lines = heads.flatMap((figure, i) => (figure ? [`${questions[i]}: ${headline(figure)}`] : []));
  const said = new Set(heads.map((figure) => figure?.words));
  return [...lines, ...report.words.filter((text) => !said.has(text)).map(closed)];
}

/** One figure against its best trivial answer, as a sentence. */
export function headline({ name, value, best, verdict }: Figure): string {
  const rival = `the best trivial answer, ${best.name}, reaches ${percent(best.value)}`;
  const ending = {
    above: `; ${rival}.`,
    level: `; ${rival}, and the difference is within chance.`,
    below: `; ${rival} and wins: do not trust this answer.`,
  }[verdict];
  return `${name} ${percent(value)}${ending}`;
}

function rowOf(group: string, { name, value, interval, best, verdict }: Figure): Row {
  return {
    group,
    name,
    value: percent(value),
    interval: interval ? `${digits(interval.low)}..${digits(interval.high)}` : '',
    trivial: `${percent(best.value)}  ${best.name}`,
    verdict: MARK[verdict],
  };
}

function aligned(rows: readonly Row[]): string[] {
  const keys = Object.keys(HEAD) as (keyof Row)[];
  const widths = keys.map((key) => Math.max(...rows.map((row) => row[key].length)));
  const isNumber = (key: keyof Row): boolean => key === 'value' || key === 'interval';
  const lines = rows.map((row) =>
    keys
      .map((key, i) => (isNumber(key) ? row[key].padStart(widths[i]!) : row[key].padEnd(widths[i]!)))
      .join('  ')
      .trimEnd(),
  );
  const rule = '-'.repeat(Math.max(...lines.map((line) => line.length)));
  return [lines[0]!, rule, ...lines.slice(1)];
}

function closed(text: string): string {
  const sentence = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}

function digits(value: number): string {
  return (100 * value).toFixed(1);
}

function percent(value: number): string {
  return `${digits(value)} %`;
}
