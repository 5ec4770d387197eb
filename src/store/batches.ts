// Batches for training and evaluation, read from the store as they are needed: memory holds two batches,
// whatever the number of clips. Every draw depends on seed, epoch and step alone, so a run that goes on
// in the middle of an epoch sees exactly what an unbroken run would have seen.
import type { ChannelRange } from '../backbone/index.js';
import { formatError, usageError, WhereWhenError } from '../errors.js';
import { Random } from '../random.js';
import type { SafetensorsFile } from '../model/index.js';
import { float32, int64, sizeOf, type Tensor, type Tensors } from '../tensor.js';
import { augmentClip, cutClip, scaleClip, type AugmentOptions } from '../video/transform.js';
import { classIndicesOf } from '../dataset/clipClasses.js';
import { pickFeatures, type PlacesOptions, framesStored } from './features/read.js';
import type { StoredClip } from './prepare.js';
import type { ClipStore } from './store.js';

/** What is read of stored clips: a folder in Node, memory in a page. */
export type ClipReader = Pick<ClipStore, 'read' | 'fileOf'>;

/** `N` clips as a graph takes them. */
export interface Batch {
  /** `frames` uint8 `[N,n,H,W,3]`, or `features` float32 `[N,n,C,h,w]` (with places `[N,n,C,1,S]`), or under another name. */
  inputs: Tensors;
  /** int64 `[N]`: the first class of each clip. */
  labels: Tensor;
  /** float32 `[N,K]`, 1 at each class of a clip, where {@link BatchOptions.classes} is given. */
  targets?: Tensor;
  /** The clips; fewer than `N` at the end of an evaluation, whose last batch repeats its last clip. */
  clips: StoredClip[];
}

/** Settings of {@link Batches}. */
export interface BatchOptions {
  store: ClipReader;
  clips: readonly StoredClip[];
  /** Clips a batch, `N`. */
  size: number;
  /** An epoch has a multiple of so many batches, filled up with further draws. */
  multiple?: number;
  /** Frames a clip as the model takes them, `n`. */
  frames: number;
  /** Stored frames for each of those; training draws one of them anew each time, evaluation takes the middle one. */
  oversample?: number;
  seed?: number;
  /** Every class equally often in an epoch, whatever the numbers of clips. */
  isBalanced?: boolean;
  augment?: AugmentOptions;
  /** The size that frames are brought to, where they are kept larger: a random window in training, else the whole picture. */
  window?: { width: number; height: number };
  /** What the store holds of a clip. */
  content?: 'frames' | 'features';
  /** Under which name a batch has it; by default that of the content, or `frontFeatures` for what `encode` makes. */
  inputName?: string;
  /** Turns frames uint8 `[N,n,H,W,3]` of a batch into what the model takes: a frozen front of its backbone. */
  encode?: (frames: Tensor) => Promise<Tensor>;
  /** More inputs of a clip by their names, without the batch axis: what a model takes beside frames or features. */
  beside?: (clip: StoredClip) => Tensors;
  /** Number of classes `K`, where clips have several of them. */
  classes?: number;
  /** Of stored features, the channels that are read; by default all. */
  channels?: ChannelRange;
  /** Of stored features, the places that a training step sees; evaluation sees all. */
  places?: PlacesOptions;
}

/** One clip's frames. */
interface FramesOfClip {
  shape: readonly number[];
  data: Uint8Array;
}

/** Options that have no default. */
type Optional = 'augment' | 'channels' | 'places' | 'window' | 'encode' | 'inputName' | 'classes' | 'beside';

/** The batches of one side of a split. */
export class Batches {
  readonly #options: Required<Omit<BatchOptions, Optional>> & Pick<BatchOptions, Optional>;

  constructor(options: BatchOptions) {
    this.#options = { multiple: 1, oversample: 1, seed: 0, isBalanced: true, content: 'frames', ...options };
    const { clips, size, oversample } = this.#options;
    if (clips.length === 0) throw usage('clips', 'at least one clip', '0');
    if (!(Number.isInteger(size) && size >= 1))
      throw usage('batch', 'a whole number of at least 1', `${size}`);
    if (oversample % 2 !== 1) throw usage('oversample', 'an odd number, which has a middle', `${oversample}`);
  }

  /** Training steps an epoch: every clip once, the last batch filled up with further draws. */
  get steps(): number {
    const { clips, size, multiple } = this.#options;
    return multiple * Math.ceil(clips.length / (size * multiple));
  }

  /** The training batches of an epoch from `fromStep` on; the next one is read while the caller works on this one. */
  async *epoch(epoch: number, fromStep = 0): AsyncGenerator<Batch> {
    const { size, clips } = this.#options;
    const order = epochOrder(this.#options, epoch, this.steps * size);
    yield* prefetched(fromStep, this.steps, (step) => {
      const chosen = order.slice(step * size, (step + 1) * size).map((place) => clips[place]!);
      return this.#read(chosen, (i) => this.#draw(epoch, step, i));
    });
  }

  /** The clips of this side. */
  get clips(): readonly StoredClip[] {
    return this.#options.clips;
  }

  /** Every clip (or these of them) once in order, without augmentation. */
  async *all(clips: readonly StoredClip[] = this.#options.clips): AsyncGenerator<Batch> {
    const { size } = this.#options;
    const count = Math.ceil(clips.length / size);
    yield* prefetched(0, count, (step) => this.#read(clips.slice(step * size, (step + 1) * size)));
  }

  #draw(epoch: number, step: number, place: number): Random {
    return Random.from(this.#options.seed, 'clip', epoch, step, place);
  }

  async #read(chosen: StoredClip[], draw?: (place: number) => Random): Promise<Batch> {
    const { size, content, encode, classes, beside } = this.#options;
    const { inputName = encode ? 'frontFeatures' : content } = this.#options;
    const filled = Array.from({ length: size }, (_, i) => chosen[Math.min(i, chosen.length - 1)]!);
    const labels = int64(filled.map(({ classIndex }) => classIndex));
    const whole =
      content === 'features'
        ? await this.#featuresOf(chosen, draw)
        : await this.#framesTogether(chosen, draw);
    const inputs: Tensors = {
      [inputName]: encode ? await encode(whole) : whole,
      ...(beside && stackedTensors(filled.map(beside))),
    };
    return { inputs, labels, ...(classes && { targets: targetsOf(filled, classes) }), clips: chosen };
  }

  async #framesTogether(chosen: StoredClip[], draw?: (place: number) => Random): Promise<Tensor> {
    const parts = chosen.map((clip, i) => this.#framesOf(clip, draw?.(i)));
    return together(await Promise.all(parts), this.#options.size);
  }

  async #framesOf(clip: StoredClip, random?: Random): Promise<FramesOfClip> {
    const { frames: n, oversample, augment, window } = this.#options;
    const stored = (await this.#stored(clip)).tensors.frames!;
    const [, height, width] = stored.shape;
    const whole = [n, height!, width!, 3] as const;
    const bytes = stored.data as Uint8Array;
    const chosen = oversample === 1 ? bytes : framesAt(bytes, this.#places(random), n * oversample);
    const shape = window ? ([n, window.height, window.width, 3] as const) : whole;
    const data = window
      ? random
        ? cutClip(chosen, whole, window, random)
        : scaleClip(chosen, whole, window)
      : chosen;
    return { shape, data: random && augment ? augmentClip(data, shape, augment, random) : data };
  }

  /** Features of all clips, each written at once where it belongs. */
  async #featuresOf(chosen: StoredClip[], draw?: (place: number) => Random): Promise<Tensor> {
    const { store, channels, places, size } = this.#options;
    let [data, shape] = [new Float32Array(0), [] as readonly number[]];
    const roomOf = (place: number) => (part: readonly number[]) => {
      const each = part.reduce((a, b) => a * b, 1);
      if (data.length === 0) [data, shape] = [new Float32Array(size * each), part];
      return data.subarray(place * each, (place + 1) * each);
    };
    await Promise.all(
      chosen.map(async (clip, i) => {
        const stored = await this.#stored(clip);
        const path = store.fileOf(clip.key);
        const random = draw?.(i);
        const frames = this.#places(random);
        pickFeatures(stored, { path, frames, channels, places, random, room: roomOf(i) });
      }),
    );
    const each = data.length / size;
    for (let i = chosen.length; i < size; i++)
      data.copyWithin(i * each, (chosen.length - 1) * each, chosen.length * each);
    return { dtype: 'float32', shape: [size, ...shape], data };
  }

  /** What is stored of a clip, with the right number of frames. */
  async #stored({ key }: StoredClip): Promise<SafetensorsFile> {
    const { store, frames, oversample, content } = this.#options;
    const file = await store.read(key);
    const isFeatures = content === 'features';
    const count = isFeatures ? framesStored(file, store.fileOf(key)) : (file.tensors.frames?.shape[0] ?? 0);
    if (count === frames * oversample) return file;
    throw formatError(
      store.fileOf(key),
      `${frames * oversample} stored frames`,
      `${count}`,
      'delete the cache folder and run the command again',
    );
  }

  /** One of every `oversample` stored frames: drawn, or the middle one. */
  #places(random?: Random): number[] {
    const { frames, oversample } = this.#options;
    if (oversample === 1 || !random) return middlePlaces(frames, oversample);
    return Array.from({ length: frames }, (_, i) => i * oversample + random.integer(0, oversample));
  }
}

/** The middle one of every `oversample` stored frames, for each of `frames`: what is seen where nothing is drawn. */
export function middlePlaces(frames: number, oversample: number): number[] {
  return Array.from({ length: frames }, (_, i) => i * oversample + (oversample - 1) / 2);
}

/** Float32 tensors of clips, one behind the other along a new first axis. */
function stackedTensors(clips: readonly Tensors[]): Tensors {
  return Object.fromEntries(
    Object.entries(clips[0]!).map(([name, { shape }]) => {
      const each = sizeOf(shape);
      const data = new Float32Array(clips.length * each);
      clips.forEach((one, i) => data.set(one[name]!.data as Float32Array, i * each));
      return [name, float32(data, [clips.length, ...shape])];
    }),
  );
}

/** 1 at each class of each clip, `[N,K]`. */
function targetsOf(clips: readonly StoredClip[], classes: number): Tensor {
  const data = new Float32Array(clips.length * classes);
  clips.forEach((clip, i) => classIndicesOf(clip).forEach((k) => (data[i * classes + k] = 1)));
  return float32(data, [clips.length, classes]);
}

/** Frames of clips of one shape as a batch of `size`; the last one fills it up. */
function together(parts: readonly FramesOfClip[], size: number): Tensor {
  const { shape, data: first } = parts[0]!;
  const each = first.length;
  const data = new Uint8Array(size * each);
  for (let i = 0; i < size; i++) data.set(parts[Math.min(i, parts.length - 1)]!.data, i * each);
  return { dtype: 'uint8', shape: [size, ...shape], data };
}

/** Places of the clips of an epoch in the order in which they are seen, `length` of them. */
function epochOrder({ clips, seed, isBalanced }: BatchOptions, epoch: number, length: number): number[] {
  const random = Random.from(seed!, 'order', epoch);
  const places = clips.map((_, place) => place);
  const pools = isBalanced ? byClass(clips) : [places];
  const perPool = Math.ceil(length / pools.length);
  const drawn = pools.map((pool) => repeatedShuffles(pool, perPool, random));
  // One of each class in turn, so that cutting to `length` takes equally from all but a random few.
  const turns = Array.from({ length: perPool }, (_, i) => random.shuffle(drawn.map((pool) => pool[i]!)));
  return random.shuffle(turns.flat().slice(0, length));
}

function repeatedShuffles(pool: number[], length: number, random: Random): number[] {
  let out: number[] = [];
  while (out.length < length) out = out.concat(random.shuffle(pool)); // a spread of very many is too many arguments
  return out.slice(0, length);
}

function byClass(clips: readonly StoredClip[]): number[][] {
  const pools = new Map<number, number[]>();
  clips.forEach((clip, place) => {
    for (const k of classIndicesOf(clip)) {
      const pool = pools.get(k);
      if (pool) pool.push(place);
      else pools.set(k, [place]);
    }
  });
  return [...pools.values()];
}

/** The stored frames at `places`, of `count` stored ones. */
function framesAt(stored: Uint8Array, places: readonly number[], count: number): Uint8Array {
  const each = stored.length / count;
  const out = new Uint8Array(places.length * each);
  places.forEach((place, i) => out.set(stored.subarray(place * each, (place + 1) * each), i * each));
  return out;
}

/** `read(from) .. read(to - 1)` in order, each started while its predecessor is in use. */
async function* prefetched<T>(
  from: number,
  to: number,
  read: (step: number) => Promise<T>,
): AsyncGenerator<T> {
  const start = (step: number): Promise<T> | undefined => {
    const coming = step < to ? read(step) : undefined;
    coming?.catch(() => undefined); // reported where it is awaited; a caller that stops early never awaits it
    return coming;
  };
  let coming = start(from);
  for (let step = from; step < to; step++) {
    const batch = await coming!;
    coming = start(step + 1);
    yield batch;
  }
}

function usage(option: string, expected: string, received: string): WhereWhenError {
  return usageError(`batches.${option}`, expected, received);
}
