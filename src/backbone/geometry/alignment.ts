// Which places of each scale are read when several are laid on the finest: the same for plain arrays, for the graph and for
// exported files.
import type { CellGeometry } from '../../model/index.js';
import { placesOn } from './lines.js';

/** Rows and columns of a scale, counted from 0, at which it is read for each row and column of the finest grid. */
export interface ScalePlaces {
  rows: number[];
  columns: number[];
}

interface CellCount {
  height: number;
  width: number;
}

/**
 * Where each scale is read, undefined for one that stays as it is: without `geometry` as if the cells of all looked at the
 * middles of equal tiles, else where the cells of the finest look. Places beyond the first and last cell are theirs to clamp.
 */
export function placesOnFinest(
  scales: readonly CellCount[],
  geometry?: readonly CellGeometry[],
): (ScalePlaces | undefined)[] {
  const height = Math.max(...scales.map((one) => one.height));
  const width = Math.max(...scales.map((one) => one.width));
  const isFinest = (one: CellCount): boolean => one.height === height && one.width === width;
  const finest = geometry?.[scales.findIndex(isFinest)];
  return scales.map((scale, i) => {
    const own = geometry?.[i];
    if (!own || !finest) return isFinest(scale) ? undefined : tilePlaces(scale, { height, width });
    if (isFinest(scale) && isSame(own, finest)) return undefined;
    return { rows: placesOn(own.y, finest.y, height), columns: placesOn(own.x, finest.x, width) };
  });
}

/** Half-pixel centres. */
function tilePlaces(from: CellCount, to: CellCount): ScalePlaces {
  const places = (cells: number, length: number): number[] =>
    Array.from({ length }, (_, i) => ((i + 0.5) * cells) / length - 0.5);
  return { rows: places(from.height, to.height), columns: places(from.width, to.width) };
}

function isSame(a: CellGeometry, b: CellGeometry): boolean {
  return (['x', 'y'] as const).every(
    (axis) => a[axis].offset === b[axis].offset && a[axis].stride === b[axis].stride,
  );
}
