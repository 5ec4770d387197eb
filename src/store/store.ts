// What was computed from a clip once (sampled frames now, features of a backbone too), one safetensors
// file a clip. A file's name is a hash of the clip's content and of every setting that shaped it, so a
// changed clip or setting looks under another name and can never read what is stale.
import { createHash } from 'node:crypto';
import { open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { formatError, missingError, WhereWhenError } from '../errors.js';
import { ownerMark } from '../owner.js';
import { decodeSafetensors, encodeSafetensors, type SafetensorsFile } from '../model/index.js';
import type { Tensors } from '../tensor.js';
import { sweepTemporaries, writeAtomically } from '../atomicFile.js';
import { hasChecksum, hasQuickChecksum, withChecksums } from './checksums.js';
import { clipBytes, contentHash } from '../dataset/contentHash.js';

/** Raise it when the meaning of a stored file, or how pictures are read, changes: older files are then computed anew. */
const storeVersion = 2;

/** What a clip is, as bytes. */
export interface ClipContent {
  bytes: number;
  /** SHA-256, hexadecimal. */
  hash: string;
}

/** A folder of stored clips. Writers of several processes do not disturb each other. */
export class ClipStore {
  readonly folder: string;
  readonly #settings: string;
  readonly #others: readonly string[];
  /** Contents by path, as they were when their keys were asked for. */
  readonly #contents = new Map<string, ClipContent>();

  /**
   * `settings` is everything besides the clip that shapes what is stored: sampling, transform, weights. What was stored by
   * `others` serves as well: it is found, in their order, where there is nothing by `settings`.
   */
  constructor(
    folder: string,
    settings: Record<string, unknown>,
    others: readonly Record<string, unknown>[] = [],
  ) {
    this.folder = folder;
    [this.#settings, ...this.#others] = [settings, ...others].map((one) =>
      canonical({ storeVersion, ...one }),
    ) as [string, ...string[]];
  }

  /** The key of the clip at `path` as it is now. Reads the whole clip: a touched but unchanged file keeps its key. */
  async keyOf(path: string): Promise<string> {
    return keyFor(await this.#read(path), this.#settings);
  }

  /** The key of the clip at `path` under which it lies here, whole or not; its own where it lies here under none. */
  async find(path: string): Promise<{ key: string; state: 'whole' | 'missing' | 'damaged' }> {
    const content = await this.#read(path);
    const key = keyFor(content, this.#settings);
    const state = await this.stateOf(key);
    if (state !== 'missing') return { key, state };
    for (const settings of this.#others) {
      const other = keyFor(content, settings);
      if ((await this.stateOf(other)) === 'whole') return { key: other, state: 'whole' };
    }
    return { key, state };
  }

  /** The content of the clip at `path`, as it was when its key was asked for. Throws `missing`. */
  async contentOf(path: string): Promise<ClipContent> {
    return this.#contents.get(path) ?? this.#read(path);
  }

  async #read(path: string): Promise<ClipContent> {
    const content = { bytes: await clipBytes(path), hash: await contentHash(path) };
    this.#contents.set(path, content);
    return content;
  }

  /** Where the file of `key` lies. */
  fileOf(key: string): string {
    return join(this.folder, `${key}.safetensors`);
  }

  /** Writes the file of `key`, whole or not at all. Throws `output`. */
  async write(key: string, tensors: Tensors, metadata: Record<string, string> = {}): Promise<void> {
    const marked = withChecksums({ tensors, metadata });
    await writeAtomically(this.fileOf(key), encodeSafetensors(marked.tensors, marked.metadata));
  }

  /**
   * Reads the file of `key`, all tensors over one buffer. Throws `missing` when it is not there, `format` when it is no
   * such file or not as it was written.
   */
  async read(key: string): Promise<SafetensorsFile> {
    const path = this.fileOf(key);
    const file = await this.#decoded(path);
    if (hasQuickChecksum(file)) return file;
    throw formatError(
      path,
      'a stored clip as it was written',
      'other bytes, which do not have its checksum',
      'run the command again: it stores what is damaged anew',
    );
  }

  /**
   * Throws `output` unless files can be written into the folder; it is made where it is not there. What killed
   * processes left half-written is removed.
   */
  async requireWritable(): Promise<void> {
    await sweepTemporaries(this.folder);
    const probe = join(this.folder, `.writable-${ownerMark()}`);
    await writeAtomically(probe, '');
    await rm(probe, { force: true });
  }

  /** Whether the file of `key` is there and every byte of its tensors is what was written. */
  async stateOf(key: string): Promise<'whole' | 'missing' | 'damaged'> {
    if (await this.readVerified(key)) return 'whole';
    return (await stat(this.fileOf(key)).catch(() => undefined)) ? 'damaged' : 'missing';
  }

  /** Reads the file of `key` and checks every byte of its tensors; undefined when it is missing or broken. */
  async readVerified(key: string): Promise<SafetensorsFile | undefined> {
    try {
      const file = await this.#decoded(this.fileOf(key));
      return hasChecksum(file) ? file : undefined;
    } catch (error) {
      if (error instanceof WhereWhenError) return undefined;
      throw error;
    }
  }

  async #decoded(path: string): Promise<SafetensorsFile> {
    const bytes = await bytesOf(path).catch((cause: unknown) => {
      const expected = 'a stored clip';
      const hint = 'run the command again: it stores what is missing';
      throw missingError(path, expected, 'no readable file', hint, cause);
    });
    return decodeSafetensors(bytes, path, { share: true });
  }
}

function keyFor({ bytes, hash }: ClipContent, settings: string): string {
  return createHash('sha256').update(`${bytes}:${hash}\n${settings}`).digest('hex').slice(0, 40);
}

/** The bytes of a file in a buffer of their own, read in one piece where `readFile` takes pieces of 512 kB. */
async function bytesOf(path: string): Promise<Uint8Array> {
  await using file = await open(path);
  const bytes = Buffer.allocUnsafeSlow((await file.stat()).size);
  for (let at = 0; at < bytes.length;) {
    const { bytesRead } = await file.read(bytes, at, bytes.length - at, at);
    if (bytesRead === 0) return bytes.subarray(0, at); // it was cut meanwhile, which decoding tells
    at += bytesRead;
  }
  return bytes;
}

/** JSON with sorted keys: equal settings give equal text whatever the order in which they were written. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
