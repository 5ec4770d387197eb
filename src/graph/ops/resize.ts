// Bilinear resizing. A row of weights for each output line makes it two products by small constant
// matrices, so that its gradient is exact and needs no formula of its own.
import { constant, type Expr, require, showShape } from '../expr.js';
import { matMul } from './matMul.js';

/** `[N,C,H,W]` to `[N,C,height,width]` with half-pixel centres, no antialiasing: PyTorch's `align_corners=False`. */
export function resize(x: Expr, { height, width }: { height: number; width: number }): Expr {
  require(x.rank >= 2, 'resize', 'input must end in height and width', () => showShape(x.shape));
  const [fromHeight, fromWidth] = x.shape.slice(-2) as [number, number];
  const rows = fromHeight === height ? x : matMul(constant(...matrix(fromHeight, height)), x);
  if (fromWidth === width) return rows;
  const [data, [outs, ins]] = matrix(fromWidth, width);
  const turned = new Float32Array(data.length);
  for (let o = 0; o < outs; o++) for (let i = 0; i < ins; i++) turned[i * outs + o] = data[o * ins + i]!;
  return matMul(rows, constant(turned, [ins, outs]));
}

/** Weights of linear interpolation from `from` to `to` samples, `[to, from]`. */
function matrix(from: number, to: number): [Float32Array, [number, number]] {
  const data = new Float32Array(to * from);
  for (let o = 0; o < to; o++) {
    const place = Math.min(Math.max(((o + 0.5) * from) / to - 0.5, 0), from - 1);
    const low = Math.min(Math.floor(place), Math.max(from - 2, 0));
    const share = place - low;
    data[o * from + low]! += 1 - share;
    if (from > 1) data[o * from + low + 1]! += share;
  }
  return [data, [to, from]];
}
