// Bytes through the server in pieces of bounded size: files of workers that share no disk with the producer, and long results.
// They lie under their hash, so that a clip that is done twice puts the same bytes in the same place; they are joined whole,
// with that hash, or not at all; and only so many lie on the server at a time.
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatError } from '../../errors.js';
import { names, type QueueLink } from './link.js';

/** Bytes that lie on the server: how many, in how many pieces, with which SHA-256 (hex). */
export interface Blob {
  sha256: string;
  bytes: number;
  pieces: number;
}

/** Bytes of a piece, and of all that wait for one producer. */
const [PIECE, MOST] = [512 * 1024, 64 * 2 ** 20];
/** Milliseconds between two looks for room, and seconds after which pieces that nobody took are gone. */
const [LOOK, KEPT] = [100, 3 * 24 * 3600];

/** Thrown where the producer that should take bytes is gone: the clip is done again when it is back. */
export class NoTaker extends Error {}

/** Whether bytes may be put for this producer: it lives, or there is room without it. */
export async function hasRoom(link: QueueLink, holder: string, key: string): Promise<boolean> {
  return (await waiting(link, holder, key)) <= MOST || (await hasTaker(link, holder));
}

/** Puts bytes for a producer, once there is room. Throws {@link NoTaker}. */
export async function putBlob(
  link: QueueLink,
  { holder, key }: { holder: string; key: string },
  bytes: Uint8Array,
): Promise<Blob> {
  const { redis } = link;
  while ((await waiting(link, holder, key)) > MOST) {
    if (!(await hasTaker(link, holder))) throw new NoTaker('nobody takes what workers make');
    await sleep(LOOK);
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const place = names.blob(holder, sha256);
  await redis.hset(names.blobs(holder), `${key} ${sha256}`, bytes.length);
  await redis.expire(names.blobs(holder), KEPT);
  const pieces = Math.ceil(bytes.length / PIECE);
  for (let piece = 0; piece < pieces; piece++) {
    const part = bytes.subarray(PIECE * piece, PIECE * (piece + 1));
    await redis.hset(place, String(piece), Buffer.from(part.buffer, part.byteOffset, part.length));
  }
  await redis.expire(place, KEPT);
  return { sha256, bytes: bytes.length, pieces };
}

/** Takes bytes, which stay on the server until they are dropped. Throws `format` unless they are whole and have their hash. */
export async function takeBlob(
  { redis, shown }: QueueLink,
  holder: string,
  { sha256, bytes, pieces }: Blob,
): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (let piece = 0; piece < pieces; piece++) {
    const part = await redis.hgetBuffer(names.blob(holder, sha256), String(piece));
    if (part) parts.push(part);
  }
  const all = Buffer.concat(parts);
  if (all.length === bytes && createHash('sha256').update(all).digest('hex') === sha256) return all;
  throw formatError(shown, `${bytes} bytes in ${pieces} pieces, with their hash`, `${all.length} bytes`);
}

/** Drops what was put for some clips of a producer, whichever worker put it; without clips, all. */
export async function dropBlobs(
  { redis }: QueueLink,
  holder: string,
  clips?: ReadonlySet<string>,
): Promise<void> {
  const all = await redis.hkeys(names.blobs(holder));
  const gone = all.filter((field) => !clips || clips.has(clipOf(field)));
  if (gone.length === 0) return;
  await redis.hdel(names.blobs(holder), ...gone);
  const shared = new Set((await redis.hkeys(names.blobs(holder))).map(hashIn)); // others put the same bytes
  const free = new Set(gone.map(hashIn).filter((sha256) => !shared.has(sha256)));
  for (const sha256 of free) await redis.del(names.blob(holder, sha256));
}

/** Fields are `CLIP HASH`. */
const clipOf = (field: string): string => field.split(' ')[0]!;
const hashIn = (field: string): string => field.split(' ')[1]!;

/** Bytes that wait for this producer, but for those of one clip. */
async function waiting({ redis }: QueueLink, holder: string, key: string): Promise<number> {
  const all = Object.entries(await redis.hgetall(names.blobs(holder)));
  return all.reduce((sum, [field, bytes]) => sum + (field.startsWith(`${key} `) ? 0 : Number(bytes)), 0);
}

async function hasTaker({ redis }: QueueLink, holder: string): Promise<boolean> {
  return (await redis.exists(names.producer(holder))) === 1;
}
