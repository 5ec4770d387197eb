// Several grids on the finest of them, as the graph's `resize` and `concat` do it, for results of foreign networks.
import { shapeError, WhereWhenError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import type { CellGeometry } from '../model/index.js';
import type { FeatureGrid } from './backbone.js';
import { placesOnFinest, type ScalePlaces } from './geometry/alignment.js';

/**
 * Grids `[B,Ci,hi,wi]` beside each other as `[B,sum Ci,h,w]`, those that are coarser than `grid` upsampled bilinearly: with
 * half-pixel centres (PyTorch's `align_corners=False`), or, where the `geometry` of each is given, read at the places where
 * the finest's cells look. Throws `shape` unless they are float32 of four axes and make up `grid`.
 */
export function stackScales(
  scales: readonly Tensor[],
  grid: FeatureGrid,
  geometry?: readonly CellGeometry[],
): Float32Array {
  for (const scale of scales) requireGrid(scale);
  const batch = scales[0]!.shape[0]!;
  const channels = scales.reduce((sum, { shape }) => sum + shape[1]!, 0);
  if (channels !== grid.channels) throw wrong(`${grid.channels} channels`, `${channels}`);
  const area = grid.height * grid.width;
  if (scales.length === 1 && scales[0]!.data.length === batch * channels * area) {
    return scales[0]!.data as Float32Array;
  }
  const out = new Float32Array(batch * channels * area);
  const sizes = scales.map(({ shape }) => ({ height: shape[2]!, width: shape[3]! }));
  const read = placesOnFinest(sizes, geometry);
  let channel = 0;
  for (const [index, { shape, data }] of scales.entries()) {
    const [, count, height, width] = shape as [number, number, number, number];
    const from = data as Float32Array;
    const mixing = read[index] && mixingOf(height, width, read[index]);
    for (let frame = 0; frame < batch; frame++) {
      const source = frame * count * height * width;
      const target = (frame * channels + channel) * area;
      if (mixing) upsample(from, source, out, target, { count, step: height * width, mixing });
      else out.set(from.subarray(source, source + count * area), target);
    }
    channel += count;
  }
  return out;
}

/** For each cell of the finer grid the four cells that it is mixed from, and their shares: made once, used by each channel. */
export interface Mixing {
  places: Int32Array;
  shares: Float32Array;
}

/** The mixing of a grid read at these rows and columns. */
export function mixingOf(height: number, width: number, { rows, columns }: ScalePlaces): Mixing {
  const places: number[] = [];
  const shares: number[] = [];
  for (const y of rows) {
    for (const x of columns) {
      for (const [at, down] of neighbours(y, height)) {
        for (const [beside, across] of neighbours(x, width)) {
          places.push(at * width + beside);
          shares.push(down * across);
        }
      }
    }
  }
  return { places: Int32Array.from(places), shares: Float32Array.from(shares) };
}

/** The two of `length` samples beside a place, clamped to the first and last, and their shares. */
function neighbours(wanted: number, length: number): [at: number, share: number][] {
  const place = Math.min(Math.max(wanted, 0), length - 1);
  const low = Math.floor(place);
  return [
    [low, 1 - (place - low)],
    [Math.min(low + 1, length - 1), place - low],
  ];
}

/** `count` channels, each `step` numbers of the source behind the other. */
function upsample(
  from: Float32Array,
  source: number,
  out: Float32Array,
  target: number,
  { count, step, mixing: { places, shares } }: { count: number; step: number; mixing: Mixing },
): void {
  let at = target;
  for (let c = 0; c < count; c++) {
    const base = source + c * step;
    for (let i = 0; i < places.length; i += 4) {
      out[at++] =
        from[base + places[i]!]! * shares[i]! +
        from[base + places[i + 1]!]! * shares[i + 1]! +
        from[base + places[i + 2]!]! * shares[i + 2]! +
        from[base + places[i + 3]!]! * shares[i + 3]!;
    }
  }
}

function requireGrid({ dtype, shape }: Tensor): void {
  if (dtype !== 'float32' || shape.length !== 4)
    throw wrong('float32 [B,C,h,w]', `${dtype} [${shape.join()}]`);
}

function wrong(expected: string, received: string): WhereWhenError {
  return shapeError('backbone features', expected, received);
}
