// A frozen network from an ONNX file of any origin that maps frames to one or more feature grids. Any tensor inside it can
// be one, and so can the tokens of a vision transformer: the file is then edited in memory (onnx/edited.ts).
import { z } from 'zod';
import { Alignment, CellGeometry } from '../model/index.js';
import { parseWith } from '../model/config.js';
import type { Runtime } from '../runtime/index.js';
import type { FeatureScale } from './backbone.js';
import { alignmentFor, geometryOfFile } from './geometry/ofFile.js';
import { extractorOf, type FeatureExtractor } from './extractor.js';
import { identityOf } from './identity.js';
import { autoOutputs, cutNetwork } from './onnx/cut.js';
import { describe, OnnxDescription, outputNames, prefixCount } from './onnx/description.js';
import { batchOf, chooseInput, sizeFor, takesBytes } from './onnx/input.js';
import { load, OnnxSource, requireFile } from './onnx/source.js';
import type { SeenGrid } from './onnx/trial.js';
import { hashOnnx } from './onnxHash.js';
import { Preprocessing } from './preprocessing.js';

/** Settings of a backbone from an ONNX file. */
export const OnnxSettings = z.looseObject({
  kind: z.literal('onnx').default('onnx'),
  file: z.string().min(1),
  /** `imagenet`, `caffe`, another JSON file, or its content; by default the JSON beside the file. */
  preprocessing: z.union([z.string().min(1), OnnxDescription]).optional(),
  /**
   * Go before those of the description; any tensor in the file is one. `auto`: those of the description, else two scales
   * that the file itself tells. Where nothing is said: its first grid, as in settings of old.
   */
  outputs: z.union([outputNames, z.literal(autoOutputs)]).optional(),
  /** Goes before that of the description. */
  size: Preprocessing.shape.size.optional(),
  /** Goes before that of the description. */
  prefixTokens: prefixCount.optional(),
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
  const description = await describe(file, parsed.preprocessing);
  const { size: usual, prefixTokens: usualPrefix, ...rest } = description;
  const whole = await load(file, runtime);
  let program = whole;
  try {
    const input = chooseInput(file, whole, description.input);
    const size = sizeFor(file, input, parsed.size ?? usual);
    const preprocessing = { ...Preprocessing.omit({ size: true }).strip().parse(rest), size };
    const source = new OnnxSource(file, {
      input: input.name,
      size,
      isHalf: input.dtype === 'float16',
      takesBytes: takesBytes(input),
    });
    const fixed = batchOf(file, input, size);
    const isBatchFree = fixed === undefined;
    const batch = fixed ?? wanted;
    const cut = await cutNetwork(whole, {
      ...{ source, runtime, prefix: parsed.prefixTokens ?? usualPrefix },
      ...{ asked: askedOutputs(parsed, description), batch: isBatchFree ? 2 : batch },
    });
    program = cut.program;
    const { grids, names: outputs, model, notes: told = [] } = cut;
    const network = { kind: 'onnx', preprocessing, batch, isBatchFree, program, outputs, model };
    const { geometry, notes } = await geometryOfFile(parsed, source, grids, network);
    const scales = grids.map((grid, i) => scaleOf(grid, geometry[i]!));
    const alignment = alignmentFor(parsed, geometry);
    const identity = identityOf({ ...network, weights: await hashOnnx(file), scales, alignment });
    return extractorOf({ ...network, identity, scales, alignment, notes: [...told, ...notes] });
  } catch (error) {
    await program.release();
    throw error;
  }
}

function askedOutputs({ outputs }: OnnxSettings, description: OnnxDescription): OnnxSettings['outputs'] {
  return outputs === autoOutputs ? (description.outputs ?? autoOutputs) : (outputs ?? description.outputs);
}

function scaleOf({ name, channels, height, width, patches }: SeenGrid, geometry: CellGeometry): FeatureScale {
  return { name, channels, height, width, geometry, ...(patches && { prefixTokens: patches.prefix }) };
}

export { autoOutputs } from './onnx/cut.js';
export { isChannelsLast } from './onnx/trial.js';
export { descriptionPath, OnnxDescription } from './onnx/description.js';
