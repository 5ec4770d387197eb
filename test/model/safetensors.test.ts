import { describe, expect, it } from 'vitest';
import { decodeSafetensors, encodeSafetensors } from '../../src/model/index.js';
import { float32, int64, type Tensors } from '../../src/tensor.js';

const path = 'model.safetensors';

/** A file with this header text and so many data bytes. */
function fileOf(header: string, dataBytes: number): Uint8Array {
  const text = new TextEncoder().encode(header);
  const file = new Uint8Array(8 + text.length + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  return file;
}

const entry = (dtype: string, shape: number[], start: number, end: number): unknown => ({
  dtype,
  shape,
  data_offsets: [start, end],
});
const headerOf = (entries: Record<string, unknown>): string => JSON.stringify(entries);

describe('safetensors', () => {
  const tensors: Tensors = {
    weight: float32([1.5, -2, 3, 4], [2, 2]),
    labels: int64([1, -(2 ** 40)]),
    half: { dtype: 'float16', shape: [3], data: Uint16Array.of(0x3c00, 0xc000, 0x7c00) },
    times: { dtype: 'float64', shape: [2], data: Float64Array.of(0.1, Math.PI) },
    bytes: { dtype: 'uint8', shape: [1, 5], data: Uint8Array.of(0, 1, 2, 254, 255) },
    scalar: float32([7], []),
    empty: float32([], [0, 3]),
  };

  it('reads bfloat16 as the upper half of a float32', () => {
    const file = fileOf(headerOf({ a: entry('BF16', [2], 0, 4) }), 4);
    file.set([0x80, 0x3f, 0x20, 0xc0], file.length - 4); // 1 and -2.5, the lower byte first
    expect(decodeSafetensors(file, path).tensors.a).toEqual(float32([1, -2.5]));
  });

  it('gives back every dtype, shape, value and the metadata', () => {
    const { tensors: back, metadata } = decodeSafetensors(encodeSafetensors(tensors, { made: 'here' }), path);
    expect(metadata).toEqual({ made: 'here' });
    expect(Object.keys(back).sort()).toEqual(Object.keys(tensors).sort());
    for (const [name, tensor] of Object.entries(tensors)) expect(back[name]).toEqual(tensor);
  });

  it('starts the data at a multiple of 8 and writes the same bytes for the same content', () => {
    const file = encodeSafetensors(tensors);
    expect(Number(new DataView(file.buffer).getBigUint64(0, true)) % 8).toBe(0);
    const turned = Object.fromEntries(Object.entries(tensors).reverse());
    expect(encodeSafetensors(turned)).toEqual(file);
  });

  it('reads data that is not aligned, and from a Buffer without sharing its memory', () => {
    const file = Buffer.from(fileOf(headerOf({ a: entry('U8', [1], 0, 1), b: entry('F32', [1], 1, 5) }), 5));
    file.writeUInt8(9, file.length - 5);
    file.writeFloatLE(2.5, file.length - 4);
    const back = decodeSafetensors(file, path).tensors;
    file.fill(0);
    expect(back.a!.data).toEqual(Uint8Array.of(9));
    expect(back.b!.data).toEqual(Float32Array.of(2.5));
  });

  const good = encodeSafetensors(tensors);
  const tooLong = new Uint8Array(good.length + 1);
  tooLong.set(good);
  const hugeHeader = new Uint8Array(16).fill(255);

  it.each<[string, Uint8Array, RegExp]>([
    ['an empty file', new Uint8Array(0), /at least 8 bytes, got 0 bytes/],
    ['a header longer than the file', good.slice(0, 40), /a file cut after 40 bytes/],
    ['an absurd header length', hugeHeader, /header of at most/],
    ['a header that is not JSON', fileOf('{"a":', 0), /a JSON object as safetensors header/],
    ['a header that is a list', fileOf('[1]', 0), /a JSON object as safetensors header/],
    ['cut data', good.slice(0, -1), /bytes of tensor data, got a file cut after/],
    ['bytes after the data', tooLong, /bytes of tensor data, got/],
    [
      'an unknown dtype',
      fileOf(headerOf({ a: entry('F8_E4M3', [2], 0, 2) }), 2),
      /tensor a: a dtype of .*got F8_E4M3/,
    ],
    [
      'a size that is not the shape',
      fileOf(headerOf({ a: entry('F32', [2], 0, 4) }), 4),
      /8 bytes for F32 \[2\], got 4/,
    ],
    [
      'a negative length',
      fileOf(headerOf({ a: entry('F32', [-1], 0, 4) }), 4),
      /tensor a: dtype, shape and data_offsets/,
    ],
    ['missing offsets', fileOf(headerOf({ a: { dtype: 'F32', shape: [1] } }), 4), /tensor a: dtype, shape/],
    [
      'overlapping tensors',
      fileOf(headerOf({ a: entry('F32', [1], 0, 4), b: entry('F32', [1], 2, 6) }), 6),
      /tensor b: data from byte 4, got 2: it overlaps/,
    ],
    [
      'a gap between tensors',
      fileOf(headerOf({ a: entry('F32', [1], 0, 4), b: entry('F32', [1], 6, 10) }), 10),
      /tensor b: data from byte 4, got 6: it leaves a gap/,
    ],
    ['metadata that is not text', fileOf('{"__metadata__":{"a":1}}', 0), /metadata of text values/],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => decodeSafetensors(bytes, path)).toThrow(message);
    expect(() => decodeSafetensors(bytes, path)).toThrow(/^model\.safetensors: /);
  });

  it('refuses to write numbers that do not fill the shape, and dtypes without a form', () => {
    expect(() => encodeSafetensors({ a: float32([1], [2]) })).toThrow(/tensor a: 2 numbers, got 1/);
    const odd = { dtype: 'bool', shape: [1], data: Uint8Array.of(1) } as const;
    expect(() => encodeSafetensors({ a: odd })).toThrow(/tensor a: a dtype of/);
  });
});
