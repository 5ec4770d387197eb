// Fewer channels in front of a ConvLSTM head (docs/architecture.md#model): its convolutions cost as many times less.
import { relu, reshape, type Expr } from '../../graph/index.js';
import { convolution } from '../layers.js';
import type { Scope } from '../scope.js';

/** `ReLU(conv1x1 X + b)`, features `[N,n,C,h,w]` to `[N,n,channels,h,w]`; declares `projection.weight` and `projection.bias`. */
export function project(scope: Scope, features: Expr, channels: number): Expr {
  const [N, n, C, h, w] = features.shape as [number, number, number, number, number];
  const X = reshape(features, [N * n, C, h, w]); //                                     [N*n,C,h,w]
  const y = relu(convolution(scope, 'projection', X, channels, { size: 1, bias: true })); // [N*n,channels,h,w]
  return reshape(y, [N, n, channels, h, w]);
}
