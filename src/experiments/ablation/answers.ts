// The answers to the questions of an ablation, each derived from the figures of the table: what is told apart is said to
// change, what is not is said to be open. No sentence is fixed beforehand.
import type { VariantGroup, VariantName } from '../../train/recipe/variants.js';
import {
  isClear,
  leavesZeroOut,
  seedsDisagree,
  type AblationTable,
  type FigureName,
  type RowFigure,
  type TableRow,
} from './table.js';
import { percent } from '../../percent.js';

interface FigureScale {
  words: string;
  /** How a value and a difference are written. */
  show: (value: number) => string;
  difference: (value: number) => string;
}

const points = (value: number): string => `${signed(100 * value, 1)} points`;
const share = (words: string): FigureScale => ({ words, show: percent, difference: points });
const plain = (words: string, digits: number): FigureScale => ({
  words,
  show: (value) => value.toFixed(digits),
  difference: (value) => signed(value, digits),
});

const scales: Readonly<Record<FigureName, FigureScale>> = {
  correct: share('accuracy'),
  crossEntropy: plain('cross-entropy', 3),
  area: share('mask area'),
  binary: share('binary cells'),
  roughness: plain('difference of neighbours', 4),
  peaks: plain('peaks of the weights', 2),
  framesInUse: plain('frames in use', 2),
  fromUniform: plain('distance from uniform', 3),
  betweenSteps: plain('difference between steps', 6),
  iou: share('frames with IoU >= 0.3'),
  pointing: share('pointing game'),
};

/** The answer to a group's question, some sentences. */
export function answerOfGroup(table: AblationTable, group: VariantGroup): string[] {
  const asked = new QuestionRows(table, group);
  if (asked.rows.length === 0) return ['No row of this question was run.'];
  const own = {
    paper: () => accuracies(asked),
    forms: () => [...accuracies(asked), ...scores(asked)],
    contrast: () => contrast(asked),
    variation: () => [...each(asked, 'roughness'), ...each(asked, 'binary'), ...accuracies(asked)],
    mask: () => [...accuracies(asked), ...each(asked, 'pointing'), ...each(asked, 'iou')],
    unimodal: () => [...each(asked, 'framesInUse'), ...each(asked, 'peaks'), ...accuracies(asked)],
    weights: () => [...accuracies(asked), ...each(asked, 'area'), ...each(asked, 'framesInUse')],
    actor: () => [...accuracies(asked), ...each(asked, 'crossEntropy')],
  }[group]();
  const failed = asked.rows.filter(({ failures }) => failures > 0);
  const lost = failed.map(
    ({ words, failures, seeds }) => `${words} (${failures} of ${failures + seeds} trainings)`,
  );
  return failed.length > 0 ? [...own, `The loss did not stay finite: ${lost.join(', ')}.`] : own;
}

/** The full row and the rows of one question. */
class QuestionRows {
  readonly full: TableRow;
  readonly rows: TableRow[];

  constructor({ rows }: AblationTable, group: VariantGroup) {
    this.full = rows.find(({ name }) => name === 'full')!;
    this.rows = rows.filter((row) => row.groups.includes(group));
  }

  row(name: VariantName): TableRow | undefined {
    return this.rows.find((one) => one.name === name && one.seeds > 0);
  }
}

/** Which rows are told apart from the full model in accuracy, and which are not. */
function accuracies(asked: QuestionRows): string[] {
  const full = asked.full.figures.correct!;
  const alive = asked.rows.filter(({ figures }) => figures.correct);
  const told = alive.filter(({ figures }) => isClear(figures.correct!));
  const worse = told.filter(({ figures }) => figures.correct!.difference!.difference < 0);
  const better = told.filter((row) => !worse.includes(row));
  const list = (rows: readonly TableRow[]): string =>
    rows.map(({ words, figures }) => `${words} (${changed(figures.correct!, 'correct')})`).join('; ');
  const largest = Math.max(...alive.map(({ figures }) => halfWidth(figures.correct!)));
  return [
    better.length > 0 ? `More accurate than the full model (${percent(full.value)}): ${list(better)}.` : '',
    worse.length > 0 ? `Less accurate than the full model (${percent(full.value)}): ${list(worse)}.` : '',
    told.length < alive.length
      ? `Not told apart from it in accuracy: ${alive
          .filter((row) => !told.includes(row))
          .map(({ words }) => words)
          .join(
            '; ',
          )}. Differences below about ${(100 * largest).toFixed(0)} points cannot be seen with these clips.`
      : '',
  ].filter(Boolean);
}

/** One figure of the full model, then of each row whose difference to it is told; the others are named. */
function each(asked: QuestionRows, figure: FigureName): string[] {
  const full = asked.full.figures[figure];
  if (!full) return [];
  const { words, show } = scales[figure];
  const alive = asked.rows.filter(({ figures }) => figures[figure]);
  const told = alive.filter(({ figures }) => isClear(figures[figure]!));
  const head = `${words.charAt(0).toUpperCase()}${words.slice(1)}: ${show(full.value)} in the full model`;
  if (told.length === 0) return [`${head}; no row is told apart from it.`];
  const list = told.map(
    (row) => `${row.words} ${show(row.figures[figure]!.value)} (${changed(row.figures[figure]!, figure)})`,
  );
  const rest = alive.length > told.length ? '; the others are not told apart' : '';
  return [`${head}; ${list.join('; ')}${rest}.`];
}

/** What becomes of the score: rows that are the same at every step, and parameters that never move. */
function scores(asked: QuestionRows): string[] {
  const say = (name: VariantName, text: (row: TableRow) => string): string[] => {
    const row = asked.row(name) ?? (asked.full.form === formOf[name] ? asked.full : undefined);
    return row ? [text(row)] : [];
  };
  const steps = (row: TableRow): number => row.figures.betweenSteps!.value;
  const verdict = (row: TableRow): string =>
    `${row.words}: weights differ between steps by ${steps(row).toExponential(1)}${steps(row) < 1e-6 ? ', that is not at all: the state has no say' : ''}`;
  return [
    ...say('form-additive', (row) => `${verdict(row)}.`),
    ...say('form-tanh', (row) => `${verdict(row)}.`),
    ...say('form-additive-detached', (row) =>
      row.scoreMoved === null
        ? ''
        : `With the energies cut out of the graph the parameters of the score move by ${row.scoreMoved.toExponential(1)} in training${row.scoreMoved < 1e-6 ? ': temporal attention learns nothing' : ''}.`,
    ),
  ].filter(Boolean);
}

const formOf: Partial<Record<VariantName, string>> = {
  'form-additive': 'recurrent-additive',
  'form-tanh': 'recurrent-tanh',
};

/** Does the foreground grow with the weight of contrast? */
function contrast(asked: QuestionRows): string[] {
  const series = (['no-contrast', 'contrast-1e-2', 'contrast-1'] as const).flatMap(
    (name) => asked.row(name) ?? [],
  );
  const strongest = asked.row('contrast-1');
  const area = strongest?.figures.area;
  const binary = strongest?.figures.binary;
  const words: string[] = [];
  if (area && binary) {
    const isBinary = isClear(binary) && binary.difference!.difference > 0;
    words.push(
      `${areaWords(area)} (mask area ${percent(area.value)} against ${percent(asked.full.figures.area!.value)}, ${changed(area, 'area')}), and it ${isBinary ? 'makes masks binary' : 'does not make masks more binary'} (binary cells ${percent(binary.value)} against ${percent(asked.full.figures.binary!.value)}).`,
    );
  }
  const listed = [
    ...series,
    ...(['contrast-1-area', 'area-1'] as const).flatMap((name) => asked.row(name) ?? []),
  ];
  if (listed.length > 0) {
    words.push(
      `Mask area and binary cells: ${listed
        .map(
          ({ words: own, figures }) =>
            `${own} ${percent(figures.area!.value)}, ${percent(figures.binary!.value)}`,
        )
        .join('; ')}.`,
    );
  }
  const both = asked.row('contrast-1-area')?.figures.area;
  if (both && area) {
    const isCured = both.interval.high < area.interval.low;
    words.push(
      isCured
        ? `The area term speaks against it: ${percent(both.value)} instead of ${percent(area.value)}.`
        : `The area term of weight 1 does not bring the area clearly down (${percent(both.value)} against ${percent(area.value)}).`,
    );
  }
  return [...words, ...accuracies(asked)];
}

/** What the strongest contrast does to the area. */
function areaWords(area: RowFigure): string {
  if (leavesZeroOut(area) && seedsDisagree(area)) {
    const list = area.bySeed!.map((one) => points(one)).join(', ');
    return `Not the same way with every seed: at weight 1 the area changes by ${list}`;
  }
  if (!isClear(area)) return 'Not seen: at weight 1 the area is not told apart from that of the usual weight';
  return area.difference!.difference > 0
    ? 'Yes, at weight 1 it enlarges the foreground'
    : 'No: at weight 1 the foreground shrinks';
}

/** `+1.2 points, -0.4 to +2.8`. */
function changed({ difference }: RowFigure, figure: FigureName): string {
  if (!difference) return 'the full model itself';
  const { low, high } = difference.interval;
  const write = scales[figure].difference;
  const bare = (value: number): string => write(value).replace(/ points$/, '');
  return `${write(difference.difference)}, ${bare(low)} to ${bare(high)}`;
}

function halfWidth({ difference }: RowFigure): number {
  return difference ? (difference.interval.high - difference.interval.low) / 2 : 0;
}

function signed(value: number, digits: number): string {
  return `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(digits)}`;
}
