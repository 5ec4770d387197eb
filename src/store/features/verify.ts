// Is a store what it says? The hash of every file is checked, and a sample is computed once more.
import type { FeatureExtractor } from '../../backbone/index.js';
import { formatError } from '../../errors.js';
import { readClip } from '../../video/index.js';
import type { ClipEntry } from '../../dataset/index.js';
import type { ClipShape } from '../prepare.js';
import type { ClipStore } from '../store.js';
import { usualStorePrecision, type StorePrecision } from './precision.js';
import { allFeatures } from './read.js';

/** Settings of {@link verifyFeatures}. */
export interface VerifyOptions {
  store: ClipStore;
  shape: ClipShape;
  extractor: FeatureExtractor;
  /** How features are stored: that of the store. */
  precision?: StorePrecision;
  /** Clips to compute once more, spread evenly over the data set. */
  sample?: number;
  signal?: AbortSignal;
  onProgress?: (done: number, total: number) => void;
}

/** What was found; nothing is wrong where `missing` and `faults` are empty. */
export interface Verified {
  /** Clips whose file is there and has its hash. */
  whole: number;
  /** Clips that have no file. */
  missing: string[];
  /** Clips whose file is damaged, or says otherwise than the backbone does now, each in words. */
  faults: { clip: string; text: string }[];
  /** Clips that were computed once more, and the largest difference as a share of the largest feature. */
  computed: number;
  largestDifference: number;
}

/**
 * Largest difference to a new computation, as a share of the clip's largest feature: float16 rounds by 0.0005, eight bits by
 * 0.004 where no feature is below 0, and else by up to 0.008.
 */
export const VERIFY_TOLERANCE = { int8: 1e-2, float16: 2e-3, float32: 2e-3 } as const;

/** Checks every stored file of `entries` by its hash and a sample of them by computing it again. */
export async function verifyFeatures(
  entries: readonly ClipEntry[],
  { store, shape, extractor, precision = usualStorePrecision, sample = 3, signal, onProgress }: VerifyOptions,
): Promise<Verified> {
  const found: Verified = { whole: 0, missing: [], faults: [], computed: 0, largestDifference: 0 };
  const chosen = spread(entries.length, sample);
  for (const [place, { path, name }] of entries.entries()) {
    signal?.throwIfAborted();
    const { key, state } = await store.find(path);
    if (state === 'missing') found.missing.push(name);
    else if (state === 'damaged') {
      found.faults.push({ clip: name, text: `${store.fileOf(key)} does not have its hash` });
    } else {
      found.whole++;
      if (chosen.has(place)) await recompute(name, path, key);
    }
    onProgress?.(place + 1, entries.length);
  }
  return found;

  async function recompute(name: string, path: string, key: string): Promise<void> {
    const clip = await readClip(path, { ...shape, signal });
    const { size } = extractor.preprocessing;
    const frames = {
      dtype: 'uint8',
      shape: [shape.frames, size.height, size.width, 3],
      data: clip.frames,
    } as const;
    const now = (await extractor.extract(frames)).data as Float32Array;
    const stored = allFeatures(await store.read(key), store.fileOf(key)).data as Float32Array;
    const difference = relativeDifference(stored, now);
    found.computed++;
    found.largestDifference = Math.max(found.largestDifference, difference);
    if (difference <= VERIFY_TOLERANCE[precision]) return;
    found.faults.push({
      clip: name,
      text: `differs by ${(100 * difference).toFixed(2)} % from what the backbone gives now`,
    });
  }
}

/** `count` places of `length`, the middles of equal parts. */
function spread(length: number, count: number): Set<number> {
  const parts = Math.min(count, length);
  return new Set(Array.from({ length: parts }, (_, i) => Math.floor(((i + 0.5) * length) / parts)));
}

function relativeDifference(stored: Float32Array, now: Float32Array): number {
  if (stored.length !== now.length) return Infinity;
  let [difference, largest] = [0, 0];
  for (let i = 0; i < now.length; i++) {
    difference = Math.max(difference, Math.abs(stored[i]! - now[i]!));
    largest = Math.max(largest, Math.abs(now[i]!));
  }
  return difference / Math.max(largest, 1e-12);
}

/** Throws one `format` error for a store that is not what it says. */
export function requireVerified(folder: string, { missing, faults }: Verified): void {
  if (missing.length === 0 && faults.length === 0) return;
  const texts = [
    ...faults.map(({ clip, text }) => `${clip}: ${text}`),
    ...(missing.length > 0 ? [`${missing.length} clips have no features, as ${missing[0]}`] : []),
  ];
  throw formatError(
    folder,
    'whole features of every clip',
    texts.join('; '),
    'the same command without --verify computes what is missing or damaged',
  );
}
