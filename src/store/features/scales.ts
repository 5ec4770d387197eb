// The features of a clip as a store file has them: every scale on its own grid, which is a third of the numbers that they
// are once stacked on the finest. Stores of earlier versions hold them stacked, as `features`.
import { z } from 'zod';
import { formatError, WhereWhenError } from '../../errors.js';
import { Alignment, CellGeometry, type SafetensorsFile } from '../../model/index.js';
import type { Tensor, Tensors } from '../../tensor.js';
import { meaningOf, toCodes } from './codes.js';
import { float16Table, toFloat16 } from './float16.js';
import type { StorePrecision } from './precision.js';

/** How scales are laid on each other when they are read. */
export const ScaleLayout = z.strictObject({
  alignment: Alignment,
  /** Where the cells of each scale look. */
  geometry: z.array(CellGeometry).optional(),
});
/** How scales are laid on each other when they are read. */
export type ScaleLayout = z.infer<typeof ScaleLayout>;

/** One scale of a stored clip, of which any part can be read. */
export interface StoredScale {
  frames: number;
  channels: number;
  height: number;
  width: number;
  /** Writes a channel of a frame into `out` from `at` on: all cells, or those that are chosen. */
  read(frame: number, channel: number, out: Float32Array, at: number, chosen?: Int32Array): void;
}

/** Tensors of scales float32 `[n,Ci,hi,wi]`. Throws `input` for numbers that the precision does not hold. */
export function scalesToTensors(scales: readonly Tensor[], precision: StorePrecision): Tensors {
  return Object.assign({}, ...scales.map((scale, i) => oneToTensors(scale, i, precision))) as Tensors;
}

function oneToTensors(scale: Tensor, i: number, precision: StorePrecision): Tensors {
  const { shape, data } = scale;
  if (precision === 'float32') return { [`features.${i}`]: scale };
  if (precision === 'float16')
    return { [`features.${i}`]: { dtype: 'float16', shape, data: toFloat16(data as Float32Array) } };
  const { codes, steps, zeros } = toCodes(scale);
  return { [`features.${i}`]: codes, [`steps.${i}`]: steps, [`zeros.${i}`]: zeros };
}

/** The scales of a stored clip. Throws `format`. */
export function storedScales({ tensors }: SafetensorsFile, path: string): StoredScale[] {
  if (tensors.features) return [scaleOf(tensors.features, path)];
  const scales: StoredScale[] = [];
  for (let i = 0; tensors[`features.${i}`]; i++) {
    const { [`steps.${i}`]: steps, [`zeros.${i}`]: zeros } = tensors;
    scales.push(scaleOf(tensors[`features.${i}`]!, path, steps, zeros));
  }
  const [first] = scales;
  if (first && scales.every(({ frames }) => frames === first.frames)) return scales;
  throw notFeatures(path, first ? 'scales of unequal length' : Object.keys(tensors).join(', ') || 'none');
}

/** How the scales of a stored clip are laid on each other. Throws `format`. */
export function layoutOf({ metadata }: SafetensorsFile, path: string): ScaleLayout {
  if (metadata.layout === undefined) return { alignment: 'tiles' };
  const parsed = ScaleLayout.safeParse(jsonOf(metadata.layout));
  if (parsed.success) return parsed.data;
  throw notFeatures(path, `a layout that is none: ${metadata.layout.slice(0, 80)}`);
}

function scaleOf(stored: Tensor, path: string, steps?: Tensor, zeros?: Tensor): StoredScale {
  const { dtype, shape } = stored;
  const [frames, channels, height, width] = shape as [number, number, number, number];
  const isCoded = steps?.data.length === channels && zeros?.data.length === channels;
  const isKnown = dtype === 'float16' || dtype === 'float32' || (dtype === 'uint8' && isCoded);
  if (shape.length !== 4 || !isKnown) throw notFeatures(path, `${dtype} [${shape.join()}]`);
  return { frames, channels, height, width, read: readerOf(stored, steps, zeros) };
}

/** Reads channels of `[n,C,h,w]`, whatever they are stored as: a loop of its own for each, half of what training waits for. */
function readerOf({ dtype, shape, data }: Tensor, steps?: Tensor, zeros?: Tensor): StoredScale['read'] {
  const [, channels, height, width] = shape as [number, number, number, number];
  const cells = height * width;
  const startOf = (frame: number, channel: number): number => (frame * channels + channel) * cells;
  if (dtype === 'uint8') {
    const known = { codes: data as Uint8Array, steps: steps!.data as Float32Array };
    return readCodes({ ...known, zeros: zeros!.data as Uint8Array, cells, startOf });
  }
  if (dtype === 'float16') return readHalves(data as Uint16Array, cells, startOf);
  const numbers = data as Float32Array;
  return (frame, channel, out, at, chosen) => {
    const from = startOf(frame, channel);
    if (!chosen) out.set(numbers.subarray(from, from + cells), at);
    else for (let i = 0; i < chosen.length; i++) out[at + i] = numbers[from + chosen[i]!]!;
  };
}

interface CodesRead {
  codes: Uint8Array;
  steps: Float32Array;
  zeros: Uint8Array;
  cells: number;
  startOf: (frame: number, channel: number) => number;
}

function readCodes({ codes, steps, zeros, cells, startOf }: CodesRead): StoredScale['read'] {
  return (frame, channel, out, at, chosen) => {
    const [from, step, zero] = [startOf(frame, channel), steps[channel]!, zeros[channel]!];
    if (!chosen) for (let i = 0; i < cells; i++) out[at + i] = meaningOf(codes[from + i]!, step, zero);
    else
      for (let i = 0; i < chosen.length; i++) out[at + i] = meaningOf(codes[from + chosen[i]!]!, step, zero);
  };
}

function readHalves(bits: Uint16Array, cells: number, startOf: CodesRead['startOf']): StoredScale['read'] {
  const table = float16Table();
  return (frame, channel, out, at, chosen) => {
    const from = startOf(frame, channel);
    if (!chosen) for (let i = 0; i < cells; i++) out[at + i] = table[bits[from + i]!]!;
    else for (let i = 0; i < chosen.length; i++) out[at + i] = table[bits[from + chosen[i]!]!]!;
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function notFeatures(path: string, received: string): WhereWhenError {
  return formatError(
    path,
    'stored features of four axes: float16, float32, or bytes with steps and zeros',
    received,
    'delete the file and run the command again',
  );
}
