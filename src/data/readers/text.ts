// Reads annotation files as text, CSV, JSON and XML, and says where a fault lies: by file and line.
import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import type { z } from 'zod';
import { WhereWhenError } from '../../errors.js';

/** A line that is not blank, trimmed, with its number from 1. */
export interface Line {
  text: string;
  number: number;
}

/** The text of a UTF-8 file without a byte order mark. Throws `missing` where there is none. */
export async function readText(path: string): Promise<string> {
  return (await readBytes(path)).toString('utf8').replace(/^\uFEFF/, '');
}

/** The bytes of a file. Throws `missing` where there is none. */
export async function readBytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new WhereWhenError(
      { code: 'missing', path, expected: 'an annotation file that can be read', received: codeOf(cause) },
      { cause },
    );
  }
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
}

/** Lines by LF, CRLF or CR; blank ones are left out, a missing last newline is no fault. */
export function linesOf(text: string): Line[] {
  return text
    .split(/\r\n|\n|\r/)
    .map((line, i) => ({ text: line.trim(), number: i + 1 }))
    .filter((line) => line.text !== '');
}

/** A `format` error at a line of a file. */
export function lineFault(path: string, line: number, expected: string, received: string): WhereWhenError {
  return new WhereWhenError({ code: 'format', path: `${path}:${line}`, expected, received });
}

/** A finite number out of text. */
export function numberAt(text: string | undefined, path: string, line: number, what: string): number {
  const value = text === undefined || text.trim() === '' ? NaN : Number(text);
  if (!Number.isFinite(value)) throw lineFault(path, line, `a number as ${what}`, text ?? 'nothing');
  return value;
}

/** Checks that a stretch of time does not end before it starts. */
export function checkOrder(start: number, end: number, path: string, line: number): void {
  if (end < start) throw lineFault(path, line, 'an end that is not before the start', `${start} to ${end}`);
}

/** Keeps the first of equal lines and names the others in `notes`. */
export function distinctLines(lines: readonly Line[], path: string, notes: string[]): Line[] {
  const first = new Map<string, number>();
  return lines.filter(({ text, number }) => {
    const before = first.get(text);
    if (before !== undefined) notes.push(`${path}:${number}: the same as line ${before}, read once`);
    else first.set(text, number);
    return before === undefined;
  });
}

/** One record of a CSV file with the line that it ends on. */
export interface Row<T> {
  fields: T;
  line: number;
}

/** Records of a CSV file with a header, by column name (trimmed). Throws `format` where a needed column is missing. */
export async function readTable(
  path: string,
  needed: readonly string[],
): Promise<Row<Record<string, string>>[]> {
  const [header, ...rows] = await readRows(path);
  const names = header?.fields.map((name) => name.trim()) ?? [];
  const missing = needed.filter((name) => !names.includes(name));
  if (missing.length > 0) {
    throw lineFault(path, 1, `columns ${needed.join(', ')}`, names.join(', ') || 'an empty file');
  }
  return rows.map(({ fields, line }) => {
    if (fields.length !== names.length) {
      throw lineFault(path, line, `${names.length} fields as in the header`, String(fields.length));
    }
    return { line, fields: Object.fromEntries(names.map((name, i) => [name, fields[i]!.trim()])) };
  });
}

/** Records of a CSV file without a header. Quotes and blank lines are the library's work. */
export async function readRows(path: string): Promise<Row<string[]>[]> {
  const text = (await readText(path)).replace(/\r\n?/g, '\n'); // the library miscounts lines where endings are mixed
  try {
    const records = parse(text, {
      relax_column_count: true,
      skip_empty_lines: true,
      info: true,
      trim: true,
    }) as unknown as { record: string[]; info: { lines: number } }[];
    return records.map(({ record, info }) => ({ fields: record, line: info.lines }));
  } catch (cause) {
    const { message, lines } = cause as Error & { lines?: number };
    throw lineFault(path, lines ?? lineIn(message), 'CSV', message);
  }
}

function lineIn(message: string): number {
  return Number(/line (\d+)/.exec(message)?.[1] ?? 1);
}

/** A JSON file of a known form. Throws `format` naming the line of a syntax fault or the field of another. */
export async function readJson<T>(path: string, form: z.ZodType<T>): Promise<T> {
  const parsed = form.safeParse(parseJson(await readText(path), path));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new WhereWhenError({
    code: 'format',
    path: [path, ...issue.path.map(String)].join(' > '),
    expected: issue.message,
  });
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = (cause as Error).message;
    const at = /position (\d+)/.exec(message)?.[1];
    const line = text.slice(0, at === undefined ? text.length : Number(at)).split('\n').length;
    throw lineFault(path, line, 'JSON', message);
  }
}

/** An XML file as plain objects: attributes by `@name`; the elements named in `lists` are always arrays. */
export async function readXml(path: string, lists: readonly string[]): Promise<unknown> {
  const text = await readText(path);
  const fault = XMLValidator.validate(text);
  if (fault !== true) throw lineFault(path, fault.err.line, 'XML', fault.err.msg);
  return new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    parseTagValue: false,
    parseAttributeValue: false,
    isArray: (name) => lists.includes(name),
  }).parse(text);
}
