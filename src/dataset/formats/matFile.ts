// A reader of the part of MATLAB's level 5 files that annotations use: numbers, text, structs and cells, plain or
// compressed, little-endian ("MAT-File Format", The MathWorks, R2019b). The one npm package for it is GPL. No
// objects, no sparse or complex arrays, no level 7.3 (HDF5): each is refused by name.
import { inflateSync } from 'node:zlib';
import { formatError, WhereWhenError } from '../../errors.js';

/** An array of numbers in MATLAB's column order. */
export interface MatNumbers {
  kind: 'numbers';
  shape: number[];
  data: ArrayLike<number>;
}

/** A char array as one string, by columns. */
export interface MatText {
  kind: 'text';
  shape: number[];
  text: string;
}

/** A struct array: each element has every field. */
export interface MatStruct {
  kind: 'struct';
  shape: number[];
  elements: Record<string, MatValue>[];
}

/** A cell array. */
export interface MatCell {
  kind: 'cell';
  shape: number[];
  elements: MatValue[];
}

/** A value in a MAT file. */
export type MatValue = MatNumbers | MatText | MatStruct | MatCell;

/** The named variables of a file. `path` is used in errors only (`format`, with the byte). */
export function readMatFile(bytes: Uint8Array, path: string): Record<string, MatValue> {
  if (bytes.length < 128)
    throw fault(path, 0, 'a MAT-file of level 5 (at least 128 bytes)', `${bytes.length} bytes`);
  const header = Buffer.from(bytes.buffer, bytes.byteOffset, 128).toString('latin1');
  if (header.startsWith('MATLAB 7.3'))
    throw fault(path, 0, 'a MAT-file of level 5', 'level 7.3 (save it with -v7)');
  if (header.slice(126) !== 'IM')
    throw fault(path, 126, 'a little-endian MAT-file of level 5', header.slice(0, 20));
  const out: Record<string, MatValue> = {};
  const cursor = new Cursor(bytes, 128, path);
  while (!cursor.isAtEnd) {
    const element = cursor.element();
    const inner = element.type === COMPRESSED ? inflated(element, path).element() : element;
    const { name, value } = readMatrix(inner);
    out[name] = value;
  }
  return out;
}

const MATRIX = 14;
const COMPRESSED = 15;
const CELL = 1;
const STRUCT = 2;
const CHAR = 4;
const SMALLEST_NUMERIC = 6;
const LARGEST_NUMERIC = 15;
const COMPLEX = 0x08;

interface Element {
  type: number;
  body: Cursor;
}

/** Walks over tagged elements; every read is checked against the end. */
class Cursor {
  readonly #view: DataView;

  constructor(
    readonly bytes: Uint8Array,
    private at: number,
    readonly path: string,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  fault(expected: string, received: string): WhereWhenError {
    return fault(this.path, this.at, expected, received);
  }

  element(): Element {
    this.#need(8);
    const first = this.#view.getUint32(this.at, true);
    const small = first >>> 16; // small elements keep size and type in one word and the data in the next
    const size = small || this.#view.getUint32(this.at + 4, true);
    this.at += small ? 4 : 8;
    this.#need(size);
    const body = new Cursor(this.bytes.subarray(this.at, this.at + size), 0, this.path);
    const type = first & 0xffff;
    this.at += small ? 4 : type === COMPRESSED ? size : Math.ceil(size / 8) * 8;
    return { type, body };
  }

  #need(size: number): void {
    if (this.at + size > this.bytes.length) {
      throw this.fault(
        `${size} more bytes`,
        `${Math.max(0, this.bytes.length - this.at)}; the file is cut short`,
      );
    }
  }
}

function inflated({ body }: Element, path: string): Cursor {
  try {
    return new Cursor(inflateSync(body.bytes), 0, path);
  } catch (cause) {
    throw body.fault('compressed data', (cause as Error).message);
  }
}

function readMatrix({ type, body }: Element): { name: string; value: MatValue } {
  if (type !== MATRIX) throw body.fault('an array', `element type ${type}`);
  if (body.isAtEnd) return { name: '', value: { kind: 'numbers', shape: [0, 0], data: [] } };
  const flags = numbersOf(body.element());
  const kind = flags[0]! & 0xff;
  if ((flags[0]! >> 8) & COMPLEX) throw body.fault('real numbers', 'complex ones');
  const shape = Array.from(numbersOf(body.element()));
  const name = textOf(body.element());
  const size = shape.reduce((product, length) => product * length, 1);
  return { name, value: readContent(kind, shape, size, body) };
}

function readContent(kind: number, shape: number[], size: number, body: Cursor): MatValue {
  if (kind >= SMALLEST_NUMERIC && kind <= LARGEST_NUMERIC) {
    return { kind: 'numbers', shape, data: numbersOf(body.element()) };
  }
  if (kind === CHAR) return { kind: 'text', shape, text: textOf(body.element()) };
  if (kind === CELL) {
    return {
      kind: 'cell',
      shape,
      elements: Array.from({ length: size }, () => readMatrix(body.element()).value),
    };
  }
  if (kind !== STRUCT) throw body.fault('numbers, text, structs or cells', `array class ${kind}`);
  const width = numbersOf(body.element())[0]!;
  const joined = textOf(body.element());
  const names = Array.from({ length: joined.length / width }, (_, i) =>
    joined.slice(i * width, (i + 1) * width).replace(/\0[^]*$/, ''),
  );
  const elements = Array.from({ length: size }, () =>
    Object.fromEntries(names.map((field) => [field, readMatrix(body.element()).value])),
  );
  return { kind: 'struct', shape, elements };
}

const NUMBERS: Record<number, (data: ArrayBuffer) => ArrayLike<number>> = {
  1: (data) => new Int8Array(data),
  2: (data) => new Uint8Array(data),
  3: (data) => new Int16Array(data),
  4: (data) => new Uint16Array(data),
  5: (data) => new Int32Array(data),
  6: (data) => new Uint32Array(data),
  7: (data) => new Float32Array(data),
  9: (data) => new Float64Array(data),
  12: (data) => Array.from(new BigInt64Array(data), Number),
  13: (data) => Array.from(new BigUint64Array(data), Number),
};

function numbersOf({ type, body }: Element): ArrayLike<number> {
  const read = NUMBERS[type];
  if (!read) throw body.fault('numbers', `element type ${type}`);
  try {
    return read(Uint8Array.from(body.bytes).buffer); // copied: elements need not lie at a multiple of their size
  } catch {
    throw body.fault('whole numbers of their width', `${body.bytes.length} bytes`);
  }
}

const UTF8 = 16;

function textOf(element: Element): string {
  const { type, body } = element;
  if (type === UTF8) return Buffer.from(body.bytes).toString('utf8');
  if (type === 17) return Buffer.from(body.bytes).toString('utf16le');
  return String.fromCharCode(...Array.from(numbersOf(element)));
}

function fault(path: string, at: number, expected: string, received: string): WhereWhenError {
  return formatError(`${path} at byte ${at}`, expected, received);
}
