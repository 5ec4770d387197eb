// The mean of a clip's stored features over all its frames and places: one row a clip, read once and kept beside them.
import { float32, type Tensor } from '../../tensor.js';
import { kept } from '../kept.js';
import type { StoredClip } from '../prepare.js';
import type { ClipStore } from '../store.js';
import { framesStored, pooledStored } from './read.js';

/** The mean of each channel, `[C]` a clip, in the order of the clips. Throws `format` for a store of frames. */
export async function pooledFeatures(
  clips: readonly StoredClip[],
  store: ClipStore,
  signal?: AbortSignal,
): Promise<Float32Array[]> {
  if (clips.length === 0) return [];
  const keys = clips.map(({ key }) => key);
  const { pools } = await kept(store, { kind: 'pooled features', keys }, async () => {
    const rows: Float32Array[] = [];
    for (const key of keys) {
      signal?.throwIfAborted();
      rows.push(await pooled(store, key));
    }
    return { pools: tableOf(rows) };
  });
  return rowsOfTable(pools!);
}

/**
 * The mean of each channel over the places of `count` frames of a clip, as far apart as may be, and of the frame after each (of the
 * last, the one before): `[C]` a frame. Throws `format`.
 */
export async function pooledWithNeighbours(
  { key }: StoredClip,
  store: ClipStore,
  count: number,
): Promise<{ row: Float32Array; beside: Float32Array }[]> {
  const facts = { kind: 'pooled frames', clip: key, count };
  const { pools } = await kept(store, facts, async () => ({ pools: await framePools(store, key, count) }));
  const rows = rowsOfTable(pools!);
  return Array.from({ length: rows.length / 2 }, (_, i) => ({ row: rows[2 * i]!, beside: rows[2 * i + 1]! }));
}

/** Each frame and its neighbour, one behind the other, `[2 count,C]`. */
async function framePools(store: ClipStore, key: string, count: number): Promise<Tensor> {
  const file = await store.read(key);
  const path = store.fileOf(key);
  const stored = framesStored(file, path);
  const few = Math.min(count, stored);
  const rows = Array.from({ length: few }, (_, i) => {
    const frame = Math.floor(((i + 0.5) * stored) / few);
    return [frame, frame + 1 < stored ? frame + 1 : Math.max(0, frame - 1)];
  })
    .flat()
    .map((frame) => pooledStored(file, path, [frame, frame + 1]));
  return tableOf(rows);
}

/** Rows `[C]` one behind the other, `[rows,C]`. */
function tableOf(rows: readonly ArrayLike<number>[]): Tensor {
  const C = rows[0]!.length;
  const data = new Float32Array(rows.length * C);
  rows.forEach((row, i) => data.set(row, i * C));
  return float32(data, [rows.length, C]);
}

/** The rows of a table `[rows,C]`, over its numbers. */
function rowsOfTable({ shape, data }: Tensor): Float32Array[] {
  const [count, C] = shape as [number, number];
  return Array.from({ length: count }, (_, i) => (data as Float32Array).subarray(i * C, (i + 1) * C));
}

async function pooled(store: ClipStore, key: string): Promise<Float32Array> {
  return Float32Array.from(pooledStored(await store.read(key), store.fileOf(key)));
}
