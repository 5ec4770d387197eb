// The scales that features are stacked from: which channels are whose, which is the finest, and where its cells look.
import type { FeatureScale } from '../../backbone/index.js';
import type { Cells } from '../../localize/index.js';
import { cellsOf } from '../../model/cells.js';
import type { Frozen } from '../data/frozen.js';
import type { ScaleRange } from './scaleFeatures.js';

/** The channels of each scale among the stacked ones. */
export function rangesOf(scales: readonly FeatureScale[]): ScaleRange[] {
  let end = 0;
  return scales.map(({ channels }) => ({ start: end, end: (end += channels) }));
}

/** The place of the scale with most cells, the first of equals. */
export function finestOf(scales: readonly FeatureScale[]): number {
  const cells = scales.map(({ height, width }) => height * width);
  return cells.indexOf(Math.max(...cells));
}

/** Where the cells of the finest scale look on the frames. */
export function cellsOfFinest({ scales, size }: Pick<Frozen, 'scales' | 'size'>): Cells | undefined {
  return cellsOf({ backbone: { geometry: scales.map(({ geometry }) => geometry) }, transform: { size } });
}
