// A grey picture at several sizes, each half of the one before, with a border that repeats its edge: a patch that is
// moved past the edge then reads the border and needs no check for every pixel.

/** Width and height of a picture or of a field in pixels. */
export interface Extent {
  readonly width: number;
  readonly height: number;
}

/** Pixels on each side beyond the picture: a patch may leave it by this much. */
export const BORDER = 16;

/** A grey picture in 0..255 with its border; pixel `(x, y)` lies at `(y + BORDER) * stride + x + BORDER`. */
export interface PyramidLevel extends Extent {
  readonly stride: number;
  readonly data: Float32Array;
}

/** The shorter side of the smallest size, in pixels: below it a patch is no part of a picture any more. */
const LEAST_SIDE = 30;

/** How many sizes: two, and more while the shorter side stays long enough. */
export function depthOf({ width, height }: Extent): number {
  let depth = 2;
  for (let side = Math.min(width, height) >> 2; side >= LEAST_SIDE; side >>= 1) depth++;
  return depth;
}

/** An empty level. */
export function emptyLevel({ width, height }: Extent): PyramidLevel {
  const stride = width + 2 * BORDER;
  return { width, height, stride, data: new Float32Array(stride * (height + 2 * BORDER)) };
}

/** Empty levels from the whole picture to the smallest; an odd side loses its last pixel in the next. */
export function emptyPyramid(extent: Extent): PyramidLevel[] {
  return Array.from({ length: depthOf(extent) }, (_, i) =>
    emptyLevel({ width: extent.width >> i, height: extent.height >> i }),
  );
}

/** Fills a pyramid from a grey picture `[height, width]`. */
export function fillPyramid(levels: readonly PyramidLevel[], grey: ArrayLike<number>): void {
  const [first] = levels as [PyramidLevel];
  const { width, height, stride, data } = first;
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0, at = (y + BORDER) * stride + BORDER; x < width; x++, i++) data[at + x] = grey[i]!;
  repeatEdges(first);
  for (let i = 1; i < levels.length; i++) halve(levels[i - 1]!, levels[i]!);
}

/** Means of 2 x 2 pixels. */
function halve(from: PyramidLevel, to: PyramidLevel): void {
  const { stride, data } = from;
  const { width, height, data: half } = to;
  for (let y = 0; y < height; y++) {
    let at = (2 * y + BORDER) * stride + BORDER;
    const row = (y + BORDER) * to.stride + BORDER;
    for (let x = 0; x < width; x++, at += 2)
      half[row + x] = (data[at]! + data[at + 1]! + data[at + stride]! + data[at + stride + 1]!) / 4;
  }
  repeatEdges(to);
}

function repeatEdges({ width, height, stride, data }: PyramidLevel): void {
  for (let y = BORDER; y < height + BORDER; y++) {
    const row = y * stride;
    data.fill(data[row + BORDER]!, row, row + BORDER);
    data.fill(data[row + BORDER + width - 1]!, row + BORDER + width, row + stride);
  }
  const last = (height + BORDER - 1) * stride;
  for (let y = 0; y < BORDER; y++) {
    data.copyWithin(y * stride, BORDER * stride, (BORDER + 1) * stride);
    data.copyWithin((height + BORDER + y) * stride, last, last + stride);
  }
}

/** A value between pixels, the border beyond the edges. */
export function bilinear({ data, stride, width, height }: PyramidLevel, x: number, y: number): number {
  const left = Math.min(width + BORDER - 1.01, Math.max(-BORDER, x)) + BORDER;
  const top = Math.min(height + BORDER - 1.01, Math.max(-BORDER, y)) + BORDER;
  const column = Math.floor(left);
  const row = Math.floor(top);
  const a = left - column;
  const b = top - row;
  const at = row * stride + column;
  const upper = (1 - a) * data[at]! + a * data[at + 1]!;
  const lower = (1 - a) * data[at + stride]! + a * data[at + stride + 1]!;
  return (1 - b) * upper + b * lower;
}
