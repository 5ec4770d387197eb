// What parts of one piece of work have made so far: a folder with one file of lines a part. Each file has one writer; a line
// that a killed process left half-written is cut off, and its piece is made again. Readers take the pieces of all files,
// however the work was divided, and hold no more of them than where each lies.
import { open, readdir, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { writeError } from '../atomicFile.js';
import { missingError, WhereWhenError, type ErrorFacts } from '../errors.js';
import { takeLock, type Lock } from '../lock.js';
import { hashOf, tellPart, type Part } from './part.js';

/** One piece: what was made of it, or why nothing could be. */
export type Piece<Value> = { value: Value } | { error: WhereWhenError };

/** Where a line lies. */
interface LinePlace {
  file: string;
  offset: number;
  bytes: number;
  isError: boolean;
}

type PieceLine = { key: string; value?: unknown; error?: ErrorFacts };

const ENDING = '.jsonl';

/** The folder below `shared` of what is made by the same settings: pieces of other settings lie in another one. */
export function piecesFolder(shared: string, settings: unknown): string {
  return join(shared, hashOf(JSON.stringify(settings)).slice(0, 16));
}

/** The pieces that lie in a folder at the moment it is opened. */
export class Pieces<Value> implements AsyncDisposable {
  readonly #places: ReadonlyMap<string, LinePlace>;
  readonly #files = new Map<string, FileHandle>();

  private constructor(places: ReadonlyMap<string, LinePlace>) {
    this.#places = places;
  }

  /** Finds every whole line; a folder that is not there has none. */
  static async open<Value>(folder: string): Promise<Pieces<Value>> {
    const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(ENDING)).sort();
    const places = new Map<string, LinePlace>();
    for (const name of names) {
      const file = join(folder, name);
      for await (const [key, place] of linesOf(file)) {
        // A piece that one part could not make, and another could, is made.
        if (!place.isError || places.get(key)?.isError !== false) places.set(key, place);
      }
    }
    return new Pieces(places);
  }

  /** Whether the piece is there, made or given up. */
  has(key: string): boolean {
    return this.#places.has(key);
  }

  /** Whether something was made of the piece. */
  isMade(key: string): boolean {
    return this.#places.get(key)?.isError === false;
  }

  /** Throws `missing` unless every key has its piece; `folder` is named. */
  requireAll(keys: readonly string[], folder: string): void {
    const without = keys.filter((key) => !this.has(key)).length;
    if (without === 0) return;
    throw missingError(
      folder,
      `the pieces of all parts, ${keys.length}`,
      `${without} of them missing`,
      'let every part end, and start again those that failed: what they had made stays',
    );
  }

  /** Reads a piece. Throws `missing`. */
  async get(key: string): Promise<Piece<Value>> {
    const place = this.#places.get(key);
    if (!place) throw missingError(key, 'a piece that a part has made');
    const { value, error } = await this.#read(place);
    return error ? { error: new WhereWhenError(error) } : { value: value as Value };
  }

  async #read({ file, offset, bytes }: LinePlace): Promise<PieceLine> {
    let handle = this.#files.get(file);
    if (!handle) this.#files.set(file, (handle = await open(file)));
    const buffer = Buffer.alloc(bytes);
    await handle.read(buffer, 0, bytes, offset);
    return JSON.parse(buffer.toString('utf8')) as PieceLine;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const handle of this.#files.values()) await handle.close();
  }
}

/** Milliseconds after which what was written must lie on the disk, should the machine lose its power. */
const SYNC = 1000;

/** The file of one part: its process alone appends to it. */
export class PartLog<Value> implements AsyncDisposable {
  readonly #lock: Lock;
  readonly #path: string;
  readonly #file: FileHandle;
  #syncedAt = performance.now();
  #last: Promise<void> = Promise.resolve();

  private constructor(lock: Lock, path: string, file: FileHandle) {
    this.#lock = lock;
    this.#path = path;
    this.#file = file;
  }

  /** Makes the file, or goes on behind its last whole line. Throws `usage` where another process does this part, and `output`. */
  static async open<Value>(folder: string, part: Part): Promise<PartLog<Value>> {
    const path = join(folder, `part-${part.index}-of-${part.of}${ENDING}`);
    const lock = await takeLock(`${path}.lock`, { shown: `${folder}: ${tellPart(part)}` });
    try {
      let end = 0;
      for await (const [, { offset, bytes }] of linesOf(path)) end = offset + bytes + 1;
      const file = await open(path, 'a').catch((cause: unknown) => {
        throw writeError(path, cause);
      });
      await file.truncate(end);
      return new PartLog(lock, path, file);
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** Appends a piece; calls may overlap. Throws `output`. */
  append(key: string, piece: Piece<Value>): Promise<void> {
    const line: PieceLine = {
      key,
      ...('error' in piece ? { error: piece.error.toJSON() } : { value: piece.value }),
    };
    const work = this.#last.then(() => this.#write(`${JSON.stringify(line)}\n`));
    this.#last = work.catch(() => undefined);
    return work;
  }

  async #write(text: string): Promise<void> {
    try {
      await this.#file.appendFile(text);
      if (performance.now() - this.#syncedAt < SYNC) return;
      await this.#lock.requireHeld();
      await this.#file.datasync();
      this.#syncedAt = performance.now();
    } catch (cause) {
      throw cause instanceof WhereWhenError ? cause : writeError(this.#path, cause);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#last;
    await this.#file.datasync().catch(() => undefined);
    await this.#file.close();
    await this.#lock.release();
  }
}

/** Whole lines in order; nothing from the first on that is none. A file that is not there has none. */
async function* linesOf(path: string): AsyncGenerator<[key: string, place: LinePlace]> {
  const file = await open(path).catch(() => undefined);
  if (!file) return;
  let [rest, offset] = [Buffer.alloc(0) as Buffer, 0];
  for await (const chunk of file.createReadStream({ highWaterMark: 1 << 20 })) {
    rest = Buffer.concat([rest, chunk as Buffer]);
    let from = 0;
    for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10, from)) {
      const line = parsed(rest.subarray(from, end));
      if (!line) return;
      yield [
        line.key,
        { file: path, offset: offset + from, bytes: end - from, isError: line.error !== undefined },
      ];
      from = end + 1;
    }
    offset += from;
    rest = rest.subarray(from);
  }
}

function parsed(bytes: Buffer): PieceLine | undefined {
  try {
    const line = JSON.parse(bytes.toString('utf8')) as Partial<PieceLine> | null;
    return typeof line?.key === 'string' ? (line as PieceLine) : undefined;
  } catch {
    return undefined; // half a line, or the disk's zeros
  }
}
