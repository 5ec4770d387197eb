// What a teacher remembers of takes: their features decoded and laid on the finest scale, while there is room for it, and the
// sums that a lesson starts from. All of it is made once a take, when it was seen, and not when everybody waits for the lesson.
import type { SafetensorsFile } from '../model/index.js';
import { allFeatures } from '../store/features/read.js';
import type { Tensor, Tensors } from '../tensor.js';
import { DirectionSums } from '../train/actors/direction.js';
import { finestOf, rangesOf } from '../train/actors/scales.js';
import type { Frozen } from '../train/data/frozen.js';
import { sumsOf, type ClipSums } from '../train/start/clipSums.js';
import { storeLayout } from './layout.js';

/** Bytes of features that are kept as numbers: a dozen takes of 16 frames on two scales. */
const stackedBytes = 2 ** 28;

/** What is remembered of one take. */
interface Remembered {
  whole?: Tensor;
  sums?: ClipSums;
  direction?: DirectionSums;
}

/** What was made of features `TeachTake.features`, by the very object that they are. */
export class TakeMemory {
  readonly #frozen: Pick<Frozen, 'scales' | 'backbone'>;
  readonly #layout: string;
  readonly #known = new Map<Tensors, Remembered>();
  #room = stackedBytes;

  constructor(frozen: Pick<Frozen, 'scales' | 'backbone'>) {
    this.#frozen = frozen;
    this.#layout = storeLayout(frozen);
  }

  /** A take as a store reads it: decoded where there is room to keep it, else as it is. */
  fileOf(features: Tensors): SafetensorsFile {
    const whole = this.#of(features).whole ?? (this.#isRoomFor(features) ? this.whole(features) : undefined);
    return whole
      ? { tensors: { features: whole }, metadata: {} }
      : { tensors: features, metadata: { layout: this.#layout } };
  }

  /** Features float32 `[n,C,h,w]`, kept where there is room. */
  whole(features: Tensors): Tensor {
    const own = this.#of(features);
    if (own.whole) return own.whole;
    const whole = allFeatures({ tensors: features, metadata: { layout: this.#layout } }, 'take');
    const bytes = whole.data.byteLength;
    if (bytes > this.#room) return whole;
    this.#room -= bytes;
    return (own.whole = whole);
  }

  /** Their sums per channel. */
  sums(features: Tensors): ClipSums {
    const own = this.#of(features);
    if (own.sums) return own.sums;
    const { data, shape } = this.whole(features);
    return (own.sums = sumsOf({ data, shape: [1, ...shape] }));
  }

  /** What they say of the foreground direction. */
  direction(features: Tensors): DirectionSums {
    const own = this.#of(features);
    if (own.direction) return own.direction;
    const sums = this.noDirection();
    sums.add(this.whole(features));
    return (own.direction = sums);
  }

  /** What no take says. */
  noDirection(): DirectionSums {
    const { scales } = this.#frozen;
    const ranges = rangesOf(scales);
    return new DirectionSums(ranges, ranges[finestOf(scales)]!);
  }

  /** Makes of a take what a lesson asks of it. */
  look(features: Tensors): void {
    this.sums(features);
    this.direction(features);
  }

  /** Forgets all but these, and of those that are only `asked` what takes room. */
  keepOnly(learnt: ReadonlySet<Tensors>, asked: ReadonlySet<Tensors> = new Set()): void {
    for (const [features, own] of this.#known) {
      if (learnt.has(features)) continue;
      this.#room += own.whole?.data.byteLength ?? 0;
      own.whole = undefined;
      if (!asked.has(features)) this.#known.delete(features);
    }
  }

  #isRoomFor(features: Tensors): boolean {
    const { scales } = this.#frozen;
    const cells = Math.max(...scales.map(({ height, width }) => height * width));
    const channels = scales.reduce((sum, one) => sum + one.channels, 0);
    const frames = features['features.0']?.shape[0] ?? 0;
    return 4 * frames * channels * cells <= this.#room;
  }

  #of(features: Tensors): Remembered {
    let own = this.#known.get(features);
    if (!own) this.#known.set(features, (own = {}));
    return own;
  }
}
