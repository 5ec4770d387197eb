// How much of each cell lies in a box: a cell reaches to the middle between its own centre and its neighbours', the outer ones
// as far out as in.
import type { Box } from '../result.js';
import type { Picture } from './boxes.js';
import { middles } from './cells.js';
import type { MapGrid } from './maps.js';

/** The boxes are taken so much larger about their centres. */
export const BOX_GROWTH = 1.2;

/**
 * The shares of all cells of all frames `[n,h,w]` in the boxes of the frames, in pixels of the picture. Every frame has the
 * same share, and all sum to 1; a frame without a box, or whose box no cell looks at, is evenly shared.
 */
export function boxShares(
  boxes: readonly (Box | null)[],
  { frames, height, width, cells }: MapGrid,
  picture: Picture,
  growth = BOX_GROWTH,
): Float32Array {
  const out = new Float32Array(frames * height * width).fill(1 / (frames * height * width));
  const columns = edgesOf(middles(width, cells?.x), picture.width);
  const rows = edgesOf(middles(height, cells?.y), picture.height);
  boxes.forEach((box, t) => {
    if (!box) return;
    const across = overlaps(columns, grown([box[0], box[2]], growth));
    const down = overlaps(rows, grown([box[1], box[3]], growth));
    const whole = frames * sumOf(across) * sumOf(down);
    if (!(whole > 0)) return;
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) out[(t * height + y) * width + x] = (across[x]! * down[y]!) / whole;
  });
  return out;
}

/** The edges of cells whose middles are given in shares of `length`: one more than cells. */
function edgesOf(shares: readonly number[], length: number): number[] {
  const at = shares.map((share) => share * length);
  if (at.length === 1) return [0, length];
  const between = at.slice(1).map((x, i) => (x + at[i]!) / 2);
  const first = at[0]! - (between[0]! - at[0]!);
  const last = at.at(-1)! + (at.at(-1)! - between.at(-1)!);
  return [first, ...between, last];
}

function grown([low, high]: readonly [number, number], growth: number): [number, number] {
  const [middle, half] = [(low + high) / 2, ((high - low) * growth) / 2];
  return [middle - half, middle + half];
}

/** The length of each cell that lies in a stretch. */
function overlaps(edges: readonly number[], [low, high]: readonly [number, number]): number[] {
  return edges.slice(1).map((end, i) => Math.max(0, Math.min(end, high) - Math.max(edges[i]!, low)));
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
