// A model on a stream that has no end: each frame goes through the network once, and the head answers on the last `n`
// (streamHead.ts). A frame that comes while one is being computed is dropped, never queued: what is shown is late
// by one frame's work and no more.
import type { Tensor } from '../tensor.js';
import type { Answer } from './answer.js';
import type { StreamHead } from './streamHead.js';
import type { SampledClip } from './toResult.js';
import type { WebModel } from './webModel.js';

/** One picture of the stream, already scaled as the model wants it. */
export interface StreamFrame {
  timeSeconds: number;
  /** uint8 `[H,W,3]`, red first, of the size that `config.transform` says. */
  pixels: Uint8Array;
  /** Of the picture before it was scaled: boxes are in its pixels. */
  width: number;
  height: number;
}

/** How the stream is followed. */
export interface RollingOptions {
  /** Time between frames that are looked at, in seconds; frames between are not asked for. Default 0: every frame. */
  everySeconds?: number;
  /** A clock in milliseconds, for the delay. */
  now?: () => number;
}

/** An answer on the last `n` frames. */
export interface RollingAnswer extends Answer {
  /** From the offer of the newest frame to the answer, in seconds. */
  delaySeconds: number;
  /** Frames that were offered and not looked at since the start, because another was being computed. */
  dropped: number;
}

/** What is kept of a frame here. */
type SeenFrame = Omit<StreamFrame, 'pixels'>;

/** Follows one stream with one model. */
export class Rolling {
  readonly #model: WebModel;
  readonly #every: number;
  readonly #now: () => number;
  readonly #head: StreamHead;
  #seen: readonly SeenFrame[] = [];
  #isBusy = false;
  #dropped = 0;
  #count = 0;

  constructor(model: WebModel, { everySeconds = 0, now = () => performance.now() }: RollingOptions = {}) {
    this.#model = model;
    this.#head = model.stream();
    this.#every = everySeconds;
    this.#now = now;
  }

  /** Would a frame of this time be looked at? Ask before pixels are read. A drop for want of time is counted. */
  wants(timeSeconds: number): boolean {
    const last = this.#seen.at(-1)?.timeSeconds;
    if (last !== undefined && timeSeconds < last + this.#every - 1e-6) return false;
    if (this.#isBusy) this.#dropped++;
    return !this.#isBusy;
  }

  /** The answer with this frame as the newest; undefined where it was not wanted. Until `n` were seen the first is repeated. */
  async offer(frame: StreamFrame): Promise<RollingAnswer | undefined> {
    if (!this.wants(frame.timeSeconds)) return undefined;
    const start = this.#now();
    this.#isBusy = true;
    try {
      const features = await this.#model.features(this.#tensorOf(frame));
      const { timeSeconds, width, height } = frame;
      const seen = [...this.#seen, { timeSeconds, width, height }].slice(-this.#model.config.frames);
      const answer = await this.#head.answer(features, this.#clip(seen), 'camera');
      this.#seen = seen; // a frame that failed is none
      this.#count++;
      return { ...answer, delaySeconds: (this.#now() - start) / 1000, dropped: this.#dropped };
    } finally {
      this.#isBusy = false;
    }
  }

  #tensorOf({ pixels }: StreamFrame): Tensor {
    const { width, height } = this.#model.config.transform.size;
    return { dtype: 'uint8', shape: [1, height, width, 3], data: pixels };
  }

  /** The last `n` frames, oldest first; the first is repeated until there are as many. */
  #clip(seen: readonly SeenFrame[]): SampledClip {
    const missing = this.#model.config.frames - seen.length;
    const window = [...new Array<SeenFrame>(missing).fill(seen[0]!), ...seen];
    const frames = this.#count + 1; // with this one
    const times = Float64Array.from(window, ({ timeSeconds }) => timeSeconds);
    const { width, height } = window.at(-1)!;
    const span = times.at(-1)! - times[0]!;
    const frameRate = span > 0 ? (seen.length - 1) / span : 0;
    const first = frames - window.length;
    return {
      frames: new Uint8Array(),
      times,
      indices: window.map((_, i) => Math.max(0, first + i)),
      info: {
        ...{ path: 'camera', width, height, frames, frameRate, durationSeconds: times.at(-1)! },
        ...{ isVariableRate: true, rotation: 0, codec: 'camera', container: 'stream' },
      },
      ...{ damagedFrames: 0, missingFrames: 0, warnings: [] },
    };
  }
}
