// The bytes that stand for values: real = scale * (byte - zero).
import type { SharedScales } from './sharedScales.js';
import type { ChannelStatistics } from './statistics.js';

/** What a byte means. */
export interface ByteScale {
  scale: number;
  /** The byte of 0. */
  zero: number;
}

/** Least and largest number of a value. */
export interface Range {
  min: number;
  max: number;
}

/** The scale of every value, of which those that share one have that of all of them together. */
export function scalesOf(
  statistics: ReadonlyMap<string, ChannelStatistics>,
  shared: SharedScales,
): (name: string) => ByteScale {
  const together = new Map<string, Range>();
  for (const [name, { min, max }] of statistics) {
    const known = together.get(shared.of(name)) ?? { min: 0, max: 0 };
    together.set(shared.of(name), {
      min: Math.min(known.min, ...min),
      max: Math.max(known.max, ...max),
    });
  }
  return (name) => byteScale(together.get(shared.of(name)) ?? { min: 0, max: 0 });
}

/** The bytes of a range, widened to hold 0 exactly. */
export function byteScale({ min, max }: Range): ByteScale {
  const [low, high] = [Math.min(0, min), Math.max(0, max)];
  const scale = Math.fround((high - low) / 255) || 1; // of nothing but zeros any scale is right
  return { scale, zero: Math.round(-low / scale) };
}
