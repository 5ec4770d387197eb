// Where the cells of any network look, measured: a bright bar is moved over a grey frame, and each row and column of cells
// says at which of the bar's places its features change most. Good to about a quarter of a step, for what a network has
// learnt is not symmetric and frames end; so it stands in only where the graph cannot be followed (fromOnnx.ts).
import type { CellAxis } from '../../model/cells.js';
import { Random } from '../../random.js';
import type { Tensor } from '../../tensor.js';
import type { FrameSize } from '../backbone.js';

/** How a network is asked: features `[B,C,h,w]` of each of its outputs, of frames uint8 `[B,H,W,3]` of any number. */
export interface Probed {
  size: FrameSize;
  look: (frames: Tensor) => Promise<readonly Tensor[]>;
}

/** One axis of each output; undefined where its cells answer to nothing, or not in order. */
export type ProbedAxes = (CellAxis | undefined)[];

const GREY = 128;
/** Half the range of the noise on the grey: on a flat frame every maximum is a tie, and its first place wins them all. */
const NOISE = 40;
/** How much brighter the bar is: enough to be seen, not so much that the network sees only it. */
const LIFT = 48;
/** Bars across a frame: one every 8 of 224 pixels, half a step of the finest grids that are used. */
const BARS = 28;

/** Measures columns (`x`) and rows (`y`) of every output. */
export async function probeCells(probed: Probed): Promise<{ x: ProbedAxes; y: ProbedAxes }> {
  return { x: await probeAxis(probed, 'x'), y: await probeAxis(probed, 'y') };
}

async function probeAxis({ size, look }: Probed, axis: 'x' | 'y'): Promise<ProbedAxes> {
  const pixels = axis === 'x' ? size.width : size.height;
  const bars = barsOf(pixels);
  const answers = await look(framesWith(bars, size, axis));
  const middles = bars.map(([from, to]) => (from + to - 1) / 2);
  return answers.map((features) => lineThrough(changes(features, axis), middles, pixels));
}

/** Bars `[from, to)` that cover the axis. */
function barsOf(pixels: number): [from: number, to: number][] {
  const width = Math.max(1, Math.round(pixels / BARS));
  const count = Math.ceil(pixels / width);
  return Array.from({ length: count }, (_, i) => [i * width, Math.min(pixels, (i + 1) * width)]);
}

/** A grey frame, and the same one with each bar. */
function framesWith(
  bars: readonly [number, number][],
  { width, height }: FrameSize,
  axis: 'x' | 'y',
): Tensor {
  const random = Random.from(0, 'probe');
  const grey = Uint8Array.from(
    { length: width * height * 3 },
    () => GREY + random.integer(-NOISE, NOISE + 1),
  );
  const data = new Uint8Array((bars.length + 1) * grey.length);
  data.set(grey);
  bars.forEach(([from, to], i) => {
    const frame = data.subarray((i + 1) * grey.length, (i + 2) * grey.length);
    frame.set(grey);
    for (let pixel = 0; pixel < width * height; pixel++) {
      const at = axis === 'x' ? pixel % width : Math.floor(pixel / width);
      if (at >= from && at < to) for (let c = 3 * pixel; c < 3 * pixel + 3; c++) frame[c]! += LIFT;
    }
  });
  return { dtype: 'uint8', shape: [bars.length + 1, height, width, 3], data };
}

/** `[cell][bar]`: how far the features of a column (or row) of cells move when the bar is put there, as a sum of squares. */
function changes({ shape, data }: Tensor, axis: 'x' | 'y'): Float64Array[] {
  const [frames, channels, height, width] = shape as [number, number, number, number];
  const size = channels * height * width;
  const cells = axis === 'x' ? width : height;
  const out = Array.from({ length: cells }, () => new Float64Array(frames - 1));
  for (let bar = 0; bar < frames - 1; bar++)
    for (let i = 0; i < size; i++) {
      const cell = axis === 'x' ? i % width : Math.floor(i / width) % height;
      const change = Number(data[(bar + 1) * size + i]) - Number(data[i]);
      out[cell]![bar]! += change * change;
    }
  return out;
}

/** What one cell answers to: its middle and its length. */
interface Core {
  cell: number;
  place: number;
  extent: number;
  /** Whether all of it lies inside the frame. */
  isWhole: boolean;
}

/** The line through the middles of what the inner cells answer to; the frame's edges cut off what the outer ones see. */
function lineThrough(
  answers: readonly Float64Array[],
  middles: readonly number[],
  pixels: number,
): CellAxis | undefined {
  const seen = answers.flatMap((answer, cell) => coreOf(answer, cell, middles, pixels) ?? []);
  const whole = seen.filter(({ isWhole }) => isWhole);
  const used = whole.length >= 2 ? whole : seen.filter(({ cell }) => isInner(cell, answers.length));
  if (used.length === 1 && answers.length === 1)
    return { offset: used[0]!.place, stride: pixels, extent: pixels };
  if (used.length < 2) return undefined;
  const stride = snapped(slopeOf(used), pixels / answers.length);
  if (!(stride > 0)) return undefined;
  const offset = median(used.map(({ cell, place }) => place - stride * cell));
  return { offset: Math.round(2 * offset) / 2, stride, extent: median(used.map(({ extent }) => extent)) };
}

function isInner(cell: number, cells: number): boolean {
  return Math.abs(cell - (cells - 1) / 2) <= Math.max(0.5, cells / 4);
}

/** By the square of the changes, which are squares themselves: what is far from a cell's middle counts little. */
function coreOf(
  answer: Float64Array,
  cell: number,
  middles: readonly number[],
  pixels: number,
): Core | undefined {
  const rest = Float64Array.from(answer).sort()[Math.floor(answer.length / 4)]!; // attention sees a little of everything
  const powers = answer.map((change) => Math.max(0, change - rest) ** 2);
  const total = powers.reduce((sum, power) => sum + power, 0);
  if (!(total > 0)) return undefined;
  const mean = (of: (at: number) => number): number =>
    middles.reduce((sum, at, i) => sum + of(at) * powers[i]!, 0) / total;
  const place = mean((at) => at);
  const half = 2 * Math.sqrt(mean((at) => (at - place) ** 2)) + middles[0]! + 0.5;
  return { cell, place, extent: 2 * half, isWhole: place >= half && place <= pixels - half };
}

/** Pixels from one cell to the next, by least squares. */
function slopeOf(cores: readonly Core[]): number {
  const mean = (of: (core: Core) => number): number =>
    cores.reduce((sum, core) => sum + of(core), 0) / cores.length;
  const [cell, place] = [mean((core) => core.cell), mean((core) => core.place)];
  return mean((core) => (core.cell - cell) * (core.place - place)) / mean((core) => (core.cell - cell) ** 2);
}

/**
 * The step that a network surely has which is near to the measure: the length of a tile where that is a whole number, as it
 * is wherever paddings keep lengths; a power of 2; any whole number; or else the measure itself.
 */
function snapped(step: number, tile: number): number {
  if (Number.isInteger(tile) && Math.abs(tile - step) <= 0.1 * tile) return tile;
  const power = 2 ** Math.round(Math.log2(step));
  if (Math.abs(power - step) <= 0.08 * power) return power;
  const whole = Math.round(step);
  return Math.abs(whole - step) <= 0.03 * step ? whole : step;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.floor(sorted.length / 2)]!) / 2;
}
