// The scales that features are stacked from: which channels are whose, which is the finest, and where its cells look.
import type { FrameSize, Scale } from '../../backbone/index.js';
import type { CellAxis } from '../../model/index.js';
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

/** Where the columns and rows of a scale look, in shares of frames of this size. */
export function centresOf({ width, height, geometry }: Scale, size: FrameSize): { x: number[]; y: number[] } {
  const line = ({ offset, stride }: CellAxis, count: number, pixels: number): number[] =>
    Array.from({ length: count }, (_, i) => (offset + 0.5 + stride * i) / pixels);
  return { x: line(geometry.x, width, size.width), y: line(geometry.y, height, size.height) };
}
