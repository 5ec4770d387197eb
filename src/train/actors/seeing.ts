// What learning who acts needs beside stored features: the frozen network and the frames of clips, opened and decoded when
// something is not in the store yet.
import { openExtractor, type FeatureExtractor } from '../../backbone/index.js';
import type { Pictures } from '../../infer/index.js';
import type { ClipStore, StoredClip } from '../../store/index.js';
import { lookPictures } from '../../store/lookPictures.js';
import { openRuntime, type RuntimeOptions } from '../../runtime/index.js';
import type { Tensor } from '../../tensor.js';
import { DecodePool, type Clip } from '../../video/index.js';
import { batchesOf } from '../data/batchesOf.js';
import type { TrainListener } from '../events.js';
import { frozenPart, type Frozen } from '../data/frozen.js';
import { answeredSampling, type Recipe } from '../recipe/recipe.js';
import type { ScaleRange } from './scaleFeatures.js';
import type { ActorChoices } from './settings.js';

/** What who acts is learnt from. */
export interface ActorSource {
  recipe: Recipe & { actors: ActorChoices };
  clips: readonly StoredClip[];
  store: ClipStore;
  frozen: Frozen;
  classes: number;
  listen: TrainListener;
  signal?: AbortSignal;
  device?: RuntimeOptions['device'];
  threads?: number;
}

/** Every clip's stored features `[n,C,h,w]`, in order: all channels, or some. */
export async function* storedFeatures(
  source: Pick<ActorSource, 'recipe' | 'store' | 'frozen' | 'signal'>,
  clips: readonly StoredClip[],
  channels?: ScaleRange,
): AsyncGenerator<{ clip: StoredClip; features: Tensor }> {
  const { recipe, store, frozen, signal } = source;
  const batches = batchesOf(clips, { recipe, data: { store, frozen } }, { size: 1, channels });
  for await (const { inputs, clips: own } of batches.all()) {
    signal?.throwIfAborted();
    const { data, shape } = inputs.features!;
    yield { clip: own[0]!, features: { dtype: 'float32', shape: shape.slice(1), data } };
  }
}

/** The frozen network and the frames of clips. */
export class Seeing implements AsyncDisposable {
  readonly #source: ActorSource;
  readonly #scale: ScaleRange;
  readonly #pool = new DecodePool();
  readonly #clips = new Map<number, Clip>();
  #opened: { extractor: FeatureExtractor; close: () => Promise<void> } | undefined;

  /** `scale` are the channels that are looked at. */
  constructor(source: ActorSource, scale: ScaleRange) {
    this.#source = source;
    this.#scale = scale;
  }

  /** What the network makes of frames uint8 `[n,H,W,3]`: the channels of the scale, `[n,F,h,w]`. */
  async see(frames: Uint8Array): Promise<Tensor> {
    const { width, height } = this.#source.frozen.size;
    const shape = [frames.length / (width * height * 3), height, width, 3];
    const extractor = await this.#extractor();
    return extractor.extract({ dtype: 'uint8', shape, data: frames }, this.#scale);
  }

  /** Frames of a clip as the backbone takes them, uint8 `[n,H,W,3]`. */
  async framesOf(place: number): Promise<Uint8Array> {
    return (await this.clipOf(place)).frames;
  }

  /** What a second look at a clip cuts from. */
  async picturesOf(place: number): Promise<Pictures> {
    const { clips, frozen, signal } = this.#source;
    const clip = await this.clipOf(place);
    return lookPictures(this.#pool, clips[place]!.path, { config: { transform: frozen }, clip, signal });
  }

  /** A clip with its frames as the backbone takes them; the last few are kept. */
  async clipOf(place: number): Promise<Clip> {
    const known = this.#clips.get(place);
    if (known) return known;
    const { clips, recipe, frozen, signal } = this.#source;
    const { size, resize } = frozen;
    const shape = { frames: recipe.frames, sampling: answeredSampling(recipe), size, resize };
    const clip = await this.#pool.readClip(clips[place]!.path, { ...shape, signal });
    if (this.#clips.size >= keptClips) this.#clips.delete(this.#clips.keys().next().value!);
    this.#clips.set(place, clip);
    return clip;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened?.close();
    await this.#pool.close();
  }

  async #extractor(): Promise<FeatureExtractor> {
    if (this.#opened) return this.#opened.extractor;
    const { recipe, device, threads } = this.#source;
    const runtime = await openRuntime({ device, threads, spin: false });
    const extractor = await openExtractor(frozenPart(recipe), { runtime });
    const close = async (): Promise<void> => {
      await extractor.close();
      await runtime.close();
    };
    this.#opened = { extractor, close };
    return extractor;
  }
}

/** Decoded clips in memory: mosaics take neighbours in a shuffled order. */
const keptClips = 12;
