// Spatial attention (METHOD 2.2): three convolutions give every frame its own mask, the same network for all frames.
import { mul, relu, reshape, sigmoid, type Expr } from '../graph/index.js';
import { convolution } from './layers.js';
import type { Scope } from './scope.js';

/** Masks and masked features of all frames. */
export interface Masked {
  /** `[N,n,h,w]` in 0..1. */
  masks: Expr;
  /** `[N*n,C,h,w]`, features times mask. */
  features: Expr;
}

/** `M = sigmoid(conv(relu(bn(conv(relu(bn(conv X)))))))` and `X * M` for features `[N,n,C,h,w]`. */
export function spatialAttention(scope: Scope, features: Expr, [m1, m2]: readonly [number, number]): Masked {
  const [N, n, C, h, w] = features.shape as [number, number, number, number, number];
  const X = reshape(features, [N * n, C, h, w]); //                                              [N*n,C,h,w]
  const first = relu(scope.batchNorm('spatial.bn1', convolution(scope, 'spatial.conv1', X, m1))); // [N*n,m1,h,w]
  const second = relu(scope.batchNorm('spatial.bn2', convolution(scope, 'spatial.conv2', first, m2))); // [N*n,m2,h,w]
  const M = sigmoid(convolution(scope, 'spatial.conv3', second, 1)); //                          [N*n,1,h,w]
  return { masks: reshape(M, [N, n, h, w]), features: mul(X, M) };
}
