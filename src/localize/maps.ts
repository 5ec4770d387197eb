// Arithmetic on maps `[frames, height, width]`: stretching to 0..1, smoothing, bilinear enlargement.
// A map is a plain row-major array; nothing here knows what its numbers mean.
import { taps, type Cells, type CellTaps } from './cells.js';

/** Lengths of a stack of maps. */
export interface MapGrid {
  readonly frames: number;
  readonly height: number;
  readonly width: number;
  /** Where its cells look; by default in the middles of equal tiles. */
  readonly cells?: Cells;
}

/**
 * Stretches to 0..1: `(x - min) / (max - min)`, on each frame alone or over the clip. A flat stretch becomes 0.
 * Values that are not finite (log of an attention that is exactly 0) count as the smallest finite one.
 */
export function minMax(
  map: ArrayLike<number>,
  grid: MapGrid,
  over: 'frame' | 'clip' = 'frame',
): Float32Array {
  const size = over === 'frame' ? grid.height * grid.width : map.length;
  const out = new Float32Array(map.length);
  for (let from = 0; from < map.length; from += size) {
    const [low, high] = range(map, from, from + size);
    const scale = high > low ? 1 / (high - low) : 0;
    for (let i = from; i < from + size; i++) {
      out[i] = Number.isFinite(map[i]) ? (map[i]! - low) * scale : 0;
    }
  }
  return out;
}

function range(map: ArrayLike<number>, from: number, to: number): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (let i = from; i < to; i++) {
    const x = map[i]!;
    if (!Number.isFinite(x)) continue;
    if (x < low) low = x;
    if (x > high) high = x;
  }
  return [low, high];
}

/**
 * One pass of `[1 2 1]/4` along an axis of length `length` whose neighbours lie `stride` apart.
 * The ends repeat their own value, so a constant stays constant.
 */
export function smoothAxis(values: ArrayLike<number>, length: number, stride: number): Float32Array {
  const out = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const at = Math.floor(i / stride) % length;
    const before = values[at > 0 ? i - stride : i]!;
    const after = values[at < length - 1 ? i + stride : i]!;
    out[i] = (before + 2 * values[i]! + after) / 4;
  }
  return out;
}

/** `[1 2 1]/4` in y and x (`space` passes) and in time (`time` passes). */
export function smooth(map: ArrayLike<number>, grid: MapGrid, space: number, time: number): Float32Array {
  let out: Float32Array = Float32Array.from(map);
  for (let pass = 0; pass < space; pass++) {
    out = smoothAxis(smoothAxis(out, grid.width, 1), grid.height, grid.width);
  }
  for (let pass = 0; pass < time; pass++) out = smoothAxis(out, grid.frames, grid.height * grid.width);
  return out;
}

/**
 * One map `[height, width]` enlarged (or reduced) bilinearly to `[toHeight, toWidth]`, half-pixel centres. Each cell stands
 * where `cells` says that it looks, by default in the middle of its tile; beyond the outer cells their values go on.
 */
export function enlarge(
  map: ArrayLike<number>,
  height: number,
  width: number,
  toHeight: number,
  toWidth: number,
  cells?: Cells,
): Float32Array {
  return readAt(map, width, taps(height, toHeight, cells?.y), taps(width, toWidth, cells?.x));
}

/** A map, `width` cells wide, read bilinearly at the rows `ys` and columns `xs`. */
export function readAt(map: ArrayLike<number>, width: number, ys: CellTaps, xs: CellTaps): Float32Array {
  const [toHeight, toWidth] = [ys.low.length, xs.low.length];
  const out = new Float32Array(toHeight * toWidth);
  for (let y = 0; y < toHeight; y++) {
    const top = ys.low[y]! * width;
    const bottom = ys.high[y]! * width;
    for (let x = 0; x < toWidth; x++) {
      const left = xs.low[x]!;
      const right = xs.high[x]!;
      const fx = xs.share[x]!;
      const a = map[top + left]! * (1 - fx) + map[top + right]! * fx;
      const b = map[bottom + left]! * (1 - fx) + map[bottom + right]! * fx;
      out[y * toWidth + x] = a + (b - a) * ys.share[y]!;
    }
  }
  return out;
}

/** Maps that are each 0..1, and what each counts for. */
export type WeightedMaps = readonly { values: ArrayLike<number>; weight: number }[];

/**
 * Their product, each to the power of its weight: a place counts where all of them agree. A map that is 0 all over a
 * frame says nothing there and is left out of that frame's product. No value counts for less than `floor`.
 */
export function agree(maps: WeightedMaps, { height, width }: MapGrid, floor = 0): Float32Array {
  const cells = height * width;
  const out = new Float32Array(maps[0]?.values.length ?? 0).fill(1);
  for (const { values, weight } of maps) {
    for (let from = 0; from < out.length; from += cells) {
      let top = 0;
      for (let i = from; i < from + cells; i++) top = Math.max(top, values[i]!);
      if (top === 0) continue;
      for (let i = from; i < from + cells; i++) {
        const value = Math.max(floor, values[i]!);
        out[i]! *= weight === 1 ? value : value ** weight;
      }
    }
  }
  return out;
}

/** Their mean, by weights that need not sum to 1. */
export function mix(maps: WeightedMaps): Float32Array {
  const out = new Float32Array(maps[0]?.values.length ?? 0);
  const total = maps.reduce((sum, map) => sum + map.weight, 0);
  for (const { values, weight } of maps) {
    for (let i = 0; i < out.length; i++) out[i]! += (values[i]! * weight) / total;
  }
  return out;
}
