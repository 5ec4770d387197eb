// The table of an ablation as Markdown for docs/: for each question the rows, the figures and the answer.
import { variantGroups, type VariantGroup } from '../../train/recipe/variants.js';
import { percent } from '../../percent.js';
import { answerOfGroup } from './answers.js';
import { isClear, type AblationTable, type RowFigure, type TableRow } from './table.js';

/** The whole document. */
export function ablationMarkdown(table: AblationTable): string {
  const { options, clips, classes, rows, backbone } = table;
  const hasTruth = rows.some(({ figures }) => figures.pointing);
  const full = rows.find(({ name }) => name === 'full')!;
  const head = [
    '# Ablations',
    '',
    `${rows.length} rows, ${options.seeds} seed${options.seeds === 1 ? '' : 's'} each; the full model is \`${options.form}\`. ${clips.train} clips to learn from, ${clips.test} left-out clips that every row is judged on, ${classes.length} classes, ${options.frames} frames, ${options.epochs} epochs on stored features of a frozen backbone (\`${backbone}\`).`,
    'Every figure is a mean over left-out clips and seeds, `±` the deviation between seeds. Differences are to the full model, clip by clip, with 95 % bootstrap intervals over clips; one in **bold** leaves 0 out and has the same sign with every seed. With this many rows some do so by chance: one in twenty, by one seed.',
    '',
  ];
  const groups = (Object.keys(variantGroups) as VariantGroup[]).filter((group) =>
    options.groups.includes(group),
  );
  const parts = groups.flatMap((group) => {
    const own = rows.filter((row) => row.groups.includes(group));
    return [
      `## ${variantGroups[group]}`,
      '',
      ...answerOfGroup(table, group).map((text) => `- ${text}`),
      '',
      ...tableLines([full, ...own], hasTruth),
      '',
    ];
  });
  if (groups.length === 0) parts.push(...tableLines([full], hasTruth));
  return `${[...head, ...parts].join('\n').trimEnd()}\n`;
}

function tableLines(rows: readonly TableRow[], hasTruth: boolean): string[] {
  const columns = [
    'row (`--variant`)',
    'accuracy',
    'difference',
    'p',
    'mask area',
    'binary cells',
    'neighbours differ',
    'frames in use',
    'peaks',
    'between steps',
    ...(hasTruth ? ['IoU >= 0.3', 'pointing'] : []),
    'parameters',
  ];
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(columns), line(columns.map(() => '---')), ...rows.map((row) => line(cellsOf(row, hasTruth)))];
}

function cellsOf(
  { name, words, figures, parameters, failures, seeds }: TableRow,
  hasTruth: boolean,
): string[] {
  const label = name === 'full' ? 'full model' : `${words} (\`${name}\`)`;
  if (seeds === 0)
    return [label, `no finite loss in ${failures} trainings`, ...Array<string>(hasTruth ? 11 : 9).fill('')];
  const { correct, area, binary, roughness, framesInUse, peaks, betweenSteps, iou, pointing } = figures;
  const accuracy = `${percent(correct!.value)}${correct!.deviation === null ? '' : ` ± ${(100 * correct!.deviation).toFixed(1)}`}`;
  const number = (figure: RowFigure | undefined, show: (value: number) => string): string => {
    if (!figure) return '';
    const text = show(figure.value);
    return isClear(figure) ? `**${text}**` : text;
  };
  return [
    label,
    accuracy,
    differenceOf(correct!),
    correct!.difference ? correct!.difference.p.toFixed(3) : '',
    number(area, percent),
    number(binary, percent),
    number(roughness, (value) => value.toFixed(3)),
    number(framesInUse, (value) => value.toFixed(2)),
    number(peaks, (value) => value.toFixed(2)),
    betweenSteps!.value < 1e-6 ? '0' : betweenSteps!.value.toExponential(1),
    ...(hasTruth ? [number(iou, percent), number(pointing, percent)] : []),
    `${parameters}`,
  ];
}

function differenceOf(figure: RowFigure): string {
  if (!figure.difference) return '';
  const { difference, interval } = figure.difference;
  const show = (value: number): string => `${value < 0 ? '-' : '+'}${Math.abs(100 * value).toFixed(1)}`;
  const text = `${show(difference)} (${show(interval.low)} to ${show(interval.high)})`;
  return isClear(figure) ? `**${text}**` : text;
}
