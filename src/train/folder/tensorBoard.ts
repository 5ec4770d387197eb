// The log of a run as an event file of TensorBoard, in `tensorboard/` of the model folder. The form: records of length,
// checksum, an Event message, checksum (TensorFlow's TFRecord); the messages are those of tensorflow/core/util/event.proto
// and framework/summary.proto, as far as scalars need them. Their clock counts epochs as seconds: real times would differ from
// run to run, and lie in `times.jsonl`.
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import type { EpochRow } from '../../epoch.js';
import { writeError, writeAtomically } from '../../atomicFile.js';

const { root } = protobuf.parse(
  `syntax = "proto3";
message Event { double wall_time = 1; int64 step = 2; oneof what { string file_version = 3; Summary summary = 5; } }
message Summary { message Value { string tag = 1; float simple_value = 2; } repeated Value value = 1; }`,
  {
    keepCase: true,
  },
);
const Event = root.lookupType('Event');

/** Where the events of a run lie. TensorBoard knows the file by `tfevents` in its name. */
export function eventFile(folder: string): string {
  return join(folder, 'tensorboard', 'events.out.tfevents.0.wherewhen');
}

/** Begins the file anew with the epochs that are kept. Throws `output`. */
export async function startEvents(folder: string, rows: readonly EpochRow[]): Promise<void> {
  const version = record({ wall_time: 0, file_version: 'brain.Event:2' });
  await writeAtomically(eventFile(folder), Buffer.concat([version, ...rows.map(recordOf)]));
}

/** Adds an epoch. Throws `output`. */
export async function appendEvent(folder: string, row: EpochRow): Promise<void> {
  await appendFile(eventFile(folder), recordOf(row)).catch((cause: unknown) => {
    throw writeError(eventFile(folder), cause);
  });
}

/** The scalars of an epoch, by the tags that TensorBoard groups them under. */
export function scalarsOf({ isRefit, ...row }: EpochRow): Record<string, number> {
  const { losses, learningRate, validation, steps } = row;
  if (isRefit) {
    const own = Object.entries(scalarsOf(row)).map(([tag, value]) => [`refit/${tag}`, value]); // its epochs count anew
    return Object.fromEntries(own) as Record<string, number>;
  }
  const terms = Object.entries(losses).map(([name, value]) => [`loss/${name}`, value]);
  return {
    ...(Object.fromEntries(terms) as Record<string, number>),
    ...(steps > 0 ? { learningRate } : {}),
    ...(validation
      ? { 'validation/accuracy': validation.accuracy, 'validation/crossEntropy': validation.crossEntropy }
      : {}),
  };
}

function recordOf(row: EpochRow): Buffer {
  const value = Object.entries(scalarsOf(row)).map(([tag, simple_value]) => ({ tag, simple_value }));
  return record({ wall_time: row.epoch, step: row.epoch, summary: { value } });
}

/** One record: little-endian length, its checksum, the message, its checksum. */
function record(event: object): Buffer {
  const message = Event.encode(Event.fromObject(event)).finish();
  const frame = Buffer.alloc(12);
  frame.writeBigUInt64LE(BigInt(message.length));
  frame.writeUInt32LE(maskedCrc(frame.subarray(0, 8)), 8);
  const end = Buffer.alloc(4);
  end.writeUInt32LE(maskedCrc(message));
  return Buffer.concat([frame, message, end]);
}

/** CRC-32C (Castagnoli, polynomial 0x1EDC6F41 reflected) of every byte value. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc >>> 0;
});

/** CRC-32C of bytes. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ TABLE[(crc ^ byte) & 255]!;
  return (crc ^ 0xffffffff) >>> 0;
}

/** As TFRecord stores it: turned right by 15 bits, plus a constant, so that a checksum of a checksum stays apart. */
export function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
