// What every backbone is: normalised frames in, a grid of features out. One that is written in the graph is a `Backbone`
// and can be trained; whatever only gives features, frozen, is a `FeatureExtractor` (extractor.ts), and every backbone
// can be made into one. A new kind is one file and one line in kinds.ts.
import type { Expr } from '../graph/index.js';
import type { Alignment, CellGeometry, FrameEncoder, Scope } from '../model/index.js';

/** Width and height of a frame in pixels. */
export interface FrameSize {
  width: number;
  height: number;
}

/** Channels, height and width of the features of one frame. */
export interface FeatureGrid {
  channels: number;
  height: number;
  width: number;
}

/** One grid among those that a backbone gives at once. */
export interface FeatureScale extends FeatureGrid {
  /** `layer3`, or the name of an output of an ONNX file. */
  name: string;
  /** Where its cells look in the frames. */
  geometry: CellGeometry;
  /** Of a vision transformer: the tokens before those of its patches, which are left out. */
  prefixTokens?: number;
}

/** A network that looks at single frames, written in the graph. */
export interface Backbone extends FrameEncoder {
  /** The name in `config.json` and of `--backbone`. */
  readonly kind: string;
  /** Channels of what `forward` takes: 3 of frames, more where it begins at a later stage. */
  readonly inputChannels: number;
  /** Where the network begins at a later stage: the grid of the features that it takes of frames of this size. */
  inputGrid?(size: FrameSize): FeatureGrid;
  /** The features of a frame of this size: all scales stacked on the finest. */
  grid(size: FrameSize): FeatureGrid;
  /** The grids before they are stacked. */
  scales(size: FrameSize): FeatureScale[];
  /** How `forward` lays several of them on each other; `tiles` where it is not said. */
  readonly alignment?: Alignment;
  /** As `forward`, but the scales apart, each on its own grid; where there are several. */
  forwardScales?(scope: Scope, frames: Expr): Expr[];
  /** `[B,inputChannels,H,W]` to `[B,C,h,w]`; declares its parameters in `scope` under `backbone.`. */
  forward(scope: Scope, frames: Expr): Expr;
}

/** What several scales give together: all channels, on the finest grid (docs/architecture.md#model). */
export function stackedGrid(scales: readonly FeatureGrid[]): FeatureGrid {
  return {
    channels: scales.reduce((sum, { channels }) => sum + channels, 0),
    height: Math.max(...scales.map(({ height }) => height)),
    width: Math.max(...scales.map(({ width }) => width)),
  };
}
