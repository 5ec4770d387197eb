// A model folder as one ONNX file that needs nothing of this project: weights inside, frames in, answers out. The file
// is run and compared with our own programs before anybody trusts it.
import { createBackbone } from '../../backbone/index.js';
import { internalError, WhereWhenError } from '../../errors.js';
import { toOnnx } from '../../graph/index.js';
import { inferenceGraph } from '../../model/index.js';
import { Random } from '../../random.js';
import { openRuntime, type RuntimeOptions, type ValueSpec } from '../../runtime/index.js';
import { float32, sizeOf, type Tensor, type Tensors } from '../../tensor.js';
import { writeAtomically } from '../../atomicFile.js';
import { joinedModel } from './joinedModel.js';
import { readModelFolder, type ModelFolder } from '../modelFolder.js';
import { inOnePiece, requireOwnPreprocessing } from './onePiece.js';
import { openFrozen, requirePrecision } from '../openFrozen.js';
import type { Precision } from '../eightBits.js';

/** The largest difference to our own answer that an exported file may have. */
export const ONNX_TOLERANCE = 1e-4;

/** What was written, and how it compared on one clip of random frames. */
export interface ExportedOnnx {
  file: string;
  bytes: number;
  inputs: readonly ValueSpec[];
  outputs: readonly ValueSpec[];
  /** Largest absolute difference over all outputs, and of each. */
  largestDifference: number;
  differences: Record<string, number>;
}

/** How a model is written, and where the comparison computes. */
export interface ExportOnnxOptions extends RuntimeOptions {
  /** Where the file of a frozen backbone lies now, if not where config.json says. */
  backboneFile?: string;
  /** The arithmetic that its backbone must have, by default whichever. */
  precision?: Precision;
}

/**
 * Writes the whole model, backbone included, a frozen one joined to its head: input `frames` (uint8 `[1,n,H,W,3]`), and those
 * of a head that looks at the actor (`actor`, `motion`: src/model/attention/onActor.ts); outputs as `inferenceGraph` names them, metadata `config` (config.json), `classes` (JSON), `model` (identity). Throws what `readModelFolder` throws,
 * `output` for a place that cannot be written to, `internal` for a file that answers otherwise than we do.
 */
export async function exportOnnx(
  folder: string,
  file: string,
  { backboneFile, precision = 'auto', ...compute }: ExportOnnxOptions = {},
): Promise<ExportedOnnx> {
  const model = await readModelFolder(folder);
  requirePrecision(model.config, precision, folder);
  if (model.config.backbone.isFrozen) return exportJoined(model, file, { backboneFile, ...compute });
  const runtime = await openRuntime(compute);
  try {
    const piece = await inOnePiece(model, { runtime, backboneFile });
    requireOwnPreprocessing(folder, piece);
    const { config, tensors } = piece;
    const { graph } = inferenceGraph({ config, clips: 1, encoder: createBackbone(config.backbone) });
    const bytes = toOnnx(graph, { weights: tensors, metadata: metadataOf({ ...model, config }) });
    await writeAtomically(file, bytes);
    const own = await runtime.compile(graph);
    await runtime.write(tensors);
    const exported = await runtime.openModel(file);
    const frames = randomFrames(own.feeds[0]!);
    const [expected, got] = [await own.run({ frames }), await exported.run({ frames })];
    const differences = differencesOf(expected, got);
    const largestDifference = Math.max(...Object.values(differences));
    if (!(largestDifference <= ONNX_TOLERANCE)) throw untrueExport(file, largestDifference);
    const { feeds: inputs, outputs } = exported;
    return { file, bytes: bytes.length, inputs, outputs, largestDifference, differences };
  } finally {
    await runtime.close();
  }
}

/** A model on stored features: its backbone and its head in one file, compared with both of them apart. */
async function exportJoined(
  model: ModelFolder,
  file: string,
  { backboneFile, ...compute }: ExportOnnxOptions,
): Promise<ExportedOnnx> {
  const { config, tensors } = model;
  await using runtime = await openRuntime(compute);
  await using extractor = await openFrozen(config, runtime, backboneFile);
  const bytes = await joinedModel(model, extractor, { backboneFile, metadata: metadataOf(model) });
  await writeAtomically(file, bytes);
  const head = await runtime.compile(inferenceGraph({ config, clips: 1 }).graph);
  await runtime.write(tensors);
  const exported = await runtime.openModel(file);
  const frames = randomFrames(exported.feeds[0]!);
  const seen = await extractor.extract({ ...frames, shape: frames.shape.slice(1) });
  const features = { ...seen, shape: [1, ...seen.shape] };
  const beside = Object.fromEntries(exported.feeds.slice(1).map((spec) => [spec.name, randomNumbers(spec)]));
  const differences = differencesOf(
    await head.run({ features, ...beside }),
    await exported.run({ frames, ...beside }),
  );
  const largestDifference = Math.max(...Object.values(differences));
  if (!(largestDifference <= ONNX_TOLERANCE)) throw untrueExport(file, largestDifference);
  const { feeds: inputs, outputs } = exported;
  return { file, bytes: bytes.length, inputs, outputs, largestDifference, differences };
}

function metadataOf({ config, id }: ModelFolder): Record<string, string> {
  return { model: id, classes: JSON.stringify(config.classes), config: JSON.stringify(config) };
}

/** Noise in the shape of an input `frames`, the same at each call. */
export function randomFrames({ shape }: ValueSpec): Tensor {
  const sizes = shape as number[];
  const random = Random.from(0, 'export');
  const data = new Uint8Array(sizes.reduce((a, b) => a * b, 1));
  for (let i = 0; i < data.length; i++) data[i] = random.integer(0, 256);
  return { dtype: 'uint8', shape: sizes, data };
}

/** Numbers that sum to 1 in the shape of an input, the same at each call. */
function randomNumbers({ name, shape }: ValueSpec): Tensor {
  const sizes = shape as number[];
  const random = Random.from(0, 'export', name);
  const drawn = Float32Array.from({ length: sizeOf(sizes) }, () => random.uniform());
  const total = drawn.reduce((sum, x) => sum + x, 0);
  return float32(
    drawn.map((x) => x / total),
    sizes,
  );
}

/**
 * The largest difference of each tensor of `expected` to its namesake in `got`, as a share of the tensor's largest number where that
 * is above 1: evidence of some hundreds is rounded in its fourth decimal.
 */
export function differencesOf(expected: Tensors, got: Tensors): Record<string, number> {
  return Object.fromEntries(
    Object.entries(expected).map(([name, { data }]) => {
      let [largest, scale] = [0, 1];
      const other = got[name]?.data;
      for (let i = 0; i < data.length; i++) {
        const difference = Math.abs(Number(data[i]) - Number(other?.[i]));
        // A number that is none differs beyond every bound.
        if (!(difference <= largest)) largest = Number.isNaN(difference) ? Infinity : difference;
        scale = Math.max(scale, Math.abs(Number(data[i])));
      }
      return [name, largest === 0 ? 0 : largest / scale];
    }),
  );
}

/** The error for written files that answer otherwise than the model. */
export function untrueExport(file: string, received: number): WhereWhenError {
  return internalError(
    file,
    `the same answer as ours within ${ONNX_TOLERANCE}`,
    `a difference of ${received}`,
    'the file is left for inspection; do not use it',
  );
}
