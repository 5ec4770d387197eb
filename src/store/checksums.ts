// What a stored file says of its own content, so that corruption on the disk is found: a SHA-256, checked where a
// file is taken for whole, and a CRC-32 for every reading in training: a third of its time, and less than the read itself.
import { createHash } from 'node:crypto';
import * as zlib from 'node:zlib';
import type { SafetensorsFile } from '../model/index.js';
import type { Tensor } from '../tensor.js';

/** Names of the metadata entries. */
const checksumName = 'checksum';
const crcName = 'crc32';

/** Node before 20.15 has none; files are then checked by their SHA-256 alone. */
const crc32 = zlib.crc32 as typeof zlib.crc32 | undefined;

/** The file with its checksums in the metadata. */
export function withChecksums({ tensors, metadata }: SafetensorsFile): SafetensorsFile {
  const marked = { ...metadata, [checksumName]: sha256Of({ tensors, metadata }) };
  if (crc32 === undefined) return { tensors, metadata: marked };
  return { tensors, metadata: { ...marked, [crcName]: crcOf({ tensors, metadata: marked }, crc32) } };
}

/** Whether names, types, shapes and bytes of the tensors have their SHA-256. */
export function hasChecksum(file: SafetensorsFile): boolean {
  return file.metadata[checksumName] === sha256Of(file) && (crc32 === undefined || hasCrc(file, crc32));
}

/** Whether the file says anything of its content; those that were written before it did say nothing. */
export function isMarked({ metadata }: SafetensorsFile): boolean {
  return checksumName in metadata || crcName in metadata;
}

/** Whether everything in the file has its CRC-32, which finds any corruption of up to 32 neighbouring bits; SHA-256 where it has none. */
export function hasQuickChecksum(file: SafetensorsFile): boolean {
  if (crc32 === undefined || file.metadata[crcName] === undefined) return hasChecksum(file);
  return hasCrc(file, crc32);
}

function hasCrc(file: SafetensorsFile, crc: typeof zlib.crc32): boolean {
  const expected = file.metadata[crcName];
  return expected === undefined || expected === crcOf(file, crc);
}

/** SHA-256 (hex) over names, types, shapes and bytes of the tensors, in the order of their names. */
function sha256Of(file: SafetensorsFile): string {
  const hash = createHash('sha256');
  for (const { head, bytes } of partsOf(file)) hash.update(head).update(bytes);
  return hash.digest('hex');
}

/** CRC-32 (hex) over the same, and over the metadata beside it. */
function crcOf(file: SafetensorsFile, crc: typeof zlib.crc32): string {
  let value = 0;
  for (const { head, bytes } of partsOf(file)) value = crc(bytes, crc(head, value));
  const rest = Object.entries(file.metadata).filter(([name]) => name !== crcName);
  value = crc(JSON.stringify(rest.sort(([a], [b]) => (a < b ? -1 : 1))), value);
  return value.toString(16).padStart(8, '0');
}

function partsOf({ tensors }: SafetensorsFile): { head: string; bytes: Uint8Array }[] {
  return Object.keys(tensors)
    .sort()
    .map((name) => partOf(name, tensors[name]!));
}

function partOf(name: string, { dtype, shape, data }: Tensor): { head: string; bytes: Uint8Array } {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { head: `${name} ${dtype} [${shape.join()}];`, bytes };
}
