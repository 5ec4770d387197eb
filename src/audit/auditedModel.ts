// A model opened for an audit: its answers, its features, and what it answers when parts of them are taken away.
// Backbone and head run apart, so that each clip goes through the backbone once, whatever is asked of the head.
import { FlowStore } from '../store/motion/storedFlow.js';
import { modelParameters } from '../savedModel/modelFolder.js';
import { openBackbone } from '../savedModel/openModel.js';
import { readModelFolder, type ModelFolder } from '../savedModel/index.js';
import type { FeatureExtractor } from '../backbone/index.js';
import { answerOf, identityOf } from '../infer/answer.js';
import { runHead } from '../infer/runHead.js';
import type { Answer } from '../infer/index.js';
import { actorInputs } from '../model/attention/onActor.js';
import { evaluationGraph } from '../model/programs.js';
import { inferenceGraph, initialise, type LossSettings, type ModelConfig } from '../model/index.js';
import { occlusionGraph } from '../model/occlusion.js';
import { withGeometry } from '../model/cells.js';
import { Random } from '../random.js';
import { openRuntime, type Program, type Runtime, type RuntimeOptions } from '../runtime/index.js';
import { float32, int64, type Tensor, type Tensors } from '../tensor.js';
import type { Clip } from '../video/index.js';
import { type ClipStore } from '../store/index.js';
import { cacheBeside, modelStore, storedOf } from '../savedModel/storedBeside.js';

/** How a model is opened. */
export interface AuditedModelOptions extends RuntimeOptions {
  backboneFile?: string;
  /** Of the redrawn weights. */
  seed: number;
  /** The loss terms to compute, by the model's config. */
  losses: (config: ModelConfig) => LossSettings;
}

/** A clip as the audit looks at it: the answer, all outputs behind it, and the features `[1,n,C,h,w]` that gave them. */
export interface SeenClip {
  answer: Answer;
  outputs: Tensors;
  features: Tensor;
  /** What the head was fed beside features. */
  feeds: Tensors;
}

/** Most bytes of features that one run takes away from, in all its variants. */
const variantBytes = 48e6;

/** A model, and the same with weights drawn anew. */
export class AuditedModel {
  readonly config: ModelConfig;
  readonly id: string;
  /** Variants that one run answers. */
  readonly #variants: number;
  readonly #opened: readonly [model: OpenedHead, head: OpenedHead, whole?: OpenedHead];
  readonly #occlusion: Program;
  readonly #flows = new FlowStore();
  /** Features that the training left in the model's folder. */
  readonly #store: ClipStore | undefined;

  private constructor(
    { config, id }: ModelFolder,
    variants: number,
    opened: readonly [OpenedHead, OpenedHead, OpenedHead?],
    { occlusion, cache }: { occlusion: Program; cache: string | undefined },
  ) {
    this.config = config;
    this.id = id;
    this.#variants = variants;
    this.#opened = opened;
    this.#occlusion = occlusion;
    const isBeside = cache !== undefined && config.backbone.isFrozen === true;
    this.#store = isBeside ? modelStore(cache, this) : undefined;
  }

  /** Opens a model folder; throws what `readModelFolder` and `openBackbone` throw. */
  static async open(folder: string, options: AuditedModelOptions): Promise<AuditedModel> {
    const read = await readModelFolder(folder);
    const { backboneFile: file, seed } = options;
    const config: ModelConfig = { ...read.config, backbone: { ...read.config.backbone, isFrozen: true } };
    const losses = options.losses(read.config);
    const variants = variantsOf(config);
    const drawn = {
      head: initialise(inferenceGraph({ config, clips: 1 }).parameters, Random.from(seed, 'audit', 'head')),
      whole: initialise(modelParameters(read.config), Random.from(seed, 'audit', 'whole')),
    };
    const opened: OpenedHead[] = [];
    const openOne = async (tensors: Tensors, hasBackbone: boolean): Promise<void> => {
      const backbone = (runtime: Runtime) =>
        openBackbone({ config: read.config, tensors }, { runtime, file });
      opened.push(
        await OpenedHead.open({ config, tensors, losses }, options, hasBackbone ? backbone : undefined),
      );
    };
    try {
      await openOne(read.tensors, true);
      await openOne(drawn.head, false);
      if (!read.config.backbone.isFrozen) await openOne(drawn.whole, true);
      const { graph } = occlusionGraph({ config, variants });
      const occlusion = await opened[0]!.runtime.compile(graph);
      const told = withGeometry(read.config, opened[0]!.scales);
      const all = opened as [OpenedHead, OpenedHead, OpenedHead?];
      const cache = await cacheBeside(folder);
      return new AuditedModel({ ...read, config: told }, variants, all, { occlusion, cache });
    } catch (error) {
      for (const one of opened) await one.close();
      throw error;
    }
  }

  /** How clips must be sampled and scaled. */
  get shape() {
    const { frames, sampling, transform } = this.config;
    return { frames, sampling, size: transform.size, resize: transform.resize } as const;
  }

  /** What the model says of a clip with this label, and what is behind it. */
  async see(clip: Clip, label: number): Promise<SeenClip> {
    const stored = this.#store && (await storedOf(this.#store, clip.path))?.features;
    const features = stored
      ? { ...stored, shape: [1, ...stored.shape] }
      : await this.#opened[0].features(clip, this.config.grid);
    const run = (inputs: Tensors): Promise<Tensors> => this.#opened[0].run(inputs, label);
    const flow = () => this.#flows.flowOf(clip.path);
    const { outputs, feeds } = await runHead(run, features, { config: this.config, clip, flow });
    return { answer: this.#read({ ...outputs, features }, clip), outputs, features, feeds };
  }

  /** What a head drawn anew says of the same features, and, where the backbone is a part of the model, all drawn anew. */
  async redrawn(
    clip: Clip,
    label: number,
    { features, feeds }: Pick<SeenClip, 'features' | 'feeds'>,
  ): Promise<{ head: Answer; whole: Answer | undefined }> {
    const [, head, whole] = this.#opened;
    const others = await whole?.features(clip, this.config.grid);
    return {
      head: this.#read({ ...(await head.run({ features, ...feeds }, label)), features }, clip),
      whole:
        others && this.#read({ ...(await whole!.run({ features: others }, label)), features: others }, clip),
    };
  }

  /**
   * Of a head that looks at the actor, the probabilities `[K]` without knowing how that actor moves, and with the whole
   * picture in the actor's place; neither for another head.
   */
  async withoutActor({
    features,
    feeds,
  }: Pick<SeenClip, 'features' | 'feeds'>): Promise<{ motion?: Float32Array; place?: Float32Array }> {
    const { [actorInputs.motion]: motion, [actorInputs.shares]: shares } = feeds;
    const answered = async (change: Tensors): Promise<Float32Array> => {
      const { probabilities } = await this.#opened[0].run({ features, ...feeds, ...change }, 0);
      return probabilities!.data as Float32Array;
    };
    const filled = ({ shape, data }: Tensor, value: number): Tensor =>
      float32(new Float32Array(data.length).fill(value), shape);
    return {
      ...(motion && { motion: await answered({ [actorInputs.motion]: filled(motion, 0) }) }),
      ...(shares && {
        place: await answered({ [actorInputs.shares]: filled(shares, 1 / shares.data.length) }),
      }),
    };
  }

  #read(outputs: Tensors, clip: Clip): Answer {
    const { config, id } = this;
    return answerOf(outputs, { config, identity: identityOf(config, id), clip, path: clip.path });
  }

  /** Probabilities `[K]` for each variant: where its `keep [n,h,w]` is 0, the clip's mean feature stands. */
  async without(
    { features, feeds }: Pick<SeenClip, 'features' | 'feeds'>,
    keeps: readonly Float32Array[],
  ): Promise<Float32Array[]> {
    const { frames: n, grid, classes } = this.config;
    const places = n * grid.height * grid.width;
    const fill = meanFeature(features);
    const beside = Object.fromEntries(
      Object.entries(feeds).map(([name, one]) => [name, repeated(one, this.#variants)]),
    );
    const out: Float32Array[] = [];
    for (let start = 0; start < keeps.length; start += this.#variants) {
      const some = keeps.slice(start, start + this.#variants);
      const keep = new Float32Array(this.#variants * places);
      some.forEach((one, i) => keep.set(one, i * places));
      const { probabilities } = await this.#occlusion.run({
        ...{ features, fill, ...beside },
        keep: float32(keep, [this.#variants, n, grid.height, grid.width]),
      });
      const K = classes.length;
      const rows = probabilities!.data as Float32Array;
      some.forEach((_, i) => out.push(rows.slice(i * K, (i + 1) * K)));
    }
    return out;
  }

  /** Frees everything. */
  async close(): Promise<void> {
    await this.#occlusion.release();
    await this.#flows.close();
    for (const one of this.#opened) await one?.close();
  }
}

function variantsOf({ frames, grid }: ModelConfig): number {
  const bytes = 4 * frames * grid.channels * grid.height * grid.width;
  return Math.max(1, Math.min(16, Math.floor(variantBytes / bytes)));
}

/** A head on a runtime of its own, and the backbone before it where it has one. */
class OpenedHead {
  readonly runtime: Runtime;
  readonly #backbone: FeatureExtractor | undefined;
  readonly #head: Program;

  private constructor(runtime: Runtime, backbone: FeatureExtractor | undefined, head: Program) {
    this.runtime = runtime;
    this.#backbone = backbone;
    this.#head = head;
  }

  /** Without `backbone` its features must be given at each run. */
  static async open(
    { config, tensors, losses }: { config: ModelConfig; tensors: Tensors; losses: LossSettings },
    { device, threads }: RuntimeOptions,
    backbone?: (runtime: Runtime) => Promise<FeatureExtractor>,
  ): Promise<OpenedHead> {
    const runtime = await openRuntime({ device, threads, spin: false });
    try {
      const { graph, parameters } = evaluationGraph({ config, clips: 1, losses });
      await runtime.write(Object.fromEntries(parameters.map(({ name }) => [name, tensors[name]!])));
      return new OpenedHead(runtime, await backbone?.(runtime), await runtime.compile(graph));
    } catch (error) {
      await runtime.close();
      throw error;
    }
  }

  /** The grids of its backbone. */
  get scales(): FeatureExtractor['scales'] {
    return this.#backbone?.scales ?? [];
  }

  /** The features `[1,n,C,h,w]` of a clip. */
  async features({ frames, shape }: Clip, { channels, height, width }: ModelConfig['grid']): Promise<Tensor> {
    const seen = await this.#backbone!.extract({ dtype: 'uint8', shape, data: frames });
    return { ...seen, shape: [1, shape[0], channels, height, width] };
  }

  /** Everything that the head says of its inputs, with every loss term. */
  async run(inputs: Tensors, label: number): Promise<Tensors> {
    return this.#head.run({ ...inputs, labels: int64([label]) });
  }

  async close(): Promise<void> {
    await this.#head.release();
    await this.#backbone?.close();
    await this.runtime.close();
  }
}

/** A tensor `[1,...]` as `[count,...]`. */
function repeated({ data, shape }: Tensor, count: number): Tensor {
  const all = new Float32Array(count * data.length);
  for (let i = 0; i < count; i++) all.set(data as Float32Array, i * data.length);
  return float32(all, [count, ...shape.slice(1)]);
}

/** The mean over all places and frames, `[C]`. */
export function meanFeature({ data, shape }: Tensor): Tensor {
  const [, n, C, h, w] = shape as [number, number, number, number, number];
  const mean = new Float32Array(C);
  const P = h * w;
  for (let row = 0; row < n * C; row++) {
    let sum = 0;
    for (let p = row * P; p < (row + 1) * P; p++) sum += data[p] as number;
    mean[row % C]! += sum / (n * P);
  }
  return float32(mean, [C]);
}
