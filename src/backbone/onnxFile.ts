// A frozen network from an ONNX file of any origin that maps frames to one or more feature grids. What cannot be seen in
// the file, how bytes become its numbers, stands in a small JSON beside it: `net.json` for `net.onnx`, or the hub's
// `preprocessor_config.json`.
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { WhereWhenError } from '../errors.js';
import { Alignment, CellGeometry, parseWith } from '../model/index.js';
import type { Program, Runtime, ValueSpec } from '../runtime/index.js';
import { float32, sizeOf, type Tensor } from '../tensor.js';
import type { FrameSize, Scale } from './backbone.js';
import { alignmentFor, geometryOfFile } from './geometry/ofFile.js';
import type { NamedGrid } from './geometry/fromOnnx.js';
import { extractorOf, type FeatureExtractor } from './extractor.js';
import { identityOf } from './identity.js';
import { fromImageProcessor, imageProcessorFile } from './imageProcessor.js';
import { hashOnnx } from './onnxHash.js';
import { knownPreprocessing, Preprocessing, usualSize, type PreprocessingName } from './preprocessing.js';

const names = z.array(z.string().min(1)).min(1);

/** The JSON beside an ONNX file: its preprocessing, and where the file leaves a choice the names of input and outputs. */
export const OnnxDescription = Preprocessing.extend({
  /** Not needed where the file fixes it. */
  size: Preprocessing.shape.size.optional(),
  input: z.string().optional(),
  /** Feature grids to give out; several are stacked on the finest. By default the file's first output of four axes. */
  outputs: names.optional(),
});
/** The JSON beside an ONNX file. */
export type OnnxDescription = z.infer<typeof OnnxDescription>;

/** Settings of a backbone from an ONNX file. */
export const OnnxSettings = z.looseObject({
  kind: z.literal('onnx').default('onnx'),
  file: z.string().min(1),
  /** `imagenet`, `caffe`, another JSON file, or its content; by default the JSON beside the file. */
  preprocessing: z.union([z.string().min(1), OnnxDescription]).optional(),
  /** Go before those of the description. */
  outputs: names.optional(),
  /** Goes before that of the description. */
  size: Preprocessing.shape.size.optional(),
  /** How several outputs are laid on each other: by default where their cells look, if that is known of all. */
  alignment: Alignment.optional(),
  /** Where the cells of each output look, as a model keeps it: then it is not found again. */
  geometry: z.array(CellGeometry).optional(),
});
/** Settings of a backbone from an ONNX file. */
export type OnnxSettings = z.infer<typeof OnnxSettings>;

/** Frames in the trial run that finds the grids, and in every run where the file leaves it free. */
export interface OnnxOptions {
  runtime: Runtime;
  batch?: number;
}

/**
 * Loads the file, runs it once on black frames and reads its grids from the answer. Throws `missing` for files that are
 * not there, `format` for a description that is not one, for a file that is no network and for inputs or outputs that
 * are not there or have a wrong rank.
 */
export async function openOnnx(
  settings: z.input<typeof OnnxSettings>,
  { runtime, batch: wanted = 8 }: OnnxOptions,
): Promise<FeatureExtractor> {
  const parsed = parseWith(OnnxSettings, settings, 'backbone');
  const { file } = parsed;
  await requireFile(file);
  const description = await describe(parsed);
  const program = await load(file, runtime);
  try {
    const input = chooseInput(file, program, description.input);
    const { size, ...rest } = description;
    const preprocessing = {
      ...Preprocessing.omit({ size: true }).strip().parse(rest),
      size: sizeFor(file, input, parsed.size ?? size),
    };
    const outputs = chooseOutputs(file, program, parsed.outputs ?? description.outputs);
    const fixed = input.shape[0];
    const batch = typeof fixed === 'number' ? fixed : wanted;
    const isBatchFree = typeof fixed !== 'number';
    const grids = await trial(file, program, outputs, preprocessing.size, isBatchFree ? 2 : batch);
    const network = { kind: 'onnx', preprocessing, batch, isBatchFree, program, outputs };
    const { geometry, notes } = await geometryOfFile(parsed, input.name, grids, network);
    const scales = grids.map((grid, i): Scale => ({ ...grid, geometry: geometry[i]! }));
    const alignment = alignmentFor(parsed, geometry);
    const identity = identityOf({ ...network, weights: await hashOnnx(file), scales, alignment });
    return extractorOf({ ...network, identity, scales, alignment, notes });
  } catch (error) {
    await program.release();
    throw error;
  }
}

/** Where the description of `file` is looked for. */
export function descriptionPath(file: string): string {
  return `${file.replace(/\.onnx$/i, '')}.json`;
}

async function describe({ file, preprocessing }: OnnxSettings): Promise<OnnxDescription> {
  if (typeof preprocessing === 'object') return preprocessing;
  if (preprocessing !== undefined && preprocessing in knownPreprocessing) {
    return OnnxDescription.parse(knownPreprocessing[preprocessing as PreprocessingName]);
  }
  const paths =
    preprocessing !== undefined ? [preprocessing] : [descriptionPath(file), ...processorPaths(file)];
  for (const path of paths) {
    const text = await readFile(path, 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const value = parseJson(text, path);
    const isProcessor = basename(path) === imageProcessorFile;
    return parseWith(OnnxDescription, isProcessor ? fromImageProcessor(value, path) : value, path);
  }
  throw noDescription(paths[0]!);
}

/** Where the hub's repositories keep that of a network: beside it, or above its folder `onnx`. */
function processorPaths(file: string): string[] {
  return [dirname(file), dirname(dirname(file))].map((folder) => join(folder, imageProcessorFile));
}

function noDescription(path: string): WhereWhenError {
  const example = JSON.stringify({ ...knownPreprocessing.caffe, size: usualSize, resize: 'stretch' });
  return new WhereWhenError({
    code: 'missing',
    path,
    expected: 'a JSON file that says how frames become the numbers of the network',
    received: 'no readable file',
    hint: `write one such as ${example}, or choose --preprocessing imagenet, caffe or FILE`,
  });
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw wrong(path, 'JSON', (cause as Error).message, undefined, cause);
  }
}

async function requireFile(file: string): Promise<void> {
  const facts = await stat(file).catch(() => undefined);
  if (facts?.isFile()) return;
  const received = facts ? 'a folder' : 'nothing there';
  throw new WhereWhenError({ code: 'missing', path: file, expected: 'an ONNX file', received });
}

async function load(file: string, runtime: Runtime): Promise<Program> {
  try {
    return await runtime.openModel(file);
  } catch (cause) {
    const received = cause instanceof WhereWhenError ? cause.received : (cause as Error).message;
    throw wrong(file, 'a network that ONNX Runtime can load', received, undefined, cause);
  }
}

function chooseInput(file: string, { feeds }: Program, name: string | undefined): ValueSpec {
  const input = name === undefined ? feeds[0] : feeds.find((feed) => feed.name === name);
  if (!input) throw wrong(file, `an input called ${name}`, listed(feeds));
  if (feeds.length > 1) throw wrong(file, 'one input', listed(feeds));
  const { shape, dtype } = input;
  const takesColours = typeof shape[1] !== 'number' || shape[1] === 3;
  if (dtype === 'float32' && shape.length === 4 && takesColours) return input;
  throw wrong(file, 'an input float32 [n,3,height,width]', listed([input]));
}

/** The size of frames: what the file fixes, else what is asked for. */
function sizeFor(file: string, { shape }: ValueSpec, asked: FrameSize = usualSize): FrameSize {
  const [, , height, width] = shape;
  for (const [edge, pixels] of [
    ['height', height],
    ['width', width],
  ] as const) {
    if (typeof pixels !== 'number' || pixels === asked[edge] || asked === usualSize) continue;
    throw wrong(file, `frames of ${edge} ${pixels}, as the file fixes it`, `${asked[edge]}`);
  }
  return {
    width: typeof width === 'number' ? width : asked.width,
    height: typeof height === 'number' ? height : asked.height,
  };
}

function chooseOutputs(file: string, { outputs }: Program, asked: readonly string[] | undefined): string[] {
  const fitting = outputs.filter(({ shape, dtype }) => shape.length === 4 && dtype === 'float32');
  if (asked === undefined) {
    if (fitting[0]) return [fitting[0].name];
    throw wrong(file, 'an output float32 [n,channels,height,width]', listed(outputs), cutHint);
  }
  for (const name of asked) {
    const output = outputs.find((one) => one.name === name);
    if (!output) throw wrong(file, `an output called ${name}`, listed(outputs));
    if (fitting.includes(output)) continue;
    throw wrong(file, `output ${name} as float32 [n,channels,height,width]`, listed([output]), cutHint);
  }
  return [...asked];
}

const cutHint = 'cut the network before its pooling and name that output';

/**
 * The grids of one frame, from a run on black ones; the engine is warm afterwards. Where the batch is free these are two:
 * some files say so and reshape to one frame inside.
 */
async function trial(
  file: string,
  program: Program,
  outputs: readonly string[],
  { width, height }: FrameSize,
  batch: number,
): Promise<NamedGrid[]> {
  const shape = [batch, 3, height, width];
  const black = float32(new Float32Array(sizeOf(shape)), shape);
  const answer = await program
    .run({ [program.feeds[0]!.name]: black }, { outputs: [...new Set(outputs)], transfer: true })
    .catch((cause: Error) => {
      throw wrong(file, `a network that takes frames of ${width}x${height}`, cause.message, undefined, cause);
    });
  return outputs.map((name) => {
    const grid = gridOf(file, name, answer[name]!, batch);
    if (isChannelsLast(grid, { width, height })) throw channelsLast(file, grid);
    return grid;
  });
}

function gridOf(file: string, name: string, { shape }: Tensor, batch: number): NamedGrid {
  const [frames, channels, height, width] = shape;
  if (shape.length === 4 && frames === batch) {
    return { name, channels: channels!, height: height!, width: width! };
  }
  throw wrong(file, `output ${name} as [${batch},channels,height,width]`, `[${shape.join()}]`, cutHint);
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

function channelsLast(
  file: string,
  { name, channels: rows, height: columns, width: last }: NamedGrid,
): WhereWhenError {
  return wrong(
    file,
    `output ${name} as [n,channels,height,width]`,
    `[n,${rows},${columns},${last}], which looks like ${rows} x ${columns} cells of ${last} channels`,
    'end the network in a Transpose with perm [0,3,1,2], or name an output before that of [0,2,3,1]',
  );
}

/** `features float32 [batch,1024,7,7]`, for messages. */
function listed(specs: readonly ValueSpec[]): string {
  return specs.map(({ name, dtype, shape }) => `${name} ${dtype} [${shape.join()}]`).join(' and ');
}

function wrong(
  path: string,
  expected: string,
  received?: string,
  hint?: string,
  cause?: unknown,
): WhereWhenError {
  return new WhereWhenError(
    { code: 'format', path, expected, received, hint },
    cause === undefined ? undefined : { cause },
  );
}
