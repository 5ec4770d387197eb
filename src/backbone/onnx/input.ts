// The input of an ONNX file that takes frames, and their size.
import type { Program, ValueSpec } from '../../runtime/index.js';
import { clipFits, frameSize } from '../../bounds.js';
import type { FrameSize } from '../backbone.js';
import { usualSize } from '../preprocessing.js';
import { listed, wrong } from './refusal.js';

/** The input called `name`, or the only one. Throws `format` unless it takes frames. */
export function chooseInput(file: string, { feeds }: Program, name: string | undefined): ValueSpec {
  const input = name === undefined ? feeds[0] : feeds.find((feed) => feed.name === name);
  if (!input) throw wrong(file, `an input called ${name}`, listed(feeds));
  if (feeds.length > 1) throw wrong(file, 'one input', listed(feeds));
  const { shape, dtype } = input;
  const takesColours = typeof shape[1] !== 'number' || shape[1] === 3;
  if (isReal(dtype) && shape.length === 4 && takesColours) return input;
  if (takesBytes(input)) return input; // of a network in eight bits
  throw wrong(file, 'an input float32 [n,3,height,width]', listed([input]));
}

/** Is it the input of a network in eight bits, uint8 `[n,height,width,4]`? */
export function takesBytes({ dtype, shape }: ValueSpec): boolean {
  return dtype === 'uint8' && shape.length === 4 && shape[3] === INSIDE_CHANNELS;
}

const INSIDE_CHANNELS = 4;

/** Numbers that a network may take and give: half precision is turned into float32. */
export function isReal(dtype: ValueSpec['dtype']): boolean {
  return dtype === 'float32' || dtype === 'float16';
}

/** The size of frames: what the file fixes, else what is asked for. Throws `format` where they differ. */
export function sizeFor(file: string, input: ValueSpec, asked: FrameSize = usualSize): FrameSize {
  const [height, width] = takesBytes(input) ? input.shape.slice(1, 3) : input.shape.slice(2);
  for (const [edge, pixels] of [
    ['height', height],
    ['width', width],
  ] as const) {
    if (typeof pixels !== 'number' || pixels === asked[edge] || asked === usualSize) continue;
    throw wrong(file, `frames of ${edge} ${pixels}, as the file fixes it`, `${asked[edge]}`);
  }
  const size = {
    width: typeof width === 'number' ? width : asked.width,
    height: typeof height === 'number' ? height : asked.height,
  };
  if (!frameSize.safeParse(size).success)
    throw wrong(file, 'frames of 1 to 4096 pixels a side', `${size.width}x${size.height}`);
  return size;
}

/** How many frames the file takes at a time; undefined where that is free. Throws `format` for more than fit one tensor. */
export function batchOf(file: string, { shape: [frames] }: ValueSpec, size: FrameSize): number | undefined {
  if (typeof frames !== 'number') return undefined;
  if (Number.isInteger(frames) && frames > 0 && clipFits(frames, size)) return frames;
  throw wrong(
    file,
    'a batch of frames that fits into 2 GB',
    `${frames} frames of ${size.width}x${size.height}`,
  );
}
