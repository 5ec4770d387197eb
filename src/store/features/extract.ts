// Clips to stored features: decoded in threads, frames of several clips in one run, written beside the next run. What
// was whole in the store before is not computed again, so a run that was killed goes on where it stopped.
import type { FeatureExtractor } from '../../backbone/index.js';
import { float32, type Tensor } from '../../tensor.js';
import { featuresOfFrames } from '../../infer/frameMemory.js';
import type { Clip, DecodePool } from '../../video/index.js';
import type { ClipEntry } from '../../dataset/index.js';
import type { ClipShape, PreparedClips, PrepareProgress } from '../prepare.js';
import type { ClipStore } from '../store.js';
import { comingClips, type Coming } from './coming.js';
import { featuresToFile, storedAs } from './file.js';
import type { StorePrecision } from './precision.js';

/** Settings of {@link extractClips}. */
export interface ExtractOptions {
  store: ClipStore;
  shape: ClipShape;
  extractor: FeatureExtractor;
  /** How features are stored: that of the store. */
  precision?: StorePrecision;
  /** Decodes; by default a pool of its own, closed at the end. */
  pool?: DecodePool;
  /** The first broken clip is thrown instead of left out. */
  strict?: boolean;
  signal?: AbortSignal;
  onProgress?: (progress: PrepareProgress) => void;
}

/**
 * Puts the features of every clip into the store. Broken clips are collected; with `strict` the first one is thrown.
 * Throws `output`, before anything is computed, when the store cannot be written, and the signal's reason when it is aborted.
 */
export async function extractClips(
  entries: readonly ClipEntry[],
  options: ExtractOptions,
): Promise<PreparedClips> {
  const { store, extractor, shape, strict = false, signal } = options;
  await store.requireWritable();
  const keys = new Array<string | undefined>(entries.length);
  const result: PreparedClips = { clips: [], broken: [], warnings: [], reused: 0 };
  const progress: PrepareProgress = { done: 0, total: entries.length, reused: 0, frames: 0 };
  const settle = (change: Partial<PrepareProgress> = {}): void => {
    progress.done++;
    Object.assign(progress, change);
    options.onProgress?.({ ...progress });
  };
  const as = storedAs(extractor, options.precision);
  const finish = async (group: readonly Ready[], features: Promise<readonly Tensor[]>): Promise<void> => {
    const scales = await features;
    for (const [i, { place, key, clip }] of group.entries()) {
      const own = scales.map((scale) => partOf(scale, i, group.length));
      const { tensors, metadata } = featuresToFile(clip, own, as);
      await store.write(key, tensors, metadata);
      keys[place] = key;
      settle({ frames: progress.frames + clip.indices.length });
    }
  };
  const underWay: Promise<void>[] = [];
  const start = async (group: Ready[]): Promise<void> => {
    const work = finish(
      group,
      featuresOf(
        group.map(({ clip }) => clip),
        extractor,
      ),
    );
    work.catch(() => undefined); // told below, where it is waited for
    underWay.push(work);
    if (underWay.length > runsAhead) await underWay.shift();
  };
  let group: Ready[] = [];
  for await (const coming of comingClips(entries, options)) {
    signal?.throwIfAborted();
    if ('clip' in coming) {
      const clip = entries[coming.place]!;
      if (coming.isDamaged)
        result.warnings.push({ clip, text: 'its stored features were damaged and are computed anew' });
      for (const text of coming.clip.warnings) result.warnings.push({ clip, text });
      group.push(coming);
      if (group.length < clipsTogether(shape.frames, extractor.batch)) continue;
      await start(group);
      group = [];
    } else if ('error' in coming) {
      if (strict) throw coming.error;
      result.broken.push({ clip: entries[coming.place]!, error: coming.error });
      settle();
    } else {
      keys[coming.place] = coming.key;
      settle({ reused: progress.reused + 1 });
    }
  }
  if (group.length > 0) await start(group);
  for (const work of underWay) await work;
  signal?.throwIfAborted(); // an abort is told even where the last clips were already under way
  result.clips = entries.flatMap((entry, place) => (keys[place] ? [{ ...entry, key: keys[place] }] : []));
  result.reused = progress.reused;
  return result;
}

type Ready = Extract<Coming, { clip: Clip }>;

/** Runs in hand: one computes, the next one's bytes become numbers, and what came before is written. */
const runsAhead = 2;

/** How many clips of `frames` frames fill runs of `batch` without a rest; at most `batch` of them. */
export function clipsTogether(frames: number, batch: number): number {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  return batch / divisor(frames, batch);
}

/** The features of clips of equal length, `[clips*n,Ci,hi,wi]` of each scale. */
export async function featuresOf(
  clips: readonly Pick<Clip, 'frames' | 'shape'>[],
  extractor: Pick<FeatureExtractor, 'extractScales'>,
): Promise<readonly Tensor[]> {
  const [n, height, width] = clips[0]!.shape;
  const each = n * height * width * 3;
  const data = clips.length === 1 ? clips[0]!.frames : new Uint8Array(clips.length * each);
  if (clips.length > 1) clips.forEach(({ frames }, i) => data.set(frames, i * each));
  const shape = [clips.length * n, height, width, 3];
  const look = (frames: Tensor): Promise<readonly Tensor[]> => extractor.extractScales(frames);
  return featuresOfFrames({ dtype: 'uint8', shape, data }, look); // a still camera repeats its frames
}

/** Part `i` of `parts` equal ones along the first axis. */
function partOf({ data, shape }: Tensor, i: number, parts: number): Tensor {
  const each = data.length / parts;
  const [first, ...rest] = shape;
  return float32((data as Float32Array).subarray(i * each, (i + 1) * each), [first! / parts, ...rest]);
}
