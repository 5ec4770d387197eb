// Bilinear resizing. A row of weights for each output line makes it two products by small constant
// matrices, so that its gradient is exact and needs no formula of its own.
import { constant, type Expr, mustHold, showShape } from '../expr.js';
import { matMul } from './matMul.js';

/** `[N,C,H,W]` to `[N,C,height,width]` with half-pixel centres, no antialiasing: PyTorch's `align_corners=False`. */
export function resize(x: Expr, { height, width }: { height: number; width: number }): Expr {
  const [fromHeight, fromWidth] = edges('resize', x);
  return interpolate(x, {
    rows: fromHeight === height ? undefined : halfPixel(fromHeight, height),
    columns: fromWidth === width ? undefined : halfPixel(fromWidth, width),
  });
}

/**
 * `[N,C,H,W]` read bilinearly between its rows and columns: output row `i` at `rows[i]`, where row `r` of `x` stands at `r`,
 * columns alike; what lies outside is clamped to the first and last. An axis that is left out stays as it is.
 */
export function interpolate(
  x: Expr,
  { rows, columns }: { rows?: readonly number[]; columns?: readonly number[] },
): Expr {
  const [height, width] = edges('interpolate', x);
  const down = rows ? matMul(constant(matrix(height, rows), [rows.length, height]), x) : x;
  if (!columns) return down;
  const data = matrix(width, columns);
  const turned = new Float32Array(data.length);
  for (let o = 0; o < columns.length; o++)
    for (let i = 0; i < width; i++) turned[i * columns.length + o] = data[o * width + i]!;
  return matMul(down, constant(turned, [width, columns.length]));
}

function edges(operation: string, x: Expr): [height: number, width: number] {
  mustHold(x.rank >= 2, operation, 'input must end in height and width', () => showShape(x.shape));
  return x.shape.slice(-2) as [number, number];
}

function halfPixel(from: number, to: number): number[] {
  return Array.from({ length: to }, (_, o) => ((o + 0.5) * from) / to - 0.5);
}

/** Weights of linear interpolation between `from` samples at `places`, `[places, from]`. */
function matrix(from: number, places: readonly number[]): Float32Array {
  const data = new Float32Array(places.length * from);
  places.forEach((wanted, o) => {
    const place = Math.min(Math.max(wanted, 0), from - 1);
    const low = Math.min(Math.floor(place), Math.max(from - 2, 0));
    const share = place - low;
    data[o * from + low]! += 1 - share;
    if (from > 1) data[o * from + low + 1]! += share;
  });
  return data;
}
