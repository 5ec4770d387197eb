// Which clips a model learnt from, by their content: `learnt.json` in its folder. A figure on such clips says nothing of others.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { checked } from '../checked.js';
import { formatError, WhereWhenError } from '../errors.js';
import { writeAtomically } from '../atomicFile.js';
import { clipBytes, contentHash } from '../dataset/contentHash.js';
import type { ClipContent, ClipStore } from '../store/index.js';

/** The name of the file in a model folder. */
export const learntFile = 'learnt.json';

/** On which side of its training a model has seen a clip: to learn from, or to choose the epoch by. */
export type LearntSide = 'training' | 'validation';

/** Bytes of each clip by the SHA-256 of its content. */
const Contents = z.record(z.string().regex(/^[0-9a-f]{64}$/), z.number().int().min(0));
const LearntFile = z.object({ version: z.literal(1), training: Contents, validation: Contents });
/** The clips of a training: those that it learnt from, and those that chose its epoch. */
export type LearntClips = z.infer<typeof LearntFile>;

/** Paths of the clips on each side of a training. */
export interface TrainedClips {
  training: readonly { path: string }[];
  validation: readonly { path: string }[];
}

/** Writes `learnt.json` into a model folder. A clip that is gone by now is left out. Throws `output`. */
export async function writeLearnt(folder: string, clips: TrainedClips, store: ClipStore): Promise<void> {
  const contents = async (side: readonly { path: string }[]): Promise<Record<string, number>> => {
    const known: ClipContent[] = [];
    for (const { path } of side) {
      const content = await store.contentOf(path).catch(() => undefined);
      if (content) known.push(content);
    }
    return Object.fromEntries(known.map(({ hash, bytes }) => [hash, bytes]));
  };
  const file: LearntClips = {
    version: 1,
    training: await contents(clips.training),
    validation: await contents(clips.validation),
  };
  await writeAtomically(join(folder, learntFile), `${JSON.stringify(file)}\n`);
}

/** Reads it; undefined for a model that keeps none, as those made before it did. Throws `format`. */
export async function readLearnt(folder: string): Promise<LearntClips | undefined> {
  const path = join(folder, learntFile);
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return checked(path, JSON.parse(text), LearntFile);
  } catch (cause) {
    if (cause instanceof WhereWhenError) throw cause;
    const received = (cause as Error).message;
    throw formatError(path, 'JSON', received, undefined, cause);
  }
}

/** Finds the side that a clip stood on in a training. Only clips of a known size are read. */
export function learntFinder(
  learnt: LearntClips | undefined,
): (path: string) => Promise<LearntSide | undefined> {
  if (!learnt) return () => Promise.resolve(undefined);
  const sizes = new Set([...Object.values(learnt.training), ...Object.values(learnt.validation)]);
  return async (path) => {
    const bytes = await clipBytes(path).catch(() => undefined);
    if (bytes === undefined || !sizes.has(bytes)) return undefined;
    const hash = await contentHash(path);
    if (Object.hasOwn(learnt.training, hash)) return 'training';
    return Object.hasOwn(learnt.validation, hash) ? 'validation' : undefined;
  };
}
