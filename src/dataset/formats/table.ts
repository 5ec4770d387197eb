// Tables as text: CSV with commas, semicolons, tabs or blanks between fields, found by the first line; columns are
// known by name, in any order and case, and by the names that tools and people give to the same thing.
import type * as Csv from 'csv-parse/sync';
import { installed } from '../../installed.js';
import { lineFault, linesOf, readText } from './text.js';

/** What stands between two fields. */
export type Delimiter = ',' | ';' | '\t' | ' ';

/** One record of a table with the line that it ends on. */
export interface TableRecord<T> {
  fields: T;
  line: number;
}

/** A table with a header: names trimmed as they stand there, and records by the names in lower case. */
export interface Table {
  names: string[];
  rows: TableRecord<Record<string, string>>[];
  delimiter: Delimiter;
}

/** Records of a table without a header. */
export interface Rows {
  rows: TableRecord<string[]>[];
  delimiter: Delimiter;
}

/** Where columns are asked for by several names: the first name that the header has is taken. */
export type ColumnNames = Readonly<Record<string, readonly string[]>>;

/** A table with a header. Throws `format` where a needed column is missing or a record has another number of fields. */
export async function readTable(path: string, needed: readonly string[], notes?: string[]): Promise<Table> {
  return tableOf(path, await readRows(path, notes), needed);
}

/** Rows of which the first is the header, as a table. */
export function tableOf(path: string, { rows, delimiter }: Rows, needed: readonly string[] = []): Table {
  const [header, ...records] = rows;
  const names = header?.fields.map((name) => name.trim()) ?? [];
  const keys = names.map((name) => name.toLowerCase());
  if (needed.some((name) => !keys.includes(name))) {
    const received = names.join(', ') || 'an empty file';
    throw lineFault(path, header?.line ?? 1, `columns ${needed.join(', ')}`, received);
  }
  const table = records.map(({ fields, line }) => {
    // Some tools end every record, but not the header, with a delimiter.
    const own = delimiter === ' ' ? fields : trimEnd(fields, names.length);
    if (own.length !== names.length) {
      throw lineFault(path, line, `${names.length} fields as in the header`, String(own.length));
    }
    return { line, fields: Object.fromEntries(keys.map((name, i) => [name, own[i]!.trim()])) };
  });
  return { names, rows: table, delimiter };
}

function trimEnd(fields: readonly string[], length: number): readonly string[] {
  const rest = fields.slice(length);
  return rest.length > 0 && rest.every((field) => field === '') ? fields.slice(0, length) : fields;
}

/** Records without a header. Quotes and blank lines are the library's work. */
export async function readRows(path: string, notes?: string[]): Promise<Rows> {
  return rowsOf(await readText(path, notes), path);
}

/** The same out of text. */
export function rowsOf(raw: string, path: string): Rows {
  const told = /^sep=(.)\r?\n/.exec(raw); // how spreadsheets are told the delimiter
  const text = raw.replace(/^sep=.(?=\r?\n)/, '').replace(/\r\n?/g, '\n'); // mixed endings: lines are miscounted
  const delimiter = (told?.[1] as Delimiter | undefined) ?? delimiterOf(text);
  if (delimiter === ' ') {
    const rows = linesOf(text).map((line) => ({ fields: line.text.split(/\s+/), line: line.number }));
    return { rows, delimiter };
  }
  return { rows: parsed(text, delimiter, path), delimiter };
}

function parsed(text: string, delimiter: Delimiter, path: string): TableRecord<string[]>[] {
  try {
    const { parse } = installed<typeof Csv>('csv-parse/sync', 'reads tables');
    const records = parse(text, {
      delimiter,
      relax_column_count: true,
      skip_empty_lines: true,
      info: true,
      trim: true,
    }) as unknown as { record: string[]; info: { lines: number } }[];
    return records.map(({ record, info }) => ({ fields: record, line: info.lines }));
  } catch (cause) {
    const { message, lines } = cause as Error & { lines?: number };
    throw lineFault(path, lines ?? Number(/line (\d+)/.exec(message)?.[1] ?? 1), 'CSV', message);
  }
}

/** What the first line has most of, outside quotes; blanks only where there is nothing else. */
function delimiterOf(text: string): Delimiter {
  const first = (linesOf(text.slice(0, 100_000))[0]?.text ?? '').replace(/"[^"]*"?/g, '');
  const untrimmed = text.split('\n').find((line) => line.trim() !== '') ?? '';
  const counts: [Delimiter, number][] = [
    [',', first.split(',').length - 1],
    [';', first.split(';').length - 1],
    ['\t', untrimmed.split('\t').length - 1],
  ];
  const [best] = counts.sort((a, b) => b[1] - a[1]);
  if (best![1] > 0) return best![0];
  return /\S\s+\S/.test(first) ? ' ' : ',';
}

/** A header's name with nothing but letters and digits, in lower case: `Start (s)` is `starts`. */
export function plainName(name: string): string {
  return name
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');
}

/** The header's own name (in lower case) for each thing that has one there. */
export function columnsOf<Names extends ColumnNames>(
  names: readonly string[],
  wanted: Names,
): Partial<Record<keyof Names, string>> {
  const plain = new Map(names.map((name) => [plainName(name), name.toLowerCase()]));
  const found: Partial<Record<keyof Names, string>> = {};
  for (const [thing, called] of Object.entries(wanted)) {
    const name = called.find((one) => plain.has(one));
    if (name !== undefined) found[thing as keyof Names] = plain.get(name)!;
  }
  return found;
}

/** A CSV field, in quotes where it must be. */
export function csvField(text: string): string {
  return /[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Whether a field is a number. */
export function isNumber(field: string): boolean {
  return field !== '' && Number.isFinite(Number(field));
}
