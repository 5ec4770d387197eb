// Reads annotation files as text, JSON and XML, and says where a fault lies: by file and line. Tables are table.ts's.
import { readFile } from 'node:fs/promises';
import type * as Xml from 'fast-xml-parser';
import type { z } from 'zod';
import { checked } from '../../checked.js';
import { formatError, missingError, WhereWhenError } from '../../errors.js';
import { installed } from '../../installed.js';
import { decodeText } from './decode.js';

/** A line that is not blank, trimmed, with its number from 1. */
export interface TextLine {
  text: string;
  number: number;
}

/**
 * The text of a file without a byte order mark; `notes` are told of an encoding other than UTF-8. Throws `missing` where
 * there is none and `format` for bytes that are no text.
 */
export async function readText(path: string, notes?: string[]): Promise<string> {
  const { text, encoding } = decodeText(await readBytes(path), path);
  if (encoding === 'gb18030' || encoding === 'windows-1252') notes?.push(`${path}: read as ${encoding}`);
  return text;
}

/** The bytes of a file. Throws `missing` where there is none. */
export async function readBytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw missingError(path, 'an annotation file that can be read', codeOf(cause), undefined, cause);
  }
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
}

/** Lines by LF, CRLF or CR; blank ones are left out, a missing last newline is no fault. */
export function linesOf(text: string): TextLine[] {
  return text
    .split(/\r\n|\n|\r/)
    .map((line, i) => ({ text: line.trim(), number: i + 1 }))
    .filter((line) => line.text !== '');
}

/** A `format` error at a line of a file. */
export function lineFault(path: string, line: number, expected: string, received: string): WhereWhenError {
  return formatError(`${path}:${line}`, expected, received);
}

/** A finite number out of text. */
export function numberAt(text: string | undefined, path: string, line: number, what: string): number {
  const value = text === undefined || text.trim() === '' ? NaN : Number(text);
  if (!Number.isFinite(value)) throw lineFault(path, line, `a number as ${what}`, text ?? 'nothing');
  return value;
}

/** As {@link numberAt}, for tables whose fields end in something else than a comma: `1,5` is one and a half there. */
export function decimalAt(text: string | undefined, path: string, line: number, what: string): number {
  return numberAt(/^\s*-?\d+,\d+\s*$/.test(text ?? '') ? text!.replace(',', '.') : text, path, line, what);
}

/** Checks that a stretch of time does not end before it starts. */
export function checkOrder(start: number, end: number, path: string, line: number): void {
  if (end < start) throw lineFault(path, line, 'an end that is not before the start', `${start} to ${end}`);
}

/** Keeps the first of equal lines and names the others in `notes`. */
export function distinctLines(lines: readonly TextLine[], path: string, notes: string[]): TextLine[] {
  const first = new Map<string, number>();
  return lines.filter(({ text, number }) => {
    const before = first.get(text);
    if (before !== undefined) notes.push(`${path}:${number}: the same as line ${before}, read once`);
    else first.set(text, number);
    return before === undefined;
  });
}

/** A JSON file of a known form. Throws `format` naming the line of a syntax fault or the field of another. */
export async function readJson<T>(path: string, form: z.ZodType<T>): Promise<T> {
  return checked(path, parseJson(await readText(path), path), form);
}

/** JSON text as a value. Throws `format` naming the line of a syntax fault. */
export function parseJson(text: string, path: string): unknown {
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
  const { XMLParser, XMLValidator } = installed<typeof Xml>('fast-xml-parser', 'reads XML');
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    parseTagValue: false,
    parseAttributeValue: false,
    isArray: (name) => lists.includes(name),
  });
  try {
    const fault = XMLValidator.validate(text);
    if (fault !== true) throw lineFault(path, fault.err.line, 'XML', fault.err.msg);
    return parser.parse(text);
  } catch (cause) {
    if (cause instanceof WhereWhenError) throw cause;
    throw lineFault(path, text.split('\n').length, 'XML', (cause as Error).message);
  }
}
