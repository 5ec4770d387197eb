// A clip in, a Result out: runs the model's inference graph and reads what, where and when from its answer.
// Knows no files and no engine: who opens it brings the config, the tensors and a runtime, in Node or in a page.
import type { FrameEncoder, ModelConfig } from '../model/index.js';
import { inferenceGraph } from '../model/index.js';
import { localize, localizeOptions, type Localization, type LocalizeInput } from '../localize/index.js';
import type { Program, Runtime } from '../runtime/program.js';
import type { Tensor, Tensors } from '../tensor.js';
import { keptWindow } from '../video/resample.js';
import type { Size } from '../video/types.js';
import { medianDifference } from './medianDifference.js';
import { toResult, type ModelIdentity, type SampledClip } from './toResult.js';
import type { Box, Result } from '../result.js';

/** What the model says of a clip, and the numbers behind it. */
export interface Answer {
  result: Result;
  /** The pointing point of every sampled frame, in pixels of the source picture. */
  points: (readonly [x: number, y: number])[];
  /** Boxes, segments, the where-map `[n,h,w]` and evidence curves `[n,K]`. */
  localization: Localization;
  /** Class probabilities `[K]` in the order of `config.classes`. */
  probabilities: Float32Array;
}

/** What a predictor is made of. */
export interface PredictorParts {
  config: ModelConfig;
  tensors: Tensors;
  id: string;
  runtime: Runtime;
  /** The backbone of `config`, where it is a part of the model. */
  encoder?: FrameEncoder;
  /** The frozen backbone beside the model, where it is not; the predictor closes it with itself. */
  extractor?: FrameFeatures;
}

/** Frames uint8 `[B,H,W,3]` to features `[B,C,h,w]`: what a predictor needs of a frozen backbone. */
export interface FrameFeatures {
  extract(frames: Tensor): Promise<Tensor>;
  close(): Promise<void>;
}

/** A model that is ready to answer, one clip at a time. */
export class Predictor {
  readonly config: ModelConfig;
  readonly #identity: ModelIdentity;
  readonly #runtime: Runtime;
  readonly #program: Program;
  readonly #extractor: FrameFeatures | undefined;
  readonly #options;

  private constructor({ config, id, runtime, extractor }: PredictorParts, program: Program) {
    this.config = config;
    this.#identity = { id, attention: config.attention.form, backbone: config.backbone.kind };
    this.#runtime = runtime;
    this.#program = program;
    this.#extractor = extractor;
    this.#options = localizeOptions(config.localize);
  }

  /** Compiles the model and hands its parameters to `runtime`, which the predictor closes with itself. */
  static async open(parts: PredictorParts): Promise<Predictor> {
    const { config, runtime, tensors, encoder } = parts;
    const needsFeatures = asksForFeatures(config);
    const { graph } = inferenceGraph({
      config,
      clips: 1,
      encoder,
      features: encoder !== undefined && needsFeatures,
    });
    const program = await runtime.compile(graph);
    await runtime.write(tensors);
    return new Predictor(parts, program);
  }

  /** How a clip must be sampled and scaled for this model. */
  get shape() {
    const { frames, sampling, transform } = this.config;
    return { frames, sampling, size: transform.size, resize: transform.resize } as const;
  }

  /** Answers for a clip that was read by {@link shape}; `path` is how the Result names it. */
  async predict(clip: SampledClip, path: string): Promise<Answer> {
    const outputs = await this.#run(clip.frames);
    const probabilities = numbers(outputs.probabilities!);
    const weights = meanRow(outputs.weights!);
    const { classes, grid, transform } = this.config;
    const window = keptWindow(clip.info, transform.size, transform.resize); // what the model saw of the picture
    const seen = localize(this.#evidence(outputs, window, weights), this.#options);
    const localization = shifted(seen, window);
    return {
      result: toResult({
        path,
        clip,
        classes,
        grid,
        probabilities,
        weights,
        localization,
        model: this.#identity,
      }),
      points: localization.frames.map(({ point }) => point),
      localization,
      probabilities,
    };
  }

  /** Frees the model and its runtime. */
  async close(): Promise<void> {
    await this.#program.release();
    await this.#extractor?.close();
    await this.#runtime.close();
  }

  async #run(data: Uint8Array): Promise<Tensors> {
    const { frames: n, grid, transform } = this.config;
    const frame = [transform.size.height, transform.size.width, 3];
    if (!this.#extractor)
      return this.#program.run({ frames: { dtype: 'uint8', shape: [1, n, ...frame], data } });
    const seen = await this.#extractor.extract({ dtype: 'uint8', shape: [n, ...frame], data });
    const features = { ...seen, shape: [1, n, grid.channels, grid.height, grid.width] };
    return {
      ...(await this.#program.run({ features })),
      ...(asksForFeatures(this.config) ? { features } : {}),
    };
  }

  #evidence(outputs: Tensors, window: Size, weights: Float32Array): LocalizeInput {
    const { frames, grid } = this.config;
    const optional = (name: string) => (outputs[name] ? numbers(outputs[name]) : undefined);
    return {
      grid: { frames, height: grid.height, width: grid.width },
      picture: { width: window.width, height: window.height },
      weights,
      probabilities: numbers(outputs.probabilities!),
      masks: optional('masks'),
      logAttention: optional('logAttention'),
      evidence: optional('evidence'),
      featureNorm: optional('norm'),
      medianDifference: outputs.features && medianDifference(outputs.features),
    };
  }
}

/** Does the where-map of this model look at its features? */
function asksForFeatures({ localize: choices }: ModelConfig): boolean {
  return (localizeOptions(choices).where.maps.medianDifference ?? 0) > 0;
}

/** Boxes and points of a window of the picture, in pixels of the whole picture. */
function shifted(seen: Localization, { x, y }: { x: number; y: number }): Localization {
  if (x === 0 && y === 0) return seen;
  const frames = seen.frames.map(({ box, score, point }) => ({
    box: box && ([box[0] + x, box[1] + y, box[2] + x, box[3] + y] satisfies Box),
    score,
    point: [point[0] + x, point[1] + y] satisfies [number, number],
  }));
  return { ...seen, frames };
}

/** A tensor's numbers; every output that is read here is float32. */
function numbers({ data }: Tensor): Float32Array {
  return data as Float32Array;
}

/** The mean over the `T` rows of weights `[1,T,n]`: one weight a frame. */
function meanRow({ data, shape }: Tensor): Float32Array {
  const [, T, n] = shape as [number, number, number];
  return Float32Array.from({ length: n }, (_, i) => {
    let sum = 0;
    for (let t = 0; t < T; t++) sum += Number(data[t * n + i]);
    return sum / T;
  });
}
