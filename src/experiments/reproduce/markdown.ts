// The report of a reproduction as Markdown: what was reached, beside the paper and the image-blind baselines, then what differs.
import { MEAN_POOLING } from '../../metrics/trivial.js';
import type { ReproduceReport } from './summary.js';

/** OUT/report.md; plots are shown by their paths beside it. */
export function markdownOf(report: ReproduceReport): string {
  const { plan, aim, plots, missing } = report;
  const parts = [
    `# ${plan.name === 'folders' ? 'Class folders' : plan.name}: reproduced`,
    ...(aim ? [`The paper: ${aim.figure}, on ${aim.counting} (${aim.source}).`] : []),
    `${report.runs.length} runs: ${scopeOf(report)}. Intervals (95 %) by a bootstrap over clips, deviations over seeds.`,
    '## Figures',
    figureTable(report),
    list(report.words),
    ...splitsTable(report),
    ...furtherTable(report),
    '## What differs',
    report.differences.length > 0 ? list(report.differences) : 'Nothing that was chosen.',
    ...(missing > 0 ? [`Clips or videos that are not at hand: ${missing}, named in missing.txt.`] : []),
    ...(report.notes.length > 0 ? ['## Notes of the readers', list(report.notes)] : []),
    '## Plots',
    ...plots.map(({ file, title, says }) => `### ${title}\n\n![${title}: ${says}](${file})\n\n${says}.`),
    '## Runs',
    runTable(report),
    '## Recipe',
    `\`\`\`json\n${JSON.stringify(plan.recipe, null, 2)}\n\`\`\``,
  ];
  return `${parts.join('\n\n')}\n`;
}

function scopeOf({ plan, runs }: ReproduceReport): string {
  const seeds = `seeds ${plan.seeds.join(', ')}`;
  const splits = [...new Set(runs.map(({ split }) => split))];
  if (plan.folds === null) return `splits ${splits.join(', ')}; ${seeds}`;
  const rule = plan.folds === 'group' ? 'one group left out after another' : 'folds of whole groups';
  return `${splits.length} folds (${rule}); ${seeds}`;
}

function figureTable({ figures }: ReproduceReport): string {
  return table(
    ['%', 'ours', '95 %', 'deviation', 'paper', 'image-blind baselines', 'simple baseline'],
    figures.map(({ name, value, interval, deviation, paper, trivial, verdict }) => [
      name,
      `**${digits(value)}**${verdict === 'above' ? '' : ` (${verdict === 'below' ? 'an image-blind baseline wins' : 'not told apart'})`}`,
      `${digits(interval.low)} to ${digits(interval.high)}`,
      deviation === null ? '' : digits(deviation),
      paper === null ? '' : digits(paper),
      reached(trivial, (rival) => rival !== MEAN_POOLING),
      reached(trivial, (rival) => rival === MEAN_POOLING),
    ]),
  );
}

function reached(rivals: Readonly<Record<string, number>>, isShown: (rival: string) => boolean): string {
  const shown = Object.entries(rivals).filter(([rival]) => isShown(rival));
  return shown.map(([rival, value]) => `${rival} ${digits(value)}`).join(', ');
}

function splitsTable({ figures, plan }: ReproduceReport): string[] {
  if (plan.folds !== null || plan.splits.length < 2) return [];
  return [
    '## Split by split',
    table(
      ['%', ...plan.splits.map((split) => `split ${split}`)],
      figures.map(({ name, perSplit }) => [name, ...perSplit.map(({ value }) => digits(value))]),
    ),
  ];
}

function furtherTable({ further, calibration }: ReproduceReport): string[] {
  const { ece, scaled } = calibration;
  const rows = Object.entries(further).map(([name, { mean, deviation }]) => [
    name,
    digits(mean),
    deviation === null ? '' : digits(deviation),
  ]);
  return [
    '## Beside them',
    table(
      ['%', 'mean over runs', 'deviation'],
      [
        ...rows,
        ['calibration error', digits(ece), ''],
        ...(scaled === null
          ? []
          : [['calibration error after the temperature of validation', digits(scaled), '']]),
      ],
    ),
  ];
}

function runTable({ runs }: ReproduceReport): string {
  return table(
    ['run', 'to learn', 'held out', 'test', 'broken', 'epochs (best)', 'minutes', 'model'],
    runs.map(({ id, clips, epochs, bestEpoch, seconds, model }) => [
      id,
      ...[clips.training, clips.validation, clips.test, clips.broken].map(String),
      `${epochs} (${bestEpoch ?? '-'})`,
      (seconds / 60).toFixed(1),
      model ?? '',
    ]),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

function digits(value: number): string {
  return (100 * value).toFixed(1);
}
