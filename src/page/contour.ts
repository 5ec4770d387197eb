// The line of equal value through a map, by marching squares: short straight pieces, each inside one cell
// between four neighbouring values. Nobody follows the pieces round: they are stroked together.

/** One piece, `[x0, y0, x1, y1]` in units of the map's columns and rows, values sitting at half units. */
export type ContourPiece = [number, number, number, number];

/** All pieces of the line where `[height, width]` crosses `level`. Outside the map counts as below the level. */
export function contour(
  map: ArrayLike<number>,
  height: number,
  width: number,
  level: number,
): ContourPiece[] {
  const at = (y: number, x: number): number =>
    x < 0 || y < 0 || x >= width || y >= height ? Math.min(0, level - 1e-3) : map[y * width + x]!;
  const pieces: ContourPiece[] = [];
  const isAbove = (y: number, x: number): boolean =>
    x >= 0 && y >= 0 && x < width && y < height && map[y * width + x]! > level;
  for (let y = -1; y < height; y++) {
    let [upper, lower] = [false, false]; // left of the map nothing is above the level
    for (let x = -1; x < width; x++) {
      const [nextUpper, nextLower] = [isAbove(y, x + 1), isAbove(y + 1, x + 1)];
      const isCrossed = upper !== lower || upper !== nextUpper || upper !== nextLower;
      [upper, lower] = [nextUpper, nextLower];
      if (!isCrossed) continue; // nearly all cells: nothing is made for them
      const corners = [at(y, x), at(y, x + 1), at(y + 1, x + 1), at(y + 1, x)] as const;
      const crossings = crossed(corners, level, x + 0.5, y + 0.5);
      for (let i = 0; i + 1 < crossings.length; i += 2) pieces.push([...crossings[i]!, ...crossings[i + 1]!]);
    }
  }
  return pieces;
}

/** Where the level crosses the four sides of a cell, in order round it: none, two or (at a saddle) four points. */
function crossed(
  [a, b, c, d]: readonly [number, number, number, number],
  level: number,
  x: number,
  y: number,
): [number, number][] {
  const points: [number, number][] = [];
  const share = (from: number, to: number): number => (level - from) / (to - from);
  if (a > level !== b > level) points.push([x + share(a, b), y]);
  if (b > level !== c > level) points.push([x + 1, y + share(b, c)]);
  if (d > level !== c > level) points.push([x + share(d, c), y + 1]);
  if (a > level !== d > level) points.push([x, y + share(a, d)]);
  return points;
}
