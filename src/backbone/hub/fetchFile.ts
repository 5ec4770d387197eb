// Fetches a weight file into the hub's cache. What was received before a cut is kept and continued; the file gets its
// name only when size and SHA-256 are those that the hub told.
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatError, outputError, WhereWhenError } from '../../errors.js';
import { hashFile } from '../identity.js';
import { findCached, isFile, keepBlob, repositoryFolder } from './cache.js';
import type { HubModel } from './catalogue.js';
import {
  ask,
  headersFor,
  isUnreachable,
  lookUp,
  reasonOf,
  refuse,
  unreachable,
  type HubFile,
  type HubOptions,
} from './request.js';

/** Options of {@link fetchWeights}. */
export interface FetchOptions extends HubOptions {
  /** Told of bytes that are there, of all, and of those that an earlier try had left. */
  onProgress?(done: number, total: number, reused: number): void;
  /** Told once the hub has said how large the file is, where it has to be fetched. */
  onFound?(bytes: number): void;
  /** Tries without a single new byte, one after the other, before it gives up. */
  tries?: number;
}

/** A fetched file. */
export interface Fetched {
  path: string;
  sha256: string;
  bytes: number;
  /** It was in the cache, whole. */
  isCached: boolean;
  /** The hub answered, and has it so now; false where the hub is out of reach and the cache alone speaks. */
  isConfirmed: boolean;
}

/**
 * The weight file of `model`, fetched unless the cache has it. Throws `missing` when the hub refuses, does not have it or
 * is out of reach of a cache without it, `format` when what came is not what the hub told, and `output` when it cannot be
 * written.
 */
export async function fetchWeights(model: HubModel, options: FetchOptions = {}): Promise<Fetched> {
  const file = await lookUp(model, options).catch((error: unknown) => error);
  if (!isHubFile(file)) return await cachedOr(file, model, options);
  const folder = repositoryFolder(model, options.environment);
  const blob = join(folder, 'blobs', file.sha256);
  const isCached = (await isFile(blob)) && (await hashFile(blob)) === file.sha256;
  if (!isCached) {
    options.onFound?.(file.bytes);
    await writing(blob, () => receive(model, file, blob, options));
  }
  const path = await writing(folder, () => keepBlob(folder, file.sha256, file.commit, model.file));
  return { path, sha256: file.sha256, bytes: file.bytes, isCached, isConfirmed: true };
}

function isHubFile(answer: unknown): answer is HubFile {
  return !(answer instanceof Error);
}

/** What the cache has where the hub is out of reach; a blob bears its hash as its name. Else throws `error`. */
async function cachedOr(error: unknown, model: HubModel, { environment }: FetchOptions): Promise<Fetched> {
  const path = isUnreachable(error) ? await findCached(model, environment) : undefined;
  if (path === undefined) throw error;
  const [sha256, blob] = [await hashFile(path), basename(await realpath(path))];
  if (/^[0-9a-f]{64}$/.test(blob) && blob !== sha256) throw error;
  return { path, sha256, bytes: await sizeOf(path), isCached: true, isConfirmed: false };
}

async function receive(model: HubModel, file: HubFile, blob: string, options: FetchOptions): Promise<void> {
  const part = `${blob}.incomplete`;
  const { tries = 5, stallSeconds = 30 } = options;
  await mkdir(dirname(part), { recursive: true });
  for (let failures = 0; ;) {
    const before = await sizeOf(part);
    try {
      await receiveOnce(model, file, part, options);
      break;
    } catch (error) {
      if (options.signal?.aborted || error instanceof WhereWhenError || isDiskError(error)) throw error;
      failures = (await sizeOf(part)) > before ? 1 : failures + 1;
      if (failures >= tries) throw unreachable(model, reasonOf(error), error);
      await sleep(Math.min(stallSeconds, 2 ** failures / 4) * 1000, undefined, { signal: options.signal });
    }
  }
  await rename(part, blob);
}

/** One connection: continues behind what is there, and checks the whole at its end. */
async function receiveOnce(
  model: HubModel,
  file: HubFile,
  part: string,
  options: FetchOptions,
): Promise<void> {
  let start = await sizeOf(part);
  if (start > file.bytes) start = 0;
  const hash = createHash('sha256');
  if (start < file.bytes) {
    const response = await request(model, file, start, options);
    if (response.status === 206 && !continues(response, start)) {
      await response.body?.cancel();
      throw new Error(`the hub sent ${response.headers.get('content-range')} instead of byte ${start}`);
    }
    if (response.status !== 206) start = 0; // ranges refused: from the beginning
    await rehash(hash, part, start);
    const handle = await open(part, start > 0 ? 'r+' : 'w');
    try {
      await pour(response, handle, hash, { start, file, options });
      await handle.sync();
    } finally {
      await handle.close();
    }
  } else await rehash(hash, part, start);
  await check(model, file, part, hash.digest('hex'));
}

async function request(
  model: HubModel,
  { url }: HubFile,
  start: number,
  options: FetchOptions,
): Promise<Response> {
  const headers = headersFor(options.environment ?? process.env);
  const range = start > 0 ? { range: `bytes=${start}-` } : undefined;
  const response = await ask(url, { headers: { ...headers, ...range }, redirect: 'follow' }, options);
  if (response.status >= 500 || response.status === 429) throw new Error(`status ${response.status}`);
  if (response.status === 416) return await ask(url, { headers, redirect: 'follow' }, options);
  refuse(response, model);
  return response;
}

function continues(response: Response, start: number): boolean {
  return new RegExp(`^bytes ${start}-`).test(response.headers.get('content-range') ?? '');
}

interface Pour {
  start: number;
  file: HubFile;
  options: FetchOptions;
}

/** Writes the body behind `start`; a stop of more than `stallSeconds` or too many bytes end it with an error. */
async function pour(
  response: Response,
  handle: FileHandle,
  hash: Hash,
  { start, file, options: { onProgress, stallSeconds = 30, signal } }: Pour,
): Promise<void> {
  const reader = response.body!.getReader();
  let at = start;
  try {
    while (at < file.bytes) {
      const { done, value } = await inTime(reader.read(), stallSeconds, signal);
      if (done) break;
      hash.update(value);
      await handle.write(value, 0, value.length, at);
      at += value.length;
      onProgress?.(Math.min(at, file.bytes), file.bytes, start);
    }
  } finally {
    reader.cancel().catch(() => undefined); // the connection may be gone already
    await handle.truncate(at);
  }
  if (at < file.bytes) throw new Error(`the connection ended after ${at} of ${file.bytes} bytes`);
}

async function inTime<T>(work: Promise<T>, seconds: number, signal?: AbortSignal): Promise<T> {
  const done = new AbortController();
  const late = sleep(seconds * 1000, undefined, {
    signal: AbortSignal.any([done.signal, ...(signal ? [signal] : [])]),
  }).then(() => {
    throw new Error(`nothing came for ${seconds} s`);
  });
  work.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    done.abort();
    late.catch(() => undefined);
  }
}

/** What does not match is removed: continuing it could never end well. */
async function check(model: HubModel, file: HubFile, part: string, sha256: string): Promise<void> {
  const bytes = await sizeOf(part);
  if (bytes === file.bytes && sha256 === file.sha256) return;
  await rm(part, { force: true });
  throw formatError(
    model.name,
    `${file.bytes} bytes of SHA-256 ${file.sha256}`,
    `${bytes} bytes of ${sha256}`,
    'what came was thrown away; try again, and look for a proxy in between if it stays so',
  );
}

async function rehash(hash: Hash, part: string, end: number): Promise<void> {
  if (end === 0) return;
  for await (const chunk of createReadStream(part, { end: end - 1 })) hash.update(chunk as Buffer);
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}

function isDiskError(error: unknown): boolean {
  return /^(ENOSPC|EDQUOT|EACCES|EPERM|EROFS|ENOTDIR|EEXIST|EISDIR|EIO)$/.test(
    (error as NodeJS.ErrnoException).code ?? '',
  );
}

async function writing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!isDiskError(cause)) throw cause;
    const received = (cause as Error).message;
    const hint = 'HF_HOME chooses another folder';
    throw outputError(path, 'a place to write to', received, hint, cause);
  }
}
