// The grids that a network really gives, from a run on black frames: what a file says of its shapes is often a name.
import type { Program } from '../../runtime/index.js';
import { float32, sizeOf, type Tensor } from '../../tensor.js';
import type { FrameSize } from '../backbone.js';
import type { NamedGrid } from '../geometry/fromOnnx.js';
import type { Value } from '../geometry/places.js';
import { withInside } from '../preprocessing.js';
import { takesBytes } from './input.js';
import { cutHint, wrong } from './refusal.js';
import { patchGrid, type PatchGrid } from './tokens.js';

/** An output as a grid, and what must be done to it to become one. */
export interface SeenGrid extends NamedGrid {
  /** Of tokens: the patches that they are. */
  patches?: PatchGrid;
  isHalf: boolean;
}

/** How a network is tried. */
export interface TrialOptions {
  file: string;
  size: FrameSize;
  /** Two where the batch is free: some files say so and reshape to one frame inside. */
  batch: number;
  /** Tokens before the patches, where somebody said it. */
  prefix?: number;
  /** Where values of the graph look; asked for only where there are tokens. */
  places: () => Promise<ReadonlyMap<string, Value>>;
}

/** The grid of each of `outputs`; the engine is warm afterwards. Throws `format` for what is no grid, saying why. */
export async function trial(
  program: Program,
  outputs: readonly string[],
  options: TrialOptions,
): Promise<SeenGrid[]> {
  const answer = await blackFrames(program, outputs, options);
  const grids: SeenGrid[] = [];
  for (const name of outputs) grids.push(await gridOf(name, answer[name]!, options));
  return grids;
}

async function blackFrames(
  program: Program,
  outputs: readonly string[],
  { file, size: { width, height }, batch }: TrialOptions,
): Promise<Record<string, Tensor>> {
  const [feed] = program.feeds;
  const shape = [batch, 3, height, width];
  const bytes = new Uint8Array(sizeOf(shape));
  const frames: Tensor = { dtype: 'uint8', shape: [batch, height, width, 3], data: bytes };
  const black = takesBytes(feed!)
    ? withInside(frames, { width, height })
    : float32(new Float32Array(bytes.length), shape);
  return program
    .run({ [feed!.name]: black }, { outputs: [...new Set(outputs)], transfer: true })
    .catch((cause: Error) => {
      throw wrong(file, `a network that takes frames of ${width}x${height}`, cause.message, undefined, cause);
    });
}

async function gridOf(name: string, { shape, dtype }: Tensor, options: TrialOptions): Promise<SeenGrid> {
  const { file, size, batch } = options;
  const isHalf = dtype === 'float16';
  const isOfFrames = shape[0] === batch && (isHalf || dtype === 'float32');
  const [, second, third, fourth] = shape as [number, number, number, number];
  if (isOfFrames && shape.length === 4) {
    const grid = { name, channels: second, height: third, width: fourth, isHalf };
    if (isChannelsLast(grid, size)) throw channelsLast(file, grid);
    return grid;
  }
  if (isOfFrames && shape.length === 3) {
    const patches = await patchesOf(name, second, options);
    const { rows: height, columns: width } = patches;
    return { name, channels: third, height, width, patches, isHalf };
  }
  const grids = `[${batch},channels,height,width] or [${batch},tokens,channels]`;
  throw wrong(file, `output ${name} as ${grids}`, `${dtype} [${shape.join()}]`, cutHint);
}

async function patchesOf(
  name: string,
  tokens: number,
  { file, size, prefix, places }: TrialOptions,
): Promise<PatchGrid> {
  const place = (await places()).get(name);
  const given =
    typeof place === 'object' && 'y' in place ? { rows: place.y.length, columns: place.x.length } : undefined;
  const patches = patchGrid(tokens, { size, given, prefix });
  if (patches) return patches;
  throw wrong(
    file,
    `output ${name} as the tokens of a frame of ${size.width} x ${size.height}`,
    `${tokens} tokens${prefix === undefined ? '' : `, ${prefix} of them before the patches`}`,
    '"prefixTokens" in the JSON beside the file says how many stand before those of the patches',
  );
}

/**
 * Whether numbers that should be `[channels,height,width]` are rather `[height,width,channels]`: a cell is as wide as high when
 * they are read so, and far from it when they are not. A file of TensorFlow may end in such a grid whatever its input is.
 */
export function isChannelsLast({ channels, height, width }: NamedGrid, frame: FrameSize): boolean {
  const skew = (rows: number, columns: number): number =>
    Math.abs(Math.log(frame.height / rows / (frame.width / columns)));
  return skew(channels, height) < skewAllowed && skew(height, width) > skewAllowed;
}

/** A third more across than down: more than rounding a grid's size up makes of square cells, but for grids of two or three cells. */
const skewAllowed = Math.log(4 / 3);

function channelsLast(file: string, { name, channels: rows, height: columns, width: last }: NamedGrid) {
  return wrong(
    file,
    `output ${name} as [n,channels,height,width]`,
    `[n,${rows},${columns},${last}], which looks like ${rows} x ${columns} cells of ${last} channels`,
    'end the network in a Transpose with perm [0,3,1,2], or name an output before that of [0,2,3,1]',
  );
}
