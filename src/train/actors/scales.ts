// The scales that features are stacked from: which channels are whose, which is the finest, and where its cells look.
import type { Scale } from '../../backbone/index.js';
import type { ScaleRange } from './scaleFeatures.js';

/** The channels of each scale among the stacked ones. */
export function rangesOf(scales: readonly Scale[]): ScaleRange[] {
  let end = 0;
  return scales.map(({ channels }) => ({ start: end, end: (end += channels) }));
}

/** The place of the scale with most cells, the first of equals. */
export function finestOf(scales: readonly Scale[]): number {
  const cells = scales.map(({ height, width }) => height * width);
  return cells.indexOf(Math.max(...cells));
}

/** Where the columns and rows of a scale look, in shares of the picture. */
export function centresOf({ width, height }: Scale): { x: number[]; y: number[] } {
  const middles = (count: number): number[] => Array.from({ length: count }, (_, i) => (i + 0.5) / count);
  return { x: middles(width), y: middles(height) };
}
