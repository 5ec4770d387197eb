// The two layers with weights, in PyTorch's layout and with its default start. The fan-in of a bias is that of its weight.
import { add, conv, matMul, transpose, type Expr } from '../graph/index.js';
import { uniformByFanIn, type Scope } from './scope.js';

/** `x W^T + b` over the last axis: `[..., in]` to `[..., size]`; declares `NAME.weight [size, in]` and `NAME.bias [size]`. */
export function linear(scope: Scope, name: string, x: Expr, size: number, { bias = true } = {}): Expr {
  const width = x.shape.at(-1)!;
  const start = uniformByFanIn(width);
  const weight = scope.parameter(`${name}.weight`, [size, width], start);
  const y = matMul(x, transpose(weight, [1, 0]));
  return bias ? add(y, scope.parameter(`${name}.bias`, [size], start)) : y;
}

/** Options of {@link convolution}. */
export interface ConvolutionOptions {
  /** Edge of the square kernel. */
  size?: number;
  stride?: number;
  padding?: number;
  bias?: boolean;
  groups?: number;
}

/** Convolution of `[N,in,h,w]` with a square kernel, by default 3x3 that keeps the grid, without bias; declares `NAME.weight [channels, in/groups, size, size]`. */
export function convolution(
  scope: Scope,
  name: string,
  x: Expr,
  channels: number,
  { size = 3, stride = 1, padding = Math.floor(size / 2), bias = false, groups = 1 }: ConvolutionOptions = {},
): Expr {
  const inputs = x.shape[1]! / groups;
  const start = uniformByFanIn(inputs * size * size);
  const weight = scope.parameter(`${name}.weight`, [channels, inputs, size, size], start);
  const added = bias ? { bias: scope.parameter(`${name}.bias`, [channels], start) } : {};
  return conv(x, weight, { stride, padding, groups, ...added });
}
