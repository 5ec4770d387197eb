// Tokens of a vision transformer as the grid of their patches. In front of the patches stand tokens that look at no place of
// their own (of the class, registers): so many that what is left fills rows and columns of patches.
import type { FrameSize } from '../backbone.js';

/** Patches of a frame, row after row, and the tokens before them. */
export interface PatchGrid {
  rows: number;
  columns: number;
  prefix: number;
}

/** What is known of a transformer beside the number of its tokens. */
export interface PatchFacts {
  /** Of the frames. */
  size: FrameSize;
  /** Rows and columns of its patches, where its graph tells them. */
  given?: { rows: number; columns: number };
  /** Tokens before the patches, where somebody said it. */
  prefix?: number;
}

/** More tokens than these in front of the patches are no prefix that anybody trains, but another network. */
const MOST_PREFIX = 16;

/** Fewer patches are a pooled picture rather than a grid. */
const LEAST_PATCHES = 4;

/** The grid that `tokens` are; undefined for a number that is none of this frame's. */
export function patchGrid(tokens: number, { size, given, prefix }: PatchFacts): PatchGrid | undefined {
  if (given) {
    const left = tokens - given.rows * given.columns;
    if (left >= 0 && left === (prefix ?? left)) return { ...given, prefix: left };
  }
  const fits = (one: PatchGrid): boolean =>
    one.rows * one.columns >= LEAST_PATCHES &&
    (prefix === undefined ? one.prefix >= 0 && one.prefix <= MOST_PREFIX : one.prefix === prefix);
  const whole = edgesOf(size).filter((edge) => size.width % edge === 0 && size.height % edge === 0);
  // Patches that leave an edge of the frame out are believed only where the prefix is known.
  const edges = prefix === undefined ? whole : [...whole, ...edgesOf(size)];
  return edges.map((edge) => gridOf(tokens, size, edge)).find(fits);
}

/** All edges of square patches, the smallest first: the most patches, and so the smallest prefix. */
function edgesOf({ width, height }: FrameSize): number[] {
  return Array.from({ length: Math.min(width, height) }, (_, i) => i + 1);
}

function gridOf(tokens: number, { width, height }: FrameSize, edge: number): PatchGrid {
  const [rows, columns] = [Math.floor(height / edge), Math.floor(width / edge)];
  return { rows, columns, prefix: tokens - rows * columns };
}
