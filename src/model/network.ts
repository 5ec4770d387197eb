// Frames or stored features in, attention out: the one forward pass that every graph of a model is made from.
import { shapeError } from '../errors.js';
import { add, cast, constant, mul, reshape, sub, transpose, type Expr } from '../graph/index.js';
import type { ModelConfig } from './config.js';
import type { Attention } from './attention/attention.js';
import { attend } from './attention/forms.js';
import type { Scope } from './scope.js';

/** What turns normalised frames `[B,3,H,W]` into features `[B,C,h,w]`; every backbone is one. */
export interface FrameEncoder {
  /**
   * Given where it begins behind a frozen front: the grid `c, h', w'` of the features that it takes instead of frames of
   * this size.
   */
  inputGrid?(size: { width: number; height: number }): { channels: number; height: number; width: number };
  forward(scope: Scope, frames: Expr): Expr;
}

/** Sizes and parts of a network. */
export interface NetworkOptions {
  config: ModelConfig;
  /** Clips in a batch, `N`. */
  clips: number;
  /**
   * With an encoder the input is `frames` (uint8 `[N,n,H,W,3]`), or `frontFeatures` (float32 `[N,n,c,h',w']`) where it
   * begins behind a frozen front; without one `features` (float32 `[N,n,C,h,w]`).
   */
  encoder?: FrameEncoder;
  /** While training, multiply the features by an input `channelMask [N,C]`: dropout of whole channels, one mask a clip. */
  channelDropout?: boolean;
  /**
   * Bring every channel to mean 0 and deviation 1 by the parameters `standard.mean` and `standard.scale [C]`, which no
   * step changes; they can be folded into the weights afterwards.
   */
  isStandardised?: boolean;
  /** Ask for an input `placesMask [N,n,h,w]`: each step may see a random part of the places. */
  placesMask?: boolean;
}

/** Features `[N,n,C,h,w]` and what attention makes of them. */
export interface Network {
  features: Expr;
  attention: Attention;
}

/** Builds the forward pass in `scope`. */
export function network(scope: Scope, options: NetworkOptions): Network {
  const { config, clips, channelDropout = false, placesMask = false, isStandardised = false } = options;
  const { channels, height, width } = config.grid;
  const shape = [clips, config.frames, channels, height, width];
  const features = options.encoder
    ? encode(scope, options.encoder, shape, config)
    : scope.input('features', shape);
  const even = isStandardised ? standardise(scope, features) : features;
  const mask = channelDropout ? scope.dropoutMask('channelMask', [clips, channels]) : undefined;
  const seen = mask ? mul(even, reshape(mask, [clips, 1, channels, 1, 1])) : even;
  const attention = attend(scope, seen, config.attention, { classes: config.classes.length, placesMask });
  return { features, attention };
}

/** `(X - mean) * scale` for each channel of `[N,n,C,h,w]`. */
function standardise(scope: Scope, features: Expr): Expr {
  const C = features.shape[2]!;
  const mean = scope.parameter('standard.mean', [C], { kind: 'constant', value: 0 }, false);
  const scale = scope.parameter('standard.scale', [C], { kind: 'constant', value: 1 }, false);
  const row = (one: Expr): Expr => reshape(one, [1, 1, C, 1, 1]);
  return mul(sub(features, row(mean)), row(scale));
}

function encode(scope: Scope, encoder: FrameEncoder, shape: readonly number[], config: ModelConfig): Expr {
  const [N, n] = [shape[0]!, shape[1]!];
  const { width: W, height: H } = config.transform.size;
  const front = encoder.inputGrid?.(config.transform.size);
  const input = front ? frontInput(scope, [N, n], front) : frameInput(scope, [N, n], config.transform);
  const features = encoder.forward(scope, input); //                                       [N*n,C,h,w]
  const expected = [N * n, ...shape.slice(2)];
  if (`${features.shape}` === `${expected}`) return reshape(features, shape);
  throw shapeError(
    'config.json: grid',
    `what the backbone makes of ${W}x${H} frames, [${features.shape.slice(1)}]`,
    `[${expected.slice(1)}]`,
  );
}

/** Normalised frames `[N*n,3,H,W]`. */
function frameInput(scope: Scope, [N, n]: [number, number], transform: ModelConfig['transform']): Expr {
  const { width: W, height: H } = transform.size;
  const bytes = scope.input('frames', [N, n, H, W, 3], 'uint8'); //                       [N,n,H,W,3]
  return normalise(reshape(bytes, [N * n, H, W, 3]), transform);
}

/** Features of the frozen front, `[N*n,c,h',w']`. */
function frontInput(
  scope: Scope,
  [N, n]: [number, number],
  { channels, height, width }: { channels: number; height: number; width: number },
): Expr {
  const features = scope.input('frontFeatures', [N, n, channels, height, width]); //       [N,n,c,h',w']
  return reshape(features, [N * n, channels, height, width]);
}

/** `(bytes / 255 - mean) / std`, `[B,H,W,3]` to `[B,3,H,W]`. */
function normalise(bytes: Expr, { mean, std }: ModelConfig['transform']): Expr {
  const scale = constant(std.map((one) => 1 / (255 * one))); //                            [3]
  const shift = constant(mean.map((one, channel) => -one / std[channel]!)); //             [3]
  return transpose(add(mul(cast(bytes, 'float32'), scale), shift), [0, 3, 1, 2]);
}
