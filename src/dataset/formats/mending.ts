// What is mended of annotations and truths alike, and counted: times before the video, boxes beyond the picture.
import type { Box } from '../../result.js';

/** How often each thing was mended, by the words in which it is told. */
export type Mended = Map<string, number>;

/** What is mended, in words. */
export const MENDED = {
  early: 'times before the start of the video are set to 0',
  before: 'stretches or boxes before the start of the video are left out',
  cut: 'boxes that reach beyond the picture are cut at its edge',
  outside: 'boxes outside the picture are left out',
} as const;

/** Counts one. */
export function countMended(mended: Mended, what: string): void {
  mended.set(what, (mended.get(what) ?? 0) + 1);
}

/** A line for each thing that was mended. */
export function mendedNotes(mended: Mended, path: string): string[] {
  return [...mended].map(([what, times]) => `${path}: ${times} ${what}`);
}

/** What of a box lies in a picture of this width and height, counted where it is less than all; null for nothing. */
export function boxInside(box: Box, size: readonly [number, number], mended: Mended): Box | null {
  if (box[2] < 0 || box[3] < 0 || box[0] > size[0] || box[1] > size[1]) {
    countMended(mended, MENDED.outside);
    return null;
  }
  const cut = box.map((edge, e) => Math.min(size[e % 2]!, Math.max(0, edge))) as Box;
  if (!cut.some((edge, e) => Math.abs(edge - box[e]!) > 1e-6)) return box;
  countMended(mended, MENDED.cut);
  return cut;
}
