// One writer at a time, among processes of one machine and of several that share a folder. A lock is a file that is made with
// the exclusive flag and tells who holds it; its time is renewed while the holder lives. A holder that died is known by its
// process id on the same machine and by the age of the file on another, and its lock is taken over.
import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { outputError, usageError, WhereWhenError } from './errors.js';
import { stateOf, thisOwner } from './owner.js';
import { writeError } from './atomicFile.js';

/** Times in seconds. */
export interface LockOptions {
  /** How long to wait for another holder; 0, the default, does not. */
  waitSeconds?: number;
  /** How often the holder renews the file: 5. */
  beatSeconds?: number;
  /** Without a renewal for so long the holder counts as dead, where its process cannot be asked: 120. */
  staleSeconds?: number;
}

/** A lock that is held. */
export interface Lock {
  /** Throws `output` where another process has taken the lock over, as after a machine that slept. */
  requireHeld(): Promise<void>;
  release(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const Holder = z.object({
  id: z.string().min(1),
  host: z.string(),
  space: z.string(),
  pid: z.number().int().positive(),
  began: z.string().nullable(),
  since: z.string(),
});
type Holder = z.infer<typeof Holder>;

/** The lock file of a folder. */
export const lockFile = '.wherewhen.lock';

/** Milliseconds between two looks at a lock that another holds, and after which a file without a holder in it is nobody's. */
const LOOK = 20;
const UNWRITTEN = 10_000;

/**
 * Holds `folder`, which is made as needed, for this process. Throws `usage` that names the holder where another process
 * holds it, and `output`.
 */
export async function holdFolder(folder: string, options: LockOptions = {}): Promise<Lock> {
  return takeLock(join(folder, lockFile), { ...options, shown: folder });
}

/** Does `work` while `folder` is held. Throws what {@link holdFolder} and `work` throw. */
export function inHeldFolder<T>(folder: string, work: (lock: Lock) => Promise<T>): Promise<T> {
  return whileHeld(holdFolder(folder), work);
}

/** Does `work` while a lock is held, and gives it back whatever happens. */
export async function whileHeld<T>(taking: Promise<Lock>, work: (lock: Lock) => Promise<T>): Promise<T> {
  await using lock = await taking;
  return await work(lock);
}

/** Makes the lock file `path`. Throws `usage` where another process holds it longer than is waited, and `output`. */
export async function takeLock(
  path: string,
  {
    waitSeconds = 0,
    beatSeconds = 5,
    staleSeconds = 120,
    shown = path,
  }: LockOptions & { shown?: string } = {},
): Promise<Lock> {
  const mine: Holder = { id: randomUUID(), ...thisOwner(), since: new Date().toISOString() };
  const until = performance.now() + 1000 * waitSeconds;
  const folder = dirname(path);
  const isNew = await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw writeError(shown, cause);
  });
  while (!(await isMade(path, mine, shown))) {
    const holder = await holderOf(path);
    if (holder === undefined) continue; // it was released meanwhile
    if (await isStale(path, holder, staleSeconds)) await takeAway(path, holder, staleSeconds);
    else if (performance.now() >= until) throw held(shown, holder);
    else await sleep(LOOK);
  }
  return new HeldLock(path, { mine, shown, beatSeconds, folder: isNew === undefined ? undefined : folder });
}

class HeldLock implements Lock {
  readonly #path: string;
  readonly #mine: Holder;
  readonly #shown: string;
  readonly #folder: string | undefined;
  readonly #beat: NodeJS.Timeout;
  #last: Promise<unknown> = Promise.resolve();

  /** `folder` was made for the lock, and goes with it where nothing else was put there. */
  constructor(
    path: string,
    {
      mine,
      shown,
      beatSeconds,
      folder,
    }: { mine: Holder; shown: string; beatSeconds: number; folder: string | undefined },
  ) {
    this.#folder = folder;
    this.#path = path;
    this.#mine = mine;
    this.#shown = shown;
    const renew = (): void => void (this.#last = this.#last.then(() => this.#renew()));
    this.#beat = setInterval(renew, 1000 * beatSeconds).unref();
  }

  async requireHeld(): Promise<void> {
    const holder = await holderOf(this.#path);
    if (holder !== undefined && holder !== 'unwritten' && holder.id === this.#mine.id) return;
    throw outputError(
      this.#shown,
      'the lock that this process began with',
      holder === undefined ? 'none' : told(holder),
      'another process went on here, because this one gave no sign of life; what that one writes stays',
    );
  }

  /** Takes the file away where it is still ours. */
  async release(): Promise<void> {
    clearInterval(this.#beat);
    await this.#last;
    const holder = await holderOf(this.#path).catch(() => undefined);
    if (typeof holder === 'object' && holder.id === this.#mine.id) await rm(this.#path, { force: true });
    if (this.#folder !== undefined) await rmdir(this.#folder).catch(() => undefined); // it is not empty
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }

  /** Written, not touched: its time is then that of the disk, the same for all machines. */
  async #renew(): Promise<void> {
    try {
      await this.requireHeld();
      await using file = await open(this.#path, 'r+');
      await file.write(textOf(this.#mine), 0);
    } catch {
      // lost or out of reach: who writes next asks `requireHeld`
    }
  }
}

function textOf(holder: Holder): string {
  return `${JSON.stringify(holder)}\n`;
}

async function isMade(path: string, mine: Holder, shown: string): Promise<boolean> {
  try {
    await writeFile(path, textOf(mine), { flag: 'wx' });
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw writeError(shown, cause);
  }
}

/** Who holds a lock: undefined where there is none, `unwritten` where the file does not tell (yet). */
async function holderOf(path: string): Promise<Holder | 'unwritten' | undefined> {
  try {
    return Holder.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code !== undefined) throw writeError(path, cause);
    return 'unwritten';
  }
}

async function isStale(path: string, holder: Holder | 'unwritten', staleSeconds: number): Promise<boolean> {
  if (holder === 'unwritten') return (await ageOf(path)) > UNWRITTEN;
  const state = stateOf(holder);
  if (state !== 'unknown') return state === 'gone';
  return (await ageOf(path)) > 1000 * staleSeconds;
}

/** Milliseconds since the file was written by the clock of the disk it lies on: those of two machines may differ. */
async function ageOf(path: string): Promise<number> {
  const probe = `${path}.${randomUUID()}`;
  try {
    await writeFile(probe, '');
    const [now, then] = await Promise.all([stat(probe), stat(path)]);
    return now.mtimeMs - then.mtimeMs;
  } catch {
    return 0; // it was released meanwhile
  } finally {
    await rm(probe, { force: true });
  }
}

/** Removes the lock of a dead holder. Of several that see it, one does: who makes the file that is named after that holder. */
async function takeAway(path: string, stale: Holder | 'unwritten', staleSeconds: number): Promise<void> {
  const claim = `${path}.${stale === 'unwritten' ? stale : stale.id}`;
  try {
    await writeFile(claim, '', { flag: 'wx' });
  } catch {
    if ((await ageOf(claim)) > 1000 * staleSeconds)
      await rm(claim, { force: true }); // it died over it
    else await sleep(LOOK);
    return;
  }
  try {
    const still = await holderOf(path);
    const isSame =
      typeof still === 'object' && typeof stale === 'object' ? still.id === stale.id : still === stale;
    if (isSame) await rm(path, { force: true });
  } finally {
    await rm(claim, { force: true });
  }
}

function told(holder: Holder | 'unwritten'): string {
  if (holder === 'unwritten') return 'one that another process is just making';
  return `that of process ${holder.pid} on ${holder.host}, since ${holder.since}`;
}

function held(shown: string, holder: Holder | 'unwritten'): WhereWhenError {
  return usageError(
    shown,
    'a place that no other process is writing to',
    `the lock is ${told(holder)}`,
    'let it end, or choose another folder; the lock of a process that died is released by itself',
  );
}
