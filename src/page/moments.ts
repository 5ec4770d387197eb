// The answer between sampled frames: masks and boxes fade from one sampled frame to the next.
import type { Box, Result } from '../result.js';

/** Masks `[frames, height, width]` as bytes 0..255. */
export interface MaskStack {
  frames: number;
  height: number;
  width: number;
  bytes: Uint8Array;
}

/** The masks of a Result, unpacked; null where it has none. */
export function unpackMasks(result: Result): MaskStack | null {
  if (!result.masks) return null;
  const { height, width, bytes } = result.masks;
  const packed = atob(bytes);
  return {
    frames: result.frames.length,
    height,
    width,
    bytes: Uint8Array.from(packed, (character) => character.charCodeAt(0)),
  };
}

/** Between which two sampled frames a time lies, and the share of the second. */
export interface Moment {
  before: number;
  after: number;
  share: number;
}

/** Finds a time among ascending sample times; before the first and after the last the ends hold. */
export function momentAt(times: readonly number[], seconds: number): Moment {
  let after = 0;
  while (after < times.length && times[after]! < seconds) after++;
  if (after === 0) return { before: 0, after: 0, share: 0 };
  if (after === times.length) return { before: after - 1, after: after - 1, share: 0 };
  const span = times[after]! - times[after - 1]!;
  return { before: after - 1, after, share: span > 0 ? (seconds - times[after - 1]!) / span : 1 };
}

/** The sampled frame nearest to a moment. */
export function nearestOf({ before, after, share }: Moment): number {
  return share > 0.5 ? after : before;
}

/** The mask of a moment, `[height, width]` in 0..1. */
export function maskAt(masks: MaskStack, { before, after, share }: Moment): Float32Array {
  const cells = masks.height * masks.width;
  const first = masks.bytes.subarray(before * cells, (before + 1) * cells);
  const second = masks.bytes.subarray(after * cells, (after + 1) * cells);
  return Float32Array.from(first, (value, i) => (value + (second[i]! - value) * share) / 255);
}

/** The box of a moment: moved evenly between two boxes, and the nearer one's where the other is missing. */
export function boxAt(boxes: readonly (Box | null)[], moment: Moment): Box | null {
  const first = boxes[moment.before] ?? null;
  const second = boxes[moment.after] ?? null;
  if (!first || !second) return boxes[nearestOf(moment)] ?? null;
  const part = (i: 0 | 1 | 2 | 3): number => first[i] + (second[i] - first[i]) * moment.share;
  return [part(0), part(1), part(2), part(3)];
}
