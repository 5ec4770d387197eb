// Decodes every clip of a data set once into a store, several clips at a time. What was whole before
// is not decoded again, so a run that was killed here goes on where it stopped.
import { availableParallelism } from 'node:os';
import { WhereWhenError } from '../errors.js';
import type { ModelConfig } from '../model/index.js';
import { readClip, type Clip } from '../video/index.js';
import type { ClipEntry } from '../dataset/index.js';
import { ClipStore } from './store.js';
import { clipFromFile, clipToFile } from './storedClip.js';

/** How clips are sampled and scaled: the part of the model's config that shapes stored frames. */
export interface ClipShape {
  frames: number;
  sampling: ModelConfig['sampling'];
  size: { width: number; height: number };
  resize: ModelConfig['transform']['resize'];
}

/** A clip whose frames lie in the store. */
export interface StoredClip extends ClipEntry {
  key: string;
}

/** A clip that could not be read, and why. */
export interface BrokenClip {
  clip: ClipEntry;
  error: WhereWhenError;
}

/** What became of the clips of a data set. */
export interface PreparedClips {
  /** In the order of the data set, the broken ones left out. */
  clips: StoredClip[];
  broken: BrokenClip[];
  /** Clips that decoded with something amiss (damaged frames, repeated frames), each in words. */
  warnings: { clip: ClipEntry; text: string }[];
  /** How many were already in the store. */
  reused: number;
}

/** How far the preparation is. */
export interface PrepareProgress {
  done: number;
  total: number;
  reused: number;
  frames: number;
}

/** Settings of {@link prepareClips}. */
export interface PrepareOptions {
  store: ClipStore;
  shape: ClipShape;
  /** Clips read at a time; by default one a core. */
  concurrency?: number;
  /** The first broken clip is thrown instead of left out. */
  strict?: boolean;
  signal?: AbortSignal;
  onProgress?: (progress: PrepareProgress) => void;
}

/** The store of frames with this shape in `folder`. */
export function frameStore(folder: string, shape: ClipShape): ClipStore {
  return new ClipStore(folder, { kind: 'frames', ...shape });
}

/**
 * Puts every clip into the store. Broken clips are collected; with `strict` the first one is thrown.
 * Throws `output` when the store cannot be written, and the signal's reason when it is aborted.
 */
export async function prepareClips(
  entries: readonly ClipEntry[],
  options: PrepareOptions,
): Promise<PreparedClips> {
  const { strict = false, signal, concurrency = availableParallelism() } = options;
  const stored = new Array<StoredClip | undefined>(entries.length);
  const broken: (BrokenClip | undefined)[] = [];
  const result: PreparedClips = { clips: [], broken: [], warnings: [], reused: 0 };
  const progress = { done: 0, total: entries.length, reused: 0, frames: 0 };
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < entries.length) {
      signal?.throwIfAborted();
      const place = next++;
      const clip = entries[place]!;
      try {
        const { key, answer, isReused } = await storeOne(clip, options);
        stored[place] = { ...clip, key };
        for (const text of answer.warnings) result.warnings.push({ clip, text });
        if (isReused) progress.reused++;
        else progress.frames += answer.indices.length;
      } catch (error) {
        if (strict || !isOfClip(error)) throw error;
        broken[place] = { clip, error };
      }
      progress.done++;
      options.onProgress?.({ ...progress });
    }
  };
  await allSettledOrFirstError(Array.from({ length: Math.max(1, concurrency) }, worker), () => {
    next = entries.length; // the others end with the clip that they are at
  });
  result.clips = stored.filter((clip) => clip !== undefined);
  result.broken = broken.filter((one) => one !== undefined);
  result.reused = progress.reused;
  return result;
}

/** Reads the clip at `path` as the model wants it, from the store where it is whole there, else from the file. */
export async function storedClip(path: string, { store, shape }: PrepareOptions): Promise<Clip> {
  return (await storeOne({ path } as ClipEntry, { store, shape })).answer;
}

async function storeOne(
  clip: ClipEntry,
  { store, shape, signal }: PrepareOptions,
): Promise<{ key: string; answer: Clip; isReused: boolean }> {
  const key = await store.keyOf(clip.path);
  const known = await store.readVerified(key);
  if (known) return { key, answer: clipFromFile(known, clip.path), isReused: true };
  const answer = await readClip(clip.path, { ...shape, signal });
  const { tensors, metadata } = clipToFile(answer);
  await store.write(key, tensors, metadata);
  return { key, answer, isReused: false };
}

/** Faults of one clip are its own; a full disk or a defect of ours is everybody's. */
export function isOfClip(error: unknown): error is WhereWhenError {
  return error instanceof WhereWhenError && error.code !== 'output' && error.code !== 'internal';
}

async function allSettledOrFirstError(work: Promise<void>[], onError: () => void): Promise<void> {
  for (const one of work) one.catch(onError);
  const failed = (await Promise.allSettled(work)).find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
}
