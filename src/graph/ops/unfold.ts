// The gradient of a convolution's weights as a matrix product: the input's windows laid out as columns. It
// is faster than a convolution with batch and channels exchanged, which multiplies by matrices nine columns
// wide.
import { sizeOf, type Shape } from '../../tensor.js';
import type { Expr } from '../expr.js';
import { spaceToDepth } from './blocks.js';
import { matMul, swapLast } from './matMul.js';
import { sum } from './reduce.js';
import { concat, pad, reshape, slice, transpose } from './shape.js';

const mostNumbers = 2 ** 25; // 128 MB: columns beyond that are not worth their memory

const wideEnough = 16;

/** Two-dimensional windows without groups and dilation. */
export interface Windows {
  kernel: Shape;
  /** The same on both axes. */
  stride: number;
  padding: readonly number[];
}

/** `[O,C,...kernel]` from the input `[N,C,H,W]` and the gradient `[N,O,P,Q]`; undefined where columns grow too large. */
export function unfoldedWeightGradient(x: Expr, gradient: Expr, windows: Windows): Expr | undefined {
  const [batch, outputs, rows, columns] = gradient.shape as [number, number, number, number];
  const channels = x.shape[1]!;
  const taps = sizeOf(windows.kernel);
  const places = rows * columns;
  if (batch * channels * taps * places > mostNumbers) return undefined;
  const seen = tapsOf(x, [rows, columns], windows);
  const slopes = reshape(gradient, [batch, outputs, places]);
  // columns of all taps beside each other, or a product a tap where one fills the matrix kernels
  const unfolded = channels < wideEnough ? [concat(seen, 1)] : seen;
  const byTap = concat(
    unfolded.map((part) => product(slopes, part)),
    1,
  ); // [O, taps*C]
  const inOrder = transpose(reshape(byTap, [outputs, taps, channels]), [0, 2, 1]);
  return reshape(inOrder, [outputs, channels, ...windows.kernel]);
}

/** `[O,K]` from `[N,O,P]` and `[N,K,P]`: a product a clip and their sum, unless those products outgrow their factors. */
function product(a: Expr, b: Expr): Expr {
  const [, rows, places] = a.shape as [number, number, number];
  return Math.min(rows, b.shape[1]!) <= places
    ? sum(matMul(a, swapLast(b)), { axes: 0 })
    : matMul(flattened(a), swapLast(flattened(b)));
}

/** `[N,K,P]` to `[K,N*P]`. */
function flattened(x: Expr): Expr {
  const [batch, width, places] = x.shape as [number, number, number];
  return reshape(transpose(x, [1, 0, 2]), [width, batch * places]);
}

/** What each tap of the kernel sees: `[N,C,P*Q]` each, in the kernel's order. */
function tapsOf(x: Expr, size: readonly [number, number], { kernel, stride, padding }: Windows): Expr[] {
  const [batch, channels] = x.shape as [number, number];
  // blocks of stride x stride: then each tap reads neighbours, in the channels of its place in the block
  const lengths = size.map((length, i) => (length + Math.floor((kernel[i]! - 1) / stride)) * stride);
  const blocks = spaceToDepth(framed(x, lengths, padding), stride);
  return Array.from({ length: sizeOf(kernel) }, (_, tap) => {
    const [row, column] = [Math.floor(tap / kernel[1]!), tap % kernel[1]!];
    const start = ((row % stride) * stride + (column % stride)) * channels;
    const [top, left] = [Math.floor(row / stride), Math.floor(column / stride)];
    const phase = slice(blocks, { axis: 1, start, end: start + channels });
    const band = slice(phase, { axis: 2, start: top, end: top + size[0] });
    const seen = slice(band, { axis: 3, start: left, end: left + size[1] });
    return reshape(seen, [batch, channels, size[0] * size[1]]);
  });
}

/** The padded input, cut or filled up to `lengths`. */
function framed(x: Expr, lengths: readonly number[], padding: readonly number[]): Expr {
  const pads = lengths.map((length, i) => {
    const after = length - x.shape[i + 2]! - padding[i]!;
    return [padding[i]!, Math.max(0, after)] as const;
  });
  const padded = pad(x, [[0, 0], [0, 0], ...pads]);
  return lengths.reduce((all, end, i) => slice(all, { axis: i + 2, end }), padded);
}
