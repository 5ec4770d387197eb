// The label-free maps of stored features, by which training draws boxes as an answer of the model does.
import type { LabelFreeMaps } from '../../infer/actorFeeds.js';
import type { MapGrid } from '../../localize/index.js';
import type { Tensor } from '../../tensor.js';
import type { Frozen } from '../data/frozen.js';
import { changeSum, channelSum, rootsOf, type ScaleFeatures, type ScaleRange } from './scaleFeatures.js';
import { cellsOfFinest } from './scales.js';

/** The maps of features `[n,C,h,w]`, of which `scale` is looked at, along `direction`, and the grid that they lie on. */
export function labelFreeMaps(
  features: Tensor,
  direction: Float32Array,
  { scale, frozen }: { scale: ScaleRange; frozen: Pick<Frozen, 'scales' | 'size'> },
): LabelFreeMaps & { grid: MapGrid; foreground: Float32Array; change: Float32Array } {
  const [frames, , height, width] = features.shape as [number, number, number, number];
  const grid: MapGrid = { frames, height, width, cells: cellsOfFinest(frozen) };
  return { grid, ...mapsOfRoots(rootsOf(features, scale), direction) };
}

/** The same maps of the roots of one scale. */
export function mapsOfRoots(
  x: ScaleFeatures,
  direction: Float32Array,
): { foreground: Float32Array; change: Float32Array } {
  return { foreground: channelSum(x, direction), change: changeSum(x) };
}
