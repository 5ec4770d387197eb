// When one of several acts: the best path of the log odds of its class against all others and nothing, in the cells of its boxes.
import { logSumExp } from '../probability.js';
import type { Box } from '../result.js';
import type { Picture, ScoredBox } from './boxes.js';
import { middles, placesIn, type CellLine } from './cells.js';
import type { MapGrid } from './maps.js';
import type { ClassScores } from './names.js';
import { pathSegments, type FrameSegment } from './path.js';

/** Segments of class `k`, the surest first; on a frame without a box all cells count. */
export function actorSegments(
  k: number,
  boxes: readonly (ScoredBox | null)[],
  input: ClassScores & { picture: Picture },
): FrameSegment[] {
  const { classes, grid, picture } = input;
  const odds = boxes.map((scored, i) => {
    const cells = cellsIn(scored?.box ?? [0, 0, picture.width, picture.height], grid, picture);
    const means = Array.from({ length: classes + 1 }, (_, j) => meanAt(input, i, j, cells));
    return means[k]! - logSumExp(means.filter((_, j) => j !== k));
  });
  const found = pathSegments(odds, 1, { probability: 'sigmoid' });
  return found.map((segment) => ({ ...segment, classIndex: k })).sort((a, b) => b.score - a.score);
}

/** Cells that look at a place in the box; the one that looks nearest to its centre where it holds none. */
function cellsIn([x0, y0, x1, y1]: Box, { height, width, cells }: MapGrid, picture: Picture): number[] {
  const along = (length: number, count: number, line?: CellLine): number[] =>
    middles(count, line).map((share) => share * length);
  const columns = placesIn([x0, x1], along(picture.width, width, cells?.x));
  const rows = placesIn([y0, y1], along(picture.height, height, cells?.y));
  return rows.flatMap((y) => columns.map((x) => y * width + x));
}

function meanAt(
  { scores, classes, grid }: ClassScores,
  i: number,
  k: number,
  cells: readonly number[],
): number {
  const from = (i * (classes + 1) + k) * grid.height * grid.width;
  return cells.reduce((sum, p) => sum + scores[from + p]!, 0) / cells.length;
}
