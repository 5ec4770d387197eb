// Makes the bytes of pickles and of PyTorch's two file forms, by hand and so also broken and forbidden ones.
import { zipSync } from 'fflate';
import type { Tensor } from '../../src/tensor.js';

/** Bytes of a pickle, piece by piece. */
export type Piece = number[];

const encoder = new TextEncoder();
const word = (value: number): number[] => [
  value & 255,
  (value >> 8) & 255,
  (value >> 16) & 255,
  value >>> 24,
];

/** An integer of four bytes. */
export const int = (value: number): Piece => [0x4a, ...word(value)];
/** A text. */
export const text = (value: string): Piece => [
  0x58,
  ...word(encoder.encode(value).length),
  ...encoder.encode(value),
];
/** A tuple. */
export const tuple = (...items: Piece[]): Piece => [0x28, ...items.flat(), 0x74];
/** A global, `torch._utils` and `_rebuild_tensor_v2`. */
export const global = (module: string, name: string): Piece => [
  0x63,
  ...encoder.encode(`${module}\n${name}\n`),
];
/** A call. */
export const call = (callable: Piece, ...args: Piece[]): Piece => [...callable, ...tuple(...args), 0x52];
/** A dictionary. */
export const dictionary = (entries: Record<string, Piece>): Piece => [
  0x7d,
  0x28,
  ...Object.entries(entries).flatMap(([key, value]) => [...text(key), ...value]),
  0x75,
];
/** An object with attributes. */
export const built = (object: Piece, attributes: Piece): Piece => [...object, ...attributes, 0x62];
/** A list. */
export const list = (...items: Piece[]): Piece => [0x5d, 0x28, ...items.flat(), 0x65];
/** A whole pickle of protocol 2. */
export const pickle = (value: Piece): Uint8Array => Uint8Array.from([0x80, 2, ...value, 0x2e]);

/** How a tensor lies over its storage. */
export interface Over {
  storage?: string;
  type?: string;
  numel: number;
  offset?: number;
  shape: readonly number[];
  strides?: readonly number[];
  /** The older form has one more field. */
  isLegacy?: boolean;
}

/** A tensor over a storage. */
export function tensorOver(over: Over): Piece {
  const { storage = '0', type = 'FloatStorage', numel, offset = 0, shape, isLegacy } = over;
  const strides = over.strides ?? shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const facts = [text('storage'), global('torch', type), text(storage), text('cpu'), int(numel)];
  const id = tuple(...facts, ...(isLegacy ? [[0x4e]] : []));
  const ordered = call(global('collections', 'OrderedDict'));
  const numbers = (values: readonly number[]): Piece => tuple(...values.map(int));
  const rebuild = global('torch._utils', '_rebuild_tensor_v2');
  return call(rebuild, [...id, 0x51], int(offset), numbers(shape), numbers(strides), [0x89], ordered);
}

const bytesOf = ({ data }: Tensor): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** A file of the present form: a zip with `archive/data.pkl` and one entry a storage. */
export function zipFile(value: Piece, storages: Record<string, Uint8Array>): Uint8Array {
  const entries = Object.entries(storages).map(([key, bytes]) => [`archive/data/${key}`, bytes]);
  return zipSync(Object.fromEntries([['archive/data.pkl', pickle(value)], ...entries]), { level: 0 });
}

/** float32 tensors as a state dict in the present form. */
export function stateDictFile(tensors: Record<string, Tensor>): Uint8Array {
  const names = Object.keys(tensors);
  const entries = names.map((name, i): [string, Piece] => {
    const { shape, data } = tensors[name]!;
    return [name, tensorOver({ storage: `${i}`, numel: data.length, shape })];
  });
  const storages = names.map((name, i): [string, Uint8Array] => [`${i}`, bytesOf(tensors[name]!)]);
  return zipFile(dictionary(Object.fromEntries(entries)), Object.fromEntries(storages));
}

/** float32 tensors in the form before PyTorch 1.6: five pickles, then the storages. */
export function legacyFile(tensors: Record<string, Tensor>): Uint8Array {
  const names = Object.keys(tensors);
  const magic = [0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
  const entries = names.map((name, i): [string, Piece] => {
    const { shape, data } = tensors[name]!;
    return [name, tensorOver({ storage: `key${i}`, numel: data.length, shape, isLegacy: true })];
  });
  const parts = [
    pickle(magic),
    pickle(int(1001)),
    pickle(dictionary({ little_endian: [0x88] })),
    pickle(dictionary(Object.fromEntries(entries))),
    pickle(list(...names.map((_, i) => text(`key${i}`)))),
    ...names.flatMap((name) => {
      const count = new Uint8Array(8);
      new DataView(count.buffer).setBigUint64(0, BigInt(tensors[name]!.data.length), true);
      return [count, bytesOf(tensors[name]!)];
    }),
  ];
  return Uint8Array.from(parts.flatMap((part) => Array.from(part)));
}
