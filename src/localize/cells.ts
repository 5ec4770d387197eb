// Where the cells of a grid look, on one axis of the picture, and where a finer line reads between them. Lengths are in any
// unit that all three numbers share, from the picture's edge: pixel `i` covers `i` to `i + 1`, its middle is `i + 1/2`.

/** The middles of a row of cells: `offset + stride * i` on a picture that is `size` long. */
export interface CellLine {
  readonly offset: number;
  readonly stride: number;
  readonly size: number;
}

/** Where the cells of a grid look, across and down. */
export interface Cells {
  readonly x: CellLine;
  readonly y: CellLine;
}

/** Cells in the middles of equal tiles, which is all that can be said where nothing is known of their network. */
export function tileLine(cells: number): CellLine {
  return { offset: 0.5, stride: 1, size: cells };
}

/** The middles of a row of `count` cells, in shares of the picture. */
export function middles(count: number, { offset, stride, size }: CellLine = tileLine(count)): number[] {
  return Array.from({ length: count }, (_, i) => (offset + stride * i) / size);
}

/** Which of `places` lie in a stretch `[low, high)`; the nearest to its middle where none does. */
export function placesIn([low, high]: readonly [number, number], places: readonly number[]): number[] {
  const all = [...places.keys()];
  const inside = all.filter((i) => places[i]! >= low && places[i]! < high);
  if (inside.length > 0) return inside;
  const away = (i: number): number => Math.abs(places[i]! - (low + high) / 2);
  return [all.reduce((best, i) => (away(i) < away(best) ? i : best), 0)];
}

/** Where linear interpolation reads: the two source cells and the share of the second, for every target pixel. */
export interface CellTaps {
  low: Int32Array;
  high: Int32Array;
  share: Float32Array;
}

/** Reads `from` cells for `to` pixels that cover the same picture: the middle of pixel `i` lies at `(i + 1/2) * size / to`. */
export function taps(from: number, to: number, line: CellLine = tileLine(from)): CellTaps {
  return tapsAt(
    from,
    Array.from({ length: to }, (_, i) => ((i + 0.5) * line.size) / to),
    line,
  );
}

/**
 * Reads `from` cells at `places`, in the unit of `line`: between the cells that look left and right of each; beyond the first
 * and last cell it is theirs.
 */
export function tapsAt(from: number, places: readonly number[], line: CellLine = tileLine(from)): CellTaps {
  const to = places.length;
  const low = new Int32Array(to);
  const high = new Int32Array(to);
  const share = new Float32Array(to);
  for (let i = 0; i < to; i++) {
    const place = (places[i]! - line.offset) / line.stride;
    const at = Math.min(from - 1, Math.max(0, place));
    low[i] = Math.floor(at);
    high[i] = Math.min(from - 1, low[i]! + 1);
    share[i] = at - low[i]!;
  }
  return { low, high, share };
}
