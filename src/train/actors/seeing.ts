// What learning who acts needs beside stored features: the frozen network and the frames of clips, opened and decoded when
// something is not in the store yet.
import { openExtractor, type FeatureExtractor } from '../../backbone/index.js';
import type { ClipStore, StoredClip } from '../../data/index.js';
import { openRuntime, type RuntimeOptions } from '../../runtime/index.js';
import { DecodePool } from '../../video/index.js';
import type { TrainListener } from '../events.js';
import { frozenPart, type Frozen } from '../frozen.js';
import type { Recipe } from '../recipe.js';
import type { MosaicSource } from './samples.js';
import type { ScaleRange } from './scaleFeatures.js';
import { centresOf } from './scales.js';
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

/** The backbone and the frames of clips, opened when something is not in the store yet. */
export class Seeing implements AsyncDisposable {
  readonly #source: ActorSource;
  readonly #scale: ScaleRange;
  readonly #pool = new DecodePool();
  readonly #frames = new Map<number, Uint8Array>();
  #opened: { extractor: FeatureExtractor; close: () => Promise<void> } | undefined;

  constructor(source: ActorSource, scale: ScaleRange) {
    this.#source = source;
    this.#scale = scale;
  }

  /** The frozen network. */
  async extractor(): Promise<FeatureExtractor> {
    if (!this.#opened) {
      const { recipe, device, threads } = this.#source;
      const runtime = await openRuntime({ device, threads, spin: false });
      const extractor = await openExtractor(frozenPart(recipe), { runtime });
      this.#opened = {
        extractor,
        close: async () => {
          await extractor.close();
          await runtime.close();
        },
      };
    }
    return this.#opened.extractor;
  }

  /** Frames of a clip as the backbone takes them, uint8 `[n,H,W,3]`; the last few are kept. */
  async framesOf(place: number): Promise<Uint8Array> {
    const known = this.#frames.get(place);
    if (known) return known;
    const { clips, recipe, frozen, signal } = this.#source;
    const sampling = recipe.sampling === 'segment-random' ? 'centred' : recipe.sampling;
    const shape = { frames: recipe.frames, sampling, size: frozen.size, resize: frozen.resize };
    const { frames } = await this.#pool.readClip(clips[place]!.path, { ...shape, signal });
    if (this.#frames.size >= keptClips) this.#frames.delete(this.#frames.keys().next().value!);
    this.#frames.set(place, frames);
    return frames;
  }

  /** What mosaics are made with. */
  async forMosaics(finest: number): Promise<MosaicSource> {
    const { clips, store, recipe, frozen, classes } = this.#source;
    return {
      ...{ clips, store, classes, scale: this.#scale, frames: recipe.frames },
      centres: centresOf(frozen.scales[finest]!, frozen.size),
      framesOf: (place: number) => this.framesOf(place),
      extractor: await this.extractor(),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened?.close();
    await this.#pool.close();
  }
}

/** Decoded clips in memory: mosaics take neighbours in a shuffled order. */
const keptClips = 12;
