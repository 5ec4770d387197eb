// Several grids on the finest of them, as the graph's `resize` and `concat` do it, for results of foreign networks.
import { WhereWhenError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import type { Grid } from './backbone.js';

/**
 * Grids `[B,Ci,hi,wi]` beside each other as `[B,sum Ci,h,w]`, those that are coarser than `grid` upsampled
 * bilinearly with half-pixel centres (PyTorch's `align_corners=False`). Throws `shape` unless they are float32 of
 * four axes and make up `grid`.
 */
export function stackScales(scales: readonly Tensor[], grid: Grid): Float32Array {
  for (const scale of scales) requireGrid(scale);
  const batch = scales[0]!.shape[0]!;
  const channels = scales.reduce((sum, { shape }) => sum + shape[1]!, 0);
  if (channels !== grid.channels) throw wrong(`${grid.channels} channels`, `${channels}`);
  const area = grid.height * grid.width;
  if (scales.length === 1 && scales[0]!.data.length === batch * channels * area) {
    return scales[0]!.data as Float32Array;
  }
  const out = new Float32Array(batch * channels * area);
  let channel = 0;
  for (const { shape, data } of scales) {
    const [, count, height, width] = shape as [number, number, number, number];
    const rows = neighbours(height, grid.height);
    const columns = neighbours(width, grid.width);
    const from = data as Float32Array;
    for (let frame = 0; frame < batch; frame++) {
      for (let c = 0; c < count; c++) {
        const source = from.subarray((frame * count + c) * height * width);
        const target = out.subarray((frame * channels + channel + c) * area);
        if (height === grid.height && width === grid.width) target.set(source.subarray(0, area));
        else upsample(source, width, target, rows, columns);
      }
    }
    channel += count;
  }
  return out;
}

/** Two samples to mix, and the share of the second. */
interface Neighbours {
  low: Int32Array;
  high: Int32Array;
  share: Float32Array;
}

function neighbours(from: number, to: number): Neighbours {
  const place = Array.from({ length: to }, (_, o) =>
    Math.min(Math.max(((o + 0.5) * from) / to - 0.5, 0), from - 1),
  );
  const low = Int32Array.from(place, Math.floor);
  return {
    low,
    high: low.map((at) => Math.min(at + 1, from - 1)),
    share: Float32Array.from(place, (at) => at - Math.floor(at)),
  };
}

function upsample(
  source: Float32Array,
  width: number,
  target: Float32Array,
  rows: Neighbours,
  columns: Neighbours,
): void {
  let at = 0;
  for (let y = 0; y < rows.low.length; y++) {
    const above = rows.low[y]! * width;
    const below = rows.high[y]! * width;
    const down = rows.share[y]!;
    for (let x = 0; x < columns.low.length; x++) {
      const left = columns.low[x]!;
      const right = columns.high[x]!;
      const across = columns.share[x]!;
      const top = source[above + left]! * (1 - across) + source[above + right]! * across;
      const bottom = source[below + left]! * (1 - across) + source[below + right]! * across;
      target[at++] = top * (1 - down) + bottom * down;
    }
  }
}

function requireGrid({ dtype, shape }: Tensor): void {
  if (dtype !== 'float32' || shape.length !== 4)
    throw wrong('float32 [B,C,h,w]', `${dtype} [${shape.join()}]`);
}

function wrong(expected: string, received: string): WhereWhenError {
  return new WhereWhenError({ code: 'shape', path: 'backbone features', expected, received });
}
