// Convolution along time at every cell, for features whose cells are rows. Zero padding keeps the number of frames.
import { add, constant, matMul, pad, reshape, slice, transpose, type Expr } from '../../graph/index.js';

/**
 * `y_i = b + sum_j W_j x_{i+j-k/2}`: `x [n,B,C]` (`B` cells of all clips), `weight [D,C,k]` in PyTorch's layout,
 * `bias [D]`, to `[n,B,D]`.
 */
export function timeConvolution(x: Expr, weight: Expr, bias: Expr): Expr {
  return add(weight.shape[2] === 3 ? byPoints(x, weight) : byTaps(x, weight), bias);
}

/** One product for all taps, then each tap's part moved to its frame. */
function byTaps(x: Expr, weight: Expr): Expr {
  const [n, B, C] = x.shape as [number, number, number];
  const [D, , k] = weight.shape as [number, number, number];
  const taps = reshape(transpose(weight, [1, 2, 0]), [C, k * D]); //          [C,k*D]
  const products = matMul(x, taps); //                                        [n,B,k*D]
  const parts: Expr[] = [];
  for (let j = 0; j < k; j++) {
    const by = Math.floor(k / 2) - j; // tap j reads frame i - by
    if (Math.abs(by) >= n) continue; // only the zero padding
    const part = slice(products, { axis: 2, start: j * D, end: (j + 1) * D }); // [n,B,D]
    const kept = slice(part, { axis: 0, start: Math.max(0, -by), end: Math.min(n, n - by) });
    parts.push(
      pad(kept, [
        [Math.max(0, by), Math.max(0, -by)],
        [0, 0],
        [0, 0],
      ]),
    ); // [n,B,D]
  }
  return parts.reduce((sum, part) => add(sum, part), constant(0, [n, B, D]));
}

// Minimal filtering F(4,3) (Winograd; Lavin and Gray 2016, section 4.3): four outputs of three taps by six products
// instead of twelve. output = outputMap [(weightMap w) . (inputMap x)] for a tile of six inputs.
const tile = 4;
const points = 6;
const inputMap = [
  [4, 0, -5, 0, 1, 0],
  [0, -4, -4, 1, 1, 0],
  [0, 4, -4, -1, 1, 0],
  [0, -2, -1, 2, 1, 0],
  [0, 2, -1, -2, 1, 0],
  [0, 4, 0, -5, 0, 1],
];
const weightMap = [
  [1 / 4, 0, 0],
  [-1 / 6, -1 / 6, -1 / 6],
  [-1 / 6, 1 / 6, -1 / 6],
  [1 / 24, 1 / 12, 1 / 6],
  [1 / 24, -1 / 12, 1 / 6],
  [0, 0, 1],
];
const outputMap = [
  [1, 1, 1, 1, 1, 0],
  [0, 1, -1, 2, -2, 0],
  [0, 1, 1, 4, 4, 0],
  [0, 1, -1, 8, -8, 1],
];

/** The same for three taps with half of the multiplications: six products over tiles of four frames. */
function byPoints(x: Expr, weight: Expr): Expr {
  const [n, B, C] = x.shape as [number, number, number];
  const D = weight.shape[0]!;
  const tiles = Math.ceil(n / tile);
  const V = matMul(toPoints(n), reshape(x, [n, B * C])); //                   [6*tiles,B*C]
  const taps = transpose(reshape(weight, [D * C, 3]), [1, 0]); //             [3,D*C]
  const U = reshape(matMul(constant(weightMap.flat(), [points, 3]), taps), [points, D, C]); // [6,D,C]
  const M = matMul(reshape(V, [points, tiles * B, C]), transpose(U, [0, 2, 1])); //            [6,tiles*B,D]
  const y = matMul(fromPoints(n), reshape(M, [points * tiles, B * D])); //    [n,B*D]
  return reshape(y, [n, B, D]);
}

/** `[6*tiles,n]`: frames to the points of every tile, points outermost; a tile starts one frame early, in the padding. */
function toPoints(n: number): Expr {
  const tiles = Math.ceil(n / tile);
  const map = new Float32Array(points * tiles * n);
  for (let row = 0; row < points * tiles; row++) {
    const first = (row % tiles) * tile - 1;
    inputMap[Math.floor(row / tiles)]!.forEach((value, k) => {
      if (first + k >= 0 && first + k < n) map[row * n + first + k] = value;
    });
  }
  return constant(map, [points * tiles, n]);
}

/** `[n,6*tiles]`: the points of every tile to frames. */
function fromPoints(n: number): Expr {
  const tiles = Math.ceil(n / tile);
  const map = new Float32Array(n * points * tiles);
  for (let i = 0; i < n; i++) {
    outputMap[i % tile]!.forEach((value, p) => {
      map[i * points * tiles + p * tiles + Math.floor(i / tile)] = value;
    });
  }
  return constant(map, [n, points * tiles]);
}
