// What operations do to where a row of cells looks, on one axis. Pixels of the network's input have their middles at whole
// numbers here, as in the published arithmetic of receptive fields: `offset' = offset + stride * (reach / 2 - before)`.
import type { CellAxis } from '../../model/cells.js';

/** A row of cells of known length. */
export interface CellRow extends CellAxis {
  /** Number of cells. */
  readonly length: number;
}

/** The input itself: cell `i` is pixel `i`. */
export function pixelLine(length: number): CellRow {
  return { offset: 0, stride: 1, extent: 1, length };
}

/** The line without its length. */
export function axisOf({ offset, stride, extent }: CellRow): CellAxis {
  return { offset, stride, extent };
}

/** Cells in the middles of equal tiles of `pixels`, which is all that can be said of an unknown network. */
export function tileAxis(pixels: number, cells: number): CellAxis {
  const stride = pixels / cells;
  return { offset: (stride - 1) / 2, stride, extent: stride };
}

/** A kernel that is moved over the cells: of a convolution or a pooling. */
export interface Kernel {
  size: number;
  stride?: number;
  dilation?: number;
  /** Cells of padding before the first and after the last. */
  before?: number;
  after?: number;
  /** Whether a last window that is not full counts too. */
  isCeil?: boolean;
}

/** The cells that a kernel makes: each looks at the middle of what it covers, padding included. */
export function windowed(line: CellRow, kernel: Kernel): CellRow {
  const { size, stride = 1, dilation = 1, before = 0, after = 0, isCeil = false } = kernel;
  const reach = dilation * (size - 1);
  const steps = (line.length + before + after - reach - 1) / stride;
  const full = Math.floor(steps) + 1;
  // A window more, but none that begins in the padding behind the last cell.
  const hasMore = isCeil && steps > full - 1 && full * stride < line.length + before;
  return {
    offset: line.offset + line.stride * (reach / 2 - before),
    stride: line.stride * stride,
    extent: line.extent + line.stride * reach,
    length: hasMore ? full + 1 : full,
  };
}

/** The paddings of `auto_pad`: as many cells as there are strides; of an odd number the one more goes behind (`upper`) or before. */
export function samePads(
  length: number,
  { size, stride = 1, dilation = 1 }: Kernel,
  side: 'upper' | 'lower',
): { before: number; after: number } {
  const all = Math.max(0, (Math.ceil(length / stride) - 1) * stride + dilation * (size - 1) + 1 - length);
  const [less, more] = [Math.floor(all / 2), Math.ceil(all / 2)];
  return side === 'upper' ? { before: less, after: more } : { before: more, after: less };
}

/** Cells of padding, or with negative numbers cells that are cut off. */
export function padded(line: CellRow, before: number, after: number): CellRow {
  return { ...line, offset: line.offset - line.stride * before, length: line.length + before + after };
}

/** Every `step`-th cell from `start` to before `end`. */
export function sliced(line: CellRow, start: number, end: number, step: number): CellRow {
  return {
    ...line,
    offset: line.offset + line.stride * start,
    stride: line.stride * step,
    length: Math.max(0, Math.ceil((end - start) / step)),
  };
}

/** How a line is resized: `scale` new cells for each old one. */
export interface Resizing {
  scale: number;
  length: number;
  /** Which place of the old line new cell `i` stands for: `(i + 1/2) / scale - 1/2`, `i / scale`, or first on first and last on last. */
  places: 'halfPixel' | 'asymmetric' | 'corners';
  /** Old cells that the kernel of the interpolation reaches over: 0 nearest, 1 linear, 3 cubic. */
  reach: number;
}

/** More or fewer cells over the same picture. */
export function resized(line: CellRow, { scale, length, places, reach }: Resizing): CellRow {
  const step = places === 'corners' ? (line.length - 1) / Math.max(1, length - 1) : 1 / scale;
  const start = places === 'halfPixel' ? (step - 1) / 2 : 0;
  return {
    offset: line.offset + line.stride * start,
    stride: line.stride * step || line.stride,
    extent: line.extent + line.stride * reach,
    length,
  };
}

/**
 * The line of cells that branches make together, undefined where they go in other steps. Where they look at other places the
 * middle of all that they look at counts: there is no one place then, and this one is at most half a step from any.
 */
export function joined(lines: readonly CellRow[]): CellRow | undefined {
  const [first] = lines;
  if (!first || lines.some(({ stride, length }) => !isNear(stride, first.stride) || length !== first.length))
    return undefined;
  const low = Math.min(...lines.map(({ offset, extent }) => offset - (extent - 1) / 2));
  const high = Math.max(...lines.map(({ offset, extent }) => offset + (extent - 1) / 2));
  return { ...first, offset: (low + high) / 2, extent: high - low + 1 };
}

/** Where the `cells` of a finer line stand on a coarser one: at which of its cells, counted from 0. */
export function placesOn(coarse: CellAxis, fine: CellAxis, cells: number): number[] {
  return Array.from(
    { length: cells },
    (_, i) => (fine.offset + fine.stride * i - coarse.offset) / coarse.stride,
  );
}

function isNear(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-6 * Math.max(a, b);
}
