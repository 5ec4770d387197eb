// The picture in fixed tiles: what a class loses when one of them is taken away on every frame, and what stands there.
// A class that hangs on one tile in clip after clip, with the same content in it, hangs on a logo and not on an action.
import type { Tensor } from '../tensor.js';
import type { ClipPlaces } from './orders.js';

/** Tiles along each side: a sixteenth of the picture each. */
export const TILES = 4;

/** What the tiles of one clip showed. */
export interface TileMeasures {
  /** Rows and columns of tiles. */
  rows: number;
  columns: number;
  /** Fall of the probability of the labelled class without each tile and the cells around it, row by row. */
  drops: Float32Array;
  /** Mean feature of each tile over frames and cells, `[tiles][C]`. */
  content: Float32Array[];
}

/** The cells of each tile of a grid: rows and columns as even as they can be. */
export function tileCells({ height, width }: Pick<ClipPlaces, 'height' | 'width'>): {
  rows: number;
  columns: number;
  cells: number[][];
} {
  const [rows, columns] = [Math.min(TILES, height), Math.min(TILES, width)];
  const cells: number[][] = Array.from({ length: rows * columns }, () => []);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const tile = Math.floor((y * rows) / height) * columns + Math.floor((x * columns) / width);
      cells[tile]!.push(y * width + x);
    }
  }
  return { rows, columns, cells };
}

/** What to ask of a clip's tiles, and how to read it. */
export function tilesOf(places: ClipPlaces): {
  keeps: Float32Array[];
  read(answers: readonly number[], clip: { whole: number; features: Tensor }): TileMeasures;
} {
  const { rows, columns, cells } = tileCells(places);
  const P = places.height * places.width;
  const keeps = cells.map((own) => {
    const keep = new Float32Array(places.frames * P).fill(1);
    const away = withNeighbours(own, places);
    for (let t = 0; t < places.frames; t++) for (const p of away) keep[t * P + p] = 0;
    return keep;
  });
  return {
    keeps,
    read: (answers, { whole, features }) => ({
      ...{ rows, columns },
      drops: Float32Array.from(answers, (answer) => whole - answer),
      content: cells.map((own) => meanOver(features, own)),
    }),
  };
}

/** The cells and those that touch them: a backbone lets a cell see something of its neighbours. */
function withNeighbours(cells: readonly number[], { height, width }: ClipPlaces): Set<number> {
  const all = new Set<number>();
  for (const cell of cells) {
    const [y, x] = [Math.floor(cell / width), cell % width];
    for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
      for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) all.add(v * width + u);
    }
  }
  return all;
}

function meanOver({ data, shape }: Tensor, cells: readonly number[]): Float32Array {
  const [, n, C, h, w] = shape as [number, number, number, number, number];
  const mean = new Float32Array(C);
  for (let row = 0; row < n * C; row++) {
    let sum = 0;
    for (const p of cells) sum += data[row * h * w + p] as number;
    mean[row % C]! += sum / (n * cells.length);
  }
  return mean;
}
