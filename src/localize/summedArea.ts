// A summed-area table: the sum over any rectangle of a map in four reads (Crow 1984).

/** A rectangle of cells. */
export interface CellWindow {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Sums of everything above and to the left of a map `[h,w]`, `[h+1, w+1]`. */
export function summedArea(map: ArrayLike<number>, height: number, width: number): Float64Array {
  const sums = new Float64Array((height + 1) * (width + 1));
  for (let y = 0; y < height; y++) {
    let row = 0;
    for (let x = 0; x < width; x++) {
      row += map[y * width + x]!;
      sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1]! + row;
    }
  }
  return sums;
}

/** The sum over a rectangle of the map, `width` cells wide, that `sums` is the table of. */
export function areaSum(
  sums: Float64Array,
  width: number,
  { x, y, width: w, height: h }: CellWindow,
): number {
  const at = (row: number, column: number): number => sums[row * (width + 1) + column]!;
  return at(y + h, x + w) - at(y, x + w) - at(y + h, x) + at(y, x);
}
