// A clip in, a Result out: runs the model's inference graph and reads what, where and when from its answer.
// Knows no files and no engine: who opens it brings the config, the tensors and a runtime, in Node or in a page.
import { type FrameEncoder, type ModelConfig, inferenceGraph } from '../model/index.js';
import { closeGraph } from '../model/actors.js';
import { localizeOptions } from '../localize/index.js';
import { framesOfPart } from '../localize/looks.js';
import type { ClipFlow } from '../motion/index.js';
import type { Program, Runtime } from '../runtime/program.js';
import type { Tensor, Tensors } from '../tensor.js';
import {
  answerByLooks,
  answerOf,
  asksForActivation,
  asksForFeatures,
  gridOf,
  identityOf,
  windowOf,
  type Answer,
  type AnswerOptions,
} from './answer.js';
import { motionIn } from './besideCamera.js';
import { FrameMemory } from './frameMemory.js';
import { pooledFrames, unlike, type Familiarity } from './familiarity.js';
import { oddsOfOther } from './frameOdds.js';
import { runHead } from './runHead.js';
import { glanceParts, type LookAt } from './looker.js';
import { cutSquares, picturesIn, type Pictures } from './squares.js';
import type { ClipFacts, ModelIdentity, SampledClip } from './toResult.js';

/** What a predictor is made of. */
export interface PredictorParts {
  config: ModelConfig;
  tensors: Tensors;
  id: string;
  runtime: Runtime;
  /** The backbone of `config`, or its trained stages, where they are a part of the model. */
  encoder?: FrameEncoder;
  /** The frozen backbone or front beside the model, where there is one; the predictor closes it with itself. */
  extractor?: FrameFeatures;
  /** What its training clips look like; without it no clip is told to be unlike them. */
  familiarity?: Familiarity;
}

/** Frames uint8 `[B,H,W,3]` to features `[B,C,h,w]`: what a predictor needs of a frozen backbone. */
export interface FrameFeatures {
  extract(frames: Tensor, channels?: { start: number; end: number }): Promise<Tensor>;
  /** The same with the scales apart, `[B,Ci,hi,wi]`: what a store keeps. */
  extractScales?(frames: Tensor): Promise<Tensor[]>;
  close(): Promise<void>;
}

/** What is asked of a clip beside what a model says of itself. */
export interface PredictOptions {
  /** Names of classes whose actors are asked for, whether they are likely or not. */
  ask?: readonly string[];
  /** How often the network looks: the second time at what the first one found, where the model's rules say so (default). */
  looks?: 1 | 2;
  /** The pictures that a second look cuts from, larger than the model's frames; by default those frames. */
  pictures?: () => Promise<Pictures>;
  /** The flow between neighbouring frames of the clip, for heads that look at how the actor moves. */
  flow?: () => Promise<ClipFlow>;
}

/** A model that is ready to answer, one clip at a time. */
export class Predictor {
  readonly config: ModelConfig;
  readonly #identity: ModelIdentity;
  readonly #runtime: Runtime;
  readonly #program: Program;
  /** Of a second look: what it asks of one scale, by the number of frames that it is at. */
  readonly #close: ReadonlyMap<number, Program> | undefined;
  readonly #extractor: FrameFeatures | undefined;
  readonly #memory: FrameMemory | undefined;
  readonly #hasEncoder: boolean;
  readonly #familiarity: Familiarity | undefined;

  private constructor(
    { config, id, runtime, extractor, encoder, familiarity }: PredictorParts,
    program: Program,
    close?: ReadonlyMap<number, Program>,
  ) {
    this.config = config;
    this.#identity = identityOf(config, id);
    this.#runtime = runtime;
    this.#program = program;
    this.#close = close;
    this.#extractor = extractor;
    this.#memory = extractor && new FrameMemory(async (frames) => [await extractor.extract(frames)]);
    this.#hasEncoder = encoder !== undefined;
    this.#familiarity = familiarity;
  }

  /** Compiles the model and hands its parameters to `runtime`, which the predictor closes with itself. */
  static async open(parts: PredictorParts): Promise<Predictor> {
    const { config, runtime, tensors, encoder } = parts;
    const features = encoder !== undefined && asksForFeatures(config);
    const { graph } = inferenceGraph({
      ...{ config, clips: 1, encoder, features },
      activation: asksForActivation(config),
    });
    const program = await runtime.compile(graph);
    const looksTwice = parts.extractor && config.actors && localizeOptions(config.localize).where.second;
    const close = looksTwice ? await closePrograms(config, runtime) : undefined;
    await runtime.write(tensors);
    return new Predictor(parts, program, close);
  }

  /** How a clip must be sampled and scaled for this model. */
  get shape() {
    const { frames, sampling, transform } = this.config;
    return { frames, sampling, size: transform.size, resize: transform.resize } as const;
  }

  /** Whether a second look at a clip can and shall be taken. */
  get looksTwice(): boolean {
    return this.#close !== undefined;
  }

  /** Answers for a clip that was read by {@link shape}; `path` is how the Result names it. */
  async predict(clip: SampledClip, path: string, options: PredictOptions = {}): Promise<Answer> {
    const features = await this.features(clip);
    const frames = async (): Promise<Pictures> => ({
      ...{ data: clip.frames, ...this.config.transform.size },
      covers: windowOf(this.config, clip),
    });
    if (features) return this.answer(features, clip, path, { pictures: frames, ...options });
    const { frames: n, transform } = this.config;
    const shape = [1, n, transform.size.height, transform.size.width, 3];
    const outputs = await this.#program.run({ frames: { dtype: 'uint8', shape, data: clip.frames } });
    return this.#answerOf(outputs, clip, path, options);
  }

  /**
   * What the frozen backbone beside the model makes of the clip's frames, `[n,C,h,w]`; undefined where there is none. A frame
   * that stands in the clip before, or more than once in this one, goes through it once.
   */
  async features({ frames }: Pick<SampledClip, 'frames'>): Promise<Tensor | undefined> {
    return (await this.#memory?.features(this.#pictures(frames)))?.[0];
  }

  /** The same with the scales of the backbone apart, each on its own grid, for a store. */
  async scales({ frames }: Pick<SampledClip, 'frames'>): Promise<Tensor[] | undefined> {
    return this.#extractor?.extractScales?.(this.#pictures(frames));
  }

  /** Frames `[B,H,W,3]` as the model takes them. */
  #pictures(data: Uint8Array): Tensor {
    const { width, height } = this.config.transform.size;
    return { dtype: 'uint8', shape: [data.length / (width * height * 3), height, width, 3], data };
  }

  /** Answers from {@link features}, computed now or stored before. Without `pictures` there is one look. */
  async answer(
    features: Tensor,
    clip: ClipFacts,
    path: string,
    options: PredictOptions = {},
  ): Promise<Answer> {
    const known = this.#familiarity;
    const frames = known && pooledFrames(features);
    const other = frames && known.frames && oddsOfOther(frames, known.frames);
    const strange = frames && unlike(frames, known);
    if (!strange) return this.#answerTo(features, clip, path, { ...options, other });
    const warned = { ...clip, warnings: [...clip.warnings, strange.warning] };
    const answer = await this.#answerTo(features, warned, path, { ...options, other });
    return { ...answer, result: { ...answer.result, unlike: strange.unlike } };
  }

  async #answerTo(
    features: Tensor,
    clip: ClipFacts,
    path: string,
    { other, ...options }: PredictOptions & Pick<AnswerOptions, 'other'>,
  ): Promise<Answer> {
    const seen = { ...features, shape: [1, ...features.shape] };
    if (this.#hasEncoder) {
      return this.#answerOf(await this.#program.run({ frontFeatures: seen }), clip, path, options);
    }
    const { pictures, flow, looks = 2 } = options;
    const run = (inputs: Tensors): Promise<Tensors> => this.#program.run(inputs);
    const { outputs, facts } = await runHead(run, seen, { config: this.config, clip, flow });
    const all = asksForFeatures(this.config) ? { ...outputs, features: seen } : outputs;
    const asked = { ...this.#asked(facts, path, options), other };
    if (!this.looksTwice || looks === 1 || !pictures) return answerOf(all, asked);
    const cut = await pictures();
    const moving = await this.#moving(cut, clip);
    return answerByLooks(all, asked, this.#lookAt(cut, clip), moving);
  }

  /** What moves against the camera `[n,h,w]`, of models that look at it and pictures that bring the frames beside. */
  async #moving({ beside }: Pictures, clip: ClipFacts): Promise<Float32Array | undefined> {
    if (!beside || !localizeOptions(this.config.localize).where.motion) return undefined;
    const part = windowOf(this.config, clip);
    return motionIn(await beside(), { grid: gridOf(this.config), source: clip.info, part });
  }

  /** Squares of the pictures through the backbone. */
  #lookAt(pictures: Pictures, clip: ClipFacts): LookAt {
    const window = windowOf(this.config, clip);
    return async (crops, span) => {
      const shown = picturesIn(pictures, span);
      const squares = cutSquares(shown, crops, this.config.transform.size, window);
      const scale = await this.#extractor!.extract(squares, this.config.actors);
      const seen = { ...scale, shape: [1, ...scale.shape] };
      const { foreground, closeScores } = await this.#close!.get(crops.length)!.run({ scale: seen });
      const scores = closeScores && { closeScores: closeScores.data as Float32Array };
      return { foreground: foreground!.data as Float32Array, ...scores };
    };
  }

  /** Frees the model and its runtime. */
  async close(): Promise<void> {
    await this.#program.release();
    for (const close of this.#close?.values() ?? []) await close.release();
    await this.#extractor?.close();
    await this.#runtime.close();
  }

  #answerOf(outputs: Tensors, clip: ClipFacts, path: string, options: PredictOptions): Answer {
    return answerOf(outputs, this.#asked(clip, path, options));
  }

  #asked(clip: ClipFacts, path: string, { ask }: PredictOptions): AnswerOptions {
    return { config: this.config, identity: this.#identity, clip, path, ask };
  }
}

/** What a second look asks of one scale, at all frames of a clip and, of models that can tell nothing by it, at those of a glance. */
async function closePrograms(config: ModelConfig, runtime: Runtime): Promise<Map<number, Program>> {
  const { frames, actors } = config;
  const programs = new Map<number, Program>();
  for (const count of new Set([frames, ...(actors?.isClose ? [framesOfPart(frames, glanceParts)] : [])])) {
    programs.set(count, await runtime.compile(closeGraph({ ...config, frames: count }).graph));
  }
  return programs;
}
