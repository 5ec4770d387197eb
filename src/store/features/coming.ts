// Clips on their way to a store of features: those that lie there whole are known by their key, the others come decoded.
import type { WhereWhenError } from '../../errors.js';
import { DecodePool, type Clip } from '../../video/index.js';
import type { ClipEntry } from '../../dataset/index.js';
import { isOfClip, type ClipShape } from '../prepare.js';
import type { ClipStore } from '../store.js';

/** Where clips are looked up, and how the others are decoded. */
export interface ComingOptions {
  store: ClipStore;
  shape: ClipShape;
  /** Decodes; by default a pool of its own, closed at the end. */
  pool?: DecodePool;
  signal?: AbortSignal;
}

/** A clip that is on its way: its frames, or what became of it without any. */
export type Coming = { place: number; key: string } & (
  { clip: Clip; isDamaged: boolean } | { isReused: true } | { error: WhereWhenError }
);

/** All entries in order, a few of them looked up and decoded ahead of the reader. */
export async function* comingClips(
  entries: readonly Pick<ClipEntry, 'path'>[],
  options: ComingOptions,
): AsyncGenerator<Coming> {
  const pool = options.pool ?? new DecodePool();
  const ahead = 2 * pool.threads.size;
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  const pending: Promise<Coming>[] = [];
  try {
    for (let next = 0; next < entries.length || pending.length > 0;) {
      while (pending.length < ahead && next < entries.length) {
        const coming = bring(entries[next]!, next, pool, { ...options, signal });
        coming.catch(() => undefined); // told where it is waited for
        pending.push(coming);
        next++;
      }
      yield await pending.shift()!;
    }
  } finally {
    stop.abort();
    await Promise.allSettled(pending);
    if (!options.pool) await pool.close();
  }
}

async function bring(
  { path }: Pick<ClipEntry, 'path'>,
  place: number,
  pool: DecodePool,
  { store, shape, signal }: ComingOptions,
): Promise<Coming> {
  let key = '';
  try {
    const found = await store.find(path);
    key = found.key;
    const { state } = found;
    if (state === 'whole') return { place, key, isReused: true };
    const clip = await pool.readClip(path, { ...shape, signal });
    return { place, key, clip, isDamaged: state === 'damaged' };
  } catch (error) {
    if (isOfClip(error)) return { place, key, error };
    throw error;
  }
}
