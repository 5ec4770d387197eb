// Where the cells of the finest scale look, in pixels of the picture as it is shown.
import { middles } from '../localize/cells.js';
import type { Frozen } from '../train/data/frozen.js';
import { cellsOfFinest } from '../train/actors/scales.js';
import { keptWindow } from '../video/resample.js';
import type { Size } from '../video/types.js';

/** Middles of columns and rows in pixels. */
export interface CellPlaces {
  xs: number[];
  ys: number[];
}

/** The middles of a grid's cells on a picture that the backbone saw whole, or the middle of. */
export function placesOfCells(
  { height, width }: { height: number; width: number },
  picture: Size,
  frozen: Pick<Frozen, 'scales' | 'size' | 'resize'>,
): CellPlaces {
  const cells = cellsOfFinest(frozen);
  const window = keptWindow(picture, frozen.size, frozen.resize);
  return {
    xs: middles(width, cells?.x).map((share) => window.x + share * window.width),
    ys: middles(height, cells?.y).map((share) => window.y + share * window.height),
  };
}
