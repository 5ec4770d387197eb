// BORIS's events as a table, old and new: one line an event (START, STOP, POINT) or one line a bout. Old files have lines
// about the observation above the header.
import { formatError } from '../../../errors.js';
import { columnsOf, plainName, rowsOf, tableOf, type TableRecord } from '../table.js';
import { decimalAt, lineFault } from '../text.js';
import { pairedEvents, type BehaviourEvent, type Bout } from './bout.js';
import { overMedia, toldMedia, type Media } from './media.js';

const COLUMNS = {
  label: ['behavior', 'behaviour'],
  subject: ['subject'],
  clip: ['mediafilename', 'mediafilepath', 'mediafile', 'source'],
  source: ['source'],
  observation: ['observationid'],
  status: ['behaviortype', 'status'],
  time: ['time', 'times'],
  start: ['starts', 'start'],
  stop: ['stops', 'stop'],
  length: ['mediadurations', 'totallength'],
  rate: ['fps', 'fpsframes'],
};
/** What stands for the media file of what was watched live. */
const NO_MEDIA = /^n\/?a$/i;
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
  const all = table.rows.map((row) => new BorisLine(row, columns, { path, media: above?.fields[1] }));
  const lines = all.filter(({ clip }) => !NO_MEDIA.test(clip));
  if (lines.length < all.length)
    notes.push(`${path}: ${all.length - lines.length} lines of observations of no media file are left out`);
  return columns.start === undefined ? eventBouts(lines, path, notes) : lines.flatMap((line) => line.bouts());
}

function eventBouts(lines: readonly BorisLine[], path: string, notes: string[]): Bout[] {
  const files = new Map<string, BorisLine[]>();
  for (const line of lines) {
    const key = JSON.stringify([line.observation, line.media.length > 1 ? '' : line.clip]);
    files.set(key, [...(files.get(key) ?? []), line]);
  }
  return [...files.values()].flatMap((own) => {
    const events = own.map((line) => line.event());
    const pairs = pairedEvents(events, own[0]!.length, ({ line, seconds }, isKept) =>
      notes.push(
        `${path}:${line.number}: ${line.label} starts at ${seconds} s and never stops, ${isKept ? 'kept to the end' : 'left out'}`,
      ),
    );
    return pairs.flatMap(({ event, startSeconds, endSeconds }) =>
      event.line.boutsOf(startSeconds, endSeconds),
    );
  });
}

/** One line by what its columns hold. */
class BorisLine {
  readonly number: number;
  readonly label: string;
  readonly clip: string;
  readonly observation: string;
  /** The files of the observation, where the line tells them with their lengths. */
  readonly media: readonly Media[];
  readonly #fields: Record<string, string>;
  readonly #columns: Partial<Record<Column, string>>;
  readonly #path: string;

  constructor(
    { fields, line }: TableRecord<Record<string, string>>,
    columns: Partial<Record<Column, string>>,
    { path, media }: { path: string; media: string | undefined },
  ) {
    [this.number, this.#fields, this.#columns, this.#path] = [line, fields, columns, path];
    this.label = this.#at('label');
    this.observation = this.#at('observation');
    this.media = toldMedia(this.#at('source'), this.#at('length'), this.#at('rate'));
    // `player #1:clip.mp4` in some versions, with other players behind it
    this.clip = (this.#at('clip') || media || this.observation)
      .replace(/^player #\d+:/i, '')
      .replace(/[;|].*$/, '');
    if (!this.label || !this.clip)
      throw lineFault(path, line, 'a media file and a behavior', `"${this.clip}", "${this.label}"`);
  }

  /** Seconds of the observation's files together, where they are told. */
  get length(): number | undefined {
    const last = this.media.at(-1);
    return last ? last.from + last.length! : this.#told('length');
  }

  event(): BehaviourEvent & { line: BorisLine } {
    const seconds = this.#number('time');
    const key = JSON.stringify([this.label, this.#at('subject')]);
    return { line: this, key, seconds, isPoint: /point/i.test(this.#at('status')) };
  }

  bouts(): Bout[] {
    const start = this.#number('start');
    const isPoint = /point/i.test(this.#at('status'));
    const end = isPoint && !this.#told('stop') ? start : this.#number('stop');
    if (end < start)
      throw lineFault(this.#path, this.number, 'an end that is not before the start', `${start} to ${end}`);
    return this.boutsOf(start, end);
  }

  /** A bout in the time of the observation, as bouts of its files. */
  boutsOf(startSeconds: number, endSeconds: number): Bout[] {
    const { clip, label, length, media } = this;
    const own = { label, subject: this.#at('subject'), startSeconds, endSeconds };
    if (media.length > 1) return overMedia(own, media);
    const frameRate = media[0]?.frameRate ?? this.#told('rate');
    return [{ ...own, clip, durationSeconds: length, frameRate }];
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
    throw formatError(`${this.#path}:${this.number}`, `a column ${column}`);
  }
}
