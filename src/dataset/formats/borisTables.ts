// BORIS's events as a table, old and new: one line an event (START, STOP, POINT) or one line a bout. Old files have lines
// about the observation above the header.
import { WhereWhenError } from '../../errors.js';
import { pairedEvents, type BehaviourEvent, type Bout } from './bout.js';
import { columnsOf, plainName, rowsOf, tableOf, type Row } from './table.js';
import { decimalAt, lineFault } from './text.js';

const COLUMNS = {
  label: ['behavior', 'behaviour'],
  subject: ['subject'],
  clip: ['mediafilename', 'mediafilepath', 'mediafile', 'source'],
  observation: ['observationid'],
  status: ['behaviortype', 'status'],
  time: ['time', 'times'],
  start: ['starts', 'start'],
  stop: ['stops', 'stop'],
  length: ['mediadurations', 'totallength'],
  rate: ['fps', 'fpsframes'],
};
type Column = keyof typeof COLUMNS;

/** Whether a header is one of these. */
export function isBorisHeader(names: readonly string[]): boolean {
  const { label, time, start, status } = columnsOf(names, COLUMNS);
  return label !== undefined && status !== undefined && (time !== undefined || start !== undefined);
}

/** The bouts of a table. Throws `format` naming the line. */
export function tableBouts(text: string, path: string, notes: string[]): Bout[] {
  const { rows, delimiter } = rowsOf(text, path);
  const header = rows.findIndex(({ fields }) => isBorisHeader(fields));
  if (header < 0) throw lineFault(path, 1, 'columns Behavior, Behavior type and Time or Start (s)', 'others');
  const table = tableOf(path, { rows: rows.slice(header), delimiter });
  const columns = columnsOf(table.names, COLUMNS);
  const above = rows.slice(0, header).find(({ fields }) => plainName(fields[0] ?? '') === 'mediafiles');
  const lines = table.rows.map((row) => new BorisLine(row, columns, { path, media: above?.fields[1] }));
  return columns.start === undefined ? eventBouts(lines, path, notes) : lines.map((line) => line.bout());
}

function eventBouts(lines: readonly BorisLine[], path: string, notes: string[]): Bout[] {
  const files = new Map<string, BorisLine[]>();
  for (const line of lines) {
    const key = JSON.stringify([line.observation, line.clip]);
    files.set(key, [...(files.get(key) ?? []), line]);
  }
  return [...files.values()].flatMap((own) => {
    const events = own.map((line) => line.event());
    const pairs = pairedEvents(events, own[0]!.length, ({ line, seconds }, isKept) =>
      notes.push(
        `${path}:${line.number}: ${line.label} starts at ${seconds} s and never stops, ${isKept ? 'kept to the end' : 'left out'}`,
      ),
    );
    return pairs.map(({ event, startSeconds, endSeconds }) => event.line.boutOf(startSeconds, endSeconds));
  });
}

/** One line by what its columns hold. */
class BorisLine {
  readonly number: number;
  readonly label: string;
  readonly clip: string;
  readonly observation: string;
  readonly #fields: Record<string, string>;
  readonly #columns: Partial<Record<Column, string>>;
  readonly #path: string;

  constructor(
    { fields, line }: Row<Record<string, string>>,
    columns: Partial<Record<Column, string>>,
    { path, media }: { path: string; media: string | undefined },
  ) {
    [this.number, this.#fields, this.#columns, this.#path] = [line, fields, columns, path];
    this.label = this.#at('label');
    this.observation = this.#at('observation');
    // `player #1:clip.mp4` in some versions
    this.clip = (this.#at('clip') || media || this.observation)
      .replace(/^player #\d+:/i, '')
      .replace(/;.*$/, '');
    if (!this.label || !this.clip)
      throw lineFault(path, line, 'a media file and a behavior', `"${this.clip}", "${this.label}"`);
  }

  /** Seconds of the media file, where it is told as one number. */
  get length(): number | undefined {
    return this.#told('length');
  }

  event(): BehaviourEvent & { line: BorisLine } {
    const seconds = this.#number('time');
    const key = JSON.stringify([this.label, this.#at('subject')]);
    return { line: this, key, seconds, isPoint: /point/i.test(this.#at('status')) };
  }

  bout(): Bout {
    const start = this.#number('start');
    const isPoint = /point/i.test(this.#at('status'));
    const end = isPoint && !this.#told('stop') ? start : this.#number('stop');
    if (end < start)
      throw lineFault(this.#path, this.number, 'an end that is not before the start', `${start} to ${end}`);
    return this.boutOf(start, end);
  }

  boutOf(startSeconds: number, endSeconds: number): Bout {
    const { clip, label, length } = this;
    const facts = { durationSeconds: length, frameRate: this.#told('rate') };
    return { clip, label, subject: this.#at('subject'), startSeconds, endSeconds, ...facts };
  }

  #at(column: Column): string {
    const name = this.#columns[column];
    return name === undefined ? '' : (this.#fields[name] ?? '');
  }

  #told(column: Column): number | undefined {
    const value = Number(this.#at(column) || NaN);
    return Number.isFinite(value) && value > 0 ? value : undefined;
  }

  #number(column: Column): number {
    if (this.#columns[column] !== undefined)
      return decimalAt(this.#at(column), this.#path, this.number, column);
    throw new WhereWhenError({
      code: 'format',
      path: `${this.#path}:${this.number}`,
      expected: `a column ${column}`,
    });
  }
}
