// What every backbone is: normalised frames in, a grid of features out. A new kind is one file and one line in kinds.ts.
import type { Expr } from '../graph/index.js';
import type { FrameEncoder, Scope } from '../model/index.js';

/** Width and height of a frame in pixels. */
export interface FrameSize {
  width: number;
  height: number;
}

/** Channels, height and width of the features of one frame. */
export interface Grid {
  channels: number;
  height: number;
  width: number;
}

/** A network that looks at single frames. */
export interface Backbone extends FrameEncoder {
  /** The name in `config.json` and of `--backbone`. */
  readonly kind: string;
  /** The features of a frame of this size. */
  grid(size: FrameSize): Grid;
  /** `[B,3,H,W]` to `[B,C,h,w]`; declares its parameters in `scope` under `backbone.`. */
  forward(scope: Scope, frames: Expr): Expr;
}
