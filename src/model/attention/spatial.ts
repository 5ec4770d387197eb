// Spatial attention (docs/architecture.md#model): three convolutions give every frame its own mask, the same network for all frames.
// Their number, their kernel and the masks themselves are settings, for the ablations.
import { constant, expand, mul, relu, reshape, sigmoid, type Expr } from '../../graph/index.js';
import { convolution } from '../layers.js';
import type { Scope } from '../scope.js';
import type { MaskSettings } from '../settings.js';

/** Masks and masked features of all frames. */
export interface Masked {
  /** `[N,n,h,w]` in 0..1. */
  masks: Expr;
  /** `[N*n,C,h,w]`, features times mask. */
  features: Expr;
}

/** `M = sigmoid(conv(relu(bn(conv(relu(bn(conv X)))))))` and `X * M` for features `[N,n,C,h,w]`; `M = 1` where nothing is masked. */
export function spatialAttention(
  scope: Scope,
  features: Expr,
  { maskChannels, maskKernel: size, isMasked }: MaskSettings,
): Masked {
  const [N, n, C, h, w] = features.shape as [number, number, number, number, number];
  const X = reshape(features, [N * n, C, h, w]); //                                              [N*n,C,h,w]
  if (!isMasked) return { masks: expand(constant(1), [N, n, h, w]), features: X };
  let y = X;
  maskChannels.forEach((channels, index) => {
    const z = convolution(scope, `spatial.conv${index + 1}`, y, channels, { size });
    y = relu(scope.batchNorm(`spatial.bn${index + 1}`, z)); //                                   [N*n,channels,h,w]
  });
  const M = sigmoid(convolution(scope, `spatial.conv${maskChannels.length + 1}`, y, 1, { size })); // [N*n,1,h,w]
  return { masks: reshape(M, [N, n, h, w]), features: mul(X, M) };
}
