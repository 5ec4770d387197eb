// A model in two ONNX files, as a page runs it: the backbone, a frame at a time, and the head on the features of a clip.
// They stand apart so that a webcam computes each frame's features once, and so that the head can be asked again with
// places or frames left out. Nothing here knows where the files came from or which engine runs them.
import { z } from 'zod';
import { count } from '../bounds.js';
import { extractorOf, type FeatureExtractor } from '../backbone/extractor.js';
import { tileGeometry } from '../backbone/geometry/find.js';
import { Preprocessing } from '../backbone/preprocessing.js';
import { Alignment, CellGeometry, withGeometry } from '../model/cells.js';
import { ModelConfig, parseWith } from '../model/config.js';
import type { Runtime } from '../runtime/program.js';
import { sizeOf, type Tensor, type Tensors } from '../tensor.js';
import { shapeError, WhereWhenError } from '../errors.js';
import { answerOf, asksForFeatures, identityOf, type Answer } from './answer.js';
import type { PredictOptions } from './predictor.js';
import { runHead } from './runHead.js';
import { rollingHead, wholeHead, type StreamHead } from './streamHead.js';
import { webFiles } from './webFiles.js';
import type { SampledClip } from './toResult.js';

export { webFiles };

/** The content of `model.json`. */
export const WebModelDescription = z.strictObject({
  version: z.literal(1),
  /** Hash of the model's weights, as Results name it. */
  id: z.string().min(1),
  config: ModelConfig,
  /** How `backbone.onnx` is run: one float32 input `[b,3,H,W]`, one output a scale. */
  backbone: z.strictObject({
    kind: z.string().min(1),
    identity: z.string().min(1),
    preprocessing: Preprocessing,
    scales: z
      .array(
        z.strictObject({
          ...{ name: z.string(), channels: count, height: count, width: count },
          geometry: CellGeometry.optional(),
        }),
      )
      .min(1),
    /** How the scales are laid on each other; `tiles` where it is not said. */
    alignment: Alignment.optional(),
    outputs: z.array(z.string().min(1)).min(1),
    /** Frames a run; null where the file leaves it free. */
    batch: count.nullable(),
  }),
});
/** The content of `model.json`. */
export type WebModelDescription = z.infer<typeof WebModelDescription>;

/** The files of a model for a page, as bytes. */
export interface WebModelFiles {
  /** The parsed JSON of `model.json`, not yet checked. */
  description: unknown;
  backbone: Uint8Array;
  head: Uint8Array;
}

/** A model that computes features and answers from them, in a page or anywhere. */
export interface WebModel {
  readonly id: string;
  readonly config: ModelConfig;
  /** Features float32 `[B,C,h,w]` of frames uint8 `[B,H,W,3]`, red first, of the size that `config.transform` says. */
  features(frames: Tensor): Promise<Tensor>;
  /**
   * The answer from a clip's features `[n,C,h,w]`; of `clip` only times and facts are read. `flow` is that between its
   * neighbouring frames, for heads that look at how the actor moves. Throws `shape`.
   */
  answer(
    features: Tensor,
    clip: SampledClip,
    path: string,
    options?: Pick<PredictOptions, 'flow'>,
  ): Promise<Answer>;
  /** The head on a stream of its own. */
  stream(): StreamHead;
  /** Frees the programs and the runtime. */
  close(): Promise<void>;
}

/** A backbone for a page that is open: what it makes of frames, and on which runtime. */
export interface WebBackbone {
  extractor: FeatureExtractor;
  runtime: Runtime;
}

/** Opens the network in `file` on `runtime`. */
export async function openWebBackbone(
  { scales: given, ...backbone }: WebModelDescription['backbone'],
  file: Uint8Array,
  runtime: Runtime,
): Promise<FeatureExtractor> {
  const { size } = backbone.preprocessing;
  const scales = given.map((one) => ({ ...one, geometry: one.geometry ?? tileGeometry(one, size) }));
  return extractorOf({
    ...{ ...backbone, scales },
    program: await runtime.openModel(file),
    batch: backbone.batch ?? 1,
    isBatchFree: backbone.batch === null,
  });
}

/** Opens the files on `runtime`, which the model closes with itself. Throws `format` for a description that does not fit. */
export async function openWebModel(files: WebModelFiles, runtime: Runtime): Promise<WebModel> {
  const { id, backbone, config } = parseWith(WebModelDescription, files.description, webFiles.description);
  const extractor = await openWebBackbone(backbone, files.backbone, runtime);
  const model = await openWebHead({ id, config, head: files.head }, { extractor, runtime });
  return {
    ...model,
    async close() {
      await model.close();
      await extractor.close();
      await runtime.close();
    },
  };
}

/** A head as it is opened. */
export interface WebHead {
  /** Hash of the model's weights. */
  id: string;
  config: ModelConfig;
  /** The graph of `inferenceGraph` for one clip. */
  head: Uint8Array;
  /** That of `rollingGraph`, where there is one: a stream is then answered by it. */
  rolling?: Uint8Array;
}

/** Opens a head beside a backbone that is open already, and that stays open when the model is closed. */
export async function openWebHead(
  { id, head: file, rolling: rollingFile, ...given }: WebHead,
  { extractor, runtime }: WebBackbone,
): Promise<WebModel> {
  const config = withGeometry(given.config, extractor.scales);
  const head = await runtime.openModel(file);
  const rolling = rollingFile && (await runtime.openModel(rollingFile));
  const identity = identityOf(config, id);
  const { channels, height, width } = config.grid;
  const shape = [1, config.frames, channels, height, width];
  const model: WebModel = {
    id,
    config,
    features: (frames) => extractor.extract(frames),
    async answer(given, clip, path, { flow } = {}) {
      if (given.data.length !== sizeOf(shape)) throw wrongFeatures(shape, given);
      const features = { ...given, shape };
      const run = (inputs: Tensors): Promise<Tensors> => head.run(inputs);
      const { outputs, facts } = await runHead(run, features, { config, clip, flow });
      const all = asksForFeatures(config) ? { ...outputs, features } : outputs;
      return answerOf(all, { config, identity, clip: facts, path });
    },
    stream: () => (rolling ? rollingHead(rolling, { config, identity }) : wholeHead(model.answer, config)),
    async close() {
      await head.release();
      await rolling?.release();
    },
  };
  return model;
}

function wrongFeatures(shape: readonly number[], { shape: received }: Tensor): WhereWhenError {
  return shapeError('answer.features', `[${shape.slice(1).join()}]`, `[${received.join()}]`);
}
