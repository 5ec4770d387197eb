// The safetensors format (github.com/huggingface/safetensors): an 8-byte header length, a JSON header, raw
// little-endian data. Strict both ways: what is not exactly that is an error that says where.
import { z } from 'zod';
import { formatError, WhereWhenError } from '../errors.js';
import { sizeOf, type DType, type Tensor, type TensorArray, type Tensors } from '../tensor.js';

interface DtypeForm {
  code: string;
  dtype: DType;
  bytes: number;
  make(buffer: ArrayBuffer, start?: number, length?: number): TensorArray;
}

const formats: readonly DtypeForm[] = [
  { code: 'F64', dtype: 'float64', bytes: 8, make: (...part) => new Float64Array(...part) },
  { code: 'I64', dtype: 'int64', bytes: 8, make: (...part) => new BigInt64Array(...part) },
  { code: 'F32', dtype: 'float32', bytes: 4, make: (...part) => new Float32Array(...part) },
  { code: 'I32', dtype: 'int32', bytes: 4, make: (...part) => new Int32Array(...part) },
  { code: 'F16', dtype: 'float16', bytes: 2, make: (...part) => new Uint16Array(...part) },
  // the upper half of a float32; written as that, so that it stands behind F32
  { code: 'BF16', dtype: 'float32', bytes: 2, make: (...part) => fromBfloat16(new Uint16Array(...part)) },
  { code: 'U8', dtype: 'uint8', bytes: 1, make: (...part) => new Uint8Array(...part) },
];

/** A bfloat16 is the upper half of a float32. */
export function fromBfloat16(bits: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(bits, (one) => one << 16).buffer);
}

const whole = z.number().int().min(0);
const TensorEntry = z.strictObject({
  dtype: z.string(),
  shape: z.array(whole),
  data_offsets: z.tuple([whole, whole]),
});
type TensorEntry = z.infer<typeof TensorEntry>;
const Metadata = z.record(z.string(), z.string());

/** The content of a safetensors file. */
export interface SafetensorsFile {
  tensors: Tensors;
  metadata: Record<string, string>;
}

const headerLimit = 100_000_000; // the reference reader's own limit

/** The bytes of a file with these tensors; data starts at a multiple of 8. The same content gives the same bytes. */
export function encodeSafetensors(tensors: Tensors, metadata: Record<string, string> = {}): Uint8Array {
  const entries = Object.entries(tensors).map(([name, tensor]) => ({
    name,
    tensor,
    format: formatOf(name, tensor),
  }));
  entries.sort((a, b) => b.format.bytes - a.format.bytes || (a.name < b.name ? -1 : 1)); // widest first keeps all aligned
  const header: Record<string, unknown> = Object.keys(metadata).length > 0 ? { __metadata__: metadata } : {};
  let end = 0;
  for (const { name, tensor, format } of entries) {
    const start = end;
    end += tensor.data.byteLength;
    header[name] = {
      dtype: format.code,
      shape: [...tensor.shape],
      data_offsets: [start, end],
    } satisfies TensorEntry;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const start = 8 + Math.ceil(text.length / 8) * 8;
  const file = new Uint8Array(start + end).fill(0x20, 8, start); // the header is padded with blanks
  new DataView(file.buffer).setBigUint64(0, BigInt(start - 8), true);
  file.set(text, 8);
  let at = start;
  for (const { tensor } of entries) {
    file.set(new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength), at);
    at += tensor.data.byteLength;
  }
  return file;
}

function formatOf(name: string, { dtype, shape, data }: Tensor): DtypeForm {
  const format = formats.find((one) => one.dtype === dtype);
  const known = formats.map((one) => one.dtype).join(', ');
  if (!format) throw wrong(`tensor ${name}`, `a dtype of ${known}`, dtype);
  if (data.length !== sizeOf(shape))
    throw wrong(`tensor ${name}`, `${sizeOf(shape)} numbers`, `${data.length}`);
  return format;
}

/** How a file is decoded. */
export interface DecodeOptions {
  /** Tensors lie over `bytes` where they are aligned there: nothing is copied, and none may be moved to a thread alone. */
  share?: boolean;
}

/** The tensors of a file, by default each in memory of its own; errors name `path` and the tensor. */
export function decodeSafetensors(
  bytes: Uint8Array,
  path: string,
  { share = false }: DecodeOptions = {},
): SafetensorsFile {
  const { header, data } = split(bytes, path);
  const { __metadata__: metadata = {}, ...rest } = header;
  const parsed = Metadata.safeParse(metadata);
  if (!parsed.success) throw wrong(path, 'metadata of text values', JSON.stringify(metadata).slice(0, 80));
  const entries = Object.entries(rest).map(([name, entry]) => readEntry(name, entry, path));
  checkCover(entries, data.length, path);
  const read = share ? over : cut;
  return {
    tensors: Object.fromEntries(entries.map(({ name, entry, format }) => [name, read(data, entry, format)])),
    metadata: parsed.data,
  };
}

function split(bytes: Uint8Array, path: string): { header: Record<string, unknown>; data: Uint8Array } {
  if (bytes.length < 8) throw wrong(path, 'a safetensors file of at least 8 bytes', `${bytes.length} bytes`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > headerLimit)
    throw wrong(path, `a safetensors header of at most ${headerLimit} bytes`, `${length}`);
  if (8 + length > bytes.length)
    throw wrong(path, `a header of ${length} bytes`, `a file cut after ${bytes.length} bytes`);
  return { header: parseHeader(bytes.subarray(8, 8 + length), path), data: bytes.subarray(8 + length) };
}

function parseHeader(bytes: Uint8Array, path: string): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return z.record(z.string(), z.unknown()).parse(header);
  } catch (cause) {
    throw wrong(path, 'a JSON object as safetensors header', undefined, cause);
  }
}

interface Located {
  name: string;
  entry: TensorEntry;
  format: DtypeForm;
}

function readEntry(name: string, value: unknown, path: string): Located {
  const where = `${path}: tensor ${name}`;
  const parsed = TensorEntry.safeParse(value);
  if (!parsed.success)
    throw wrong(where, 'dtype, shape and data_offsets', JSON.stringify(value).slice(0, 80));
  const entry = parsed.data;
  const format = formats.find((one) => one.code === entry.dtype);
  if (!format) throw wrong(where, `a dtype of ${formats.map((one) => one.code).join(', ')}`, entry.dtype);
  const [start, end] = entry.data_offsets;
  const needed = sizeOf(entry.shape) * format.bytes;
  if (end - start !== needed) {
    throw wrong(where, `${needed} bytes for ${entry.dtype} [${entry.shape}]`, `${end - start} bytes`);
  }
  return { name, entry, format };
}

/** Tensors must follow each other without gap or overlap and fill the data exactly. */
function checkCover(entries: readonly Located[], length: number, path: string): void {
  const byStart = [...entries].sort(
    (a, b) =>
      a.entry.data_offsets[0] - b.entry.data_offsets[0] || a.entry.data_offsets[1] - b.entry.data_offsets[1],
  );
  let end = 0;
  for (const { name, entry } of byStart) {
    const start = entry.data_offsets[0];
    const fault = start < end ? 'overlaps the tensor before it' : 'leaves a gap before it';
    if (start !== end)
      throw wrong(`${path}: tensor ${name}`, `data from byte ${end}`, `${start}: it ${fault}`);
    end = entry.data_offsets[1];
  }
  if (end > length) throw wrong(path, `${end} bytes of tensor data`, `a file cut after ${length} of them`);
  if (end < length) throw wrong(path, `${end} bytes of tensor data`, `${length} bytes`);
}

/** The tensor over the file's own bytes, or cut out where they are not aligned for it. */
function over(data: Uint8Array, entry: TensorEntry, format: DtypeForm): Tensor {
  const { shape, data_offsets } = entry;
  const start = data.byteOffset + data_offsets[0];
  const { buffer } = data;
  if (start % format.bytes !== 0 || !(buffer instanceof ArrayBuffer)) return cut(data, entry, format);
  return { dtype: format.dtype, shape, data: format.make(buffer, start, sizeOf(shape)) };
}

function cut(
  data: Uint8Array,
  { shape, data_offsets: [start, end] }: TensorEntry,
  { dtype, make }: DtypeForm,
): Tensor {
  const own = new Uint8Array(end - start); // not `slice`: that of a Buffer shares memory
  own.set(data.subarray(start, end));
  return { dtype, shape, data: make(own.buffer) };
}

function wrong(path: string, expected: string, received?: string, cause?: unknown): WhereWhenError {
  return formatError(path, expected, received, undefined, cause);
}
