// A model on a stream that has no end: the features of each frame are computed once and kept for the last `n`, and the
// head answers on those. A frame that comes while one is being computed is dropped, never queued: what is shown is late
// by one frame's work and no more.
import { float32, type Tensor } from '../tensor.js';
import type { Answer } from './answer.js';
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

interface SeenFrame {
  frame: Omit<StreamFrame, 'pixels'>;
  features: Float32Array;
}

/** Follows one stream with one model. */
export class Rolling {
  readonly #model: WebModel;
  readonly #every: number;
  readonly #now: () => number;
  #seen: SeenFrame[] = [];
  #isBusy = false;
  #dropped = 0;
  #count = 0;

  constructor(model: WebModel, { everySeconds = 0, now = () => performance.now() }: RollingOptions = {}) {
    this.#model = model;
    this.#every = everySeconds;
    this.#now = now;
  }

  /** Would a frame of this time be looked at? Ask before pixels are read. A drop for want of time is counted. */
  wants(timeSeconds: number): boolean {
    const last = this.#seen.at(-1)?.frame.timeSeconds;
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
      await this.#look(frame);
      const answer = await this.#model.answer(this.#features(), this.#clip(), 'camera');
      return { ...answer, delaySeconds: (this.#now() - start) / 1000, dropped: this.#dropped };
    } finally {
      this.#isBusy = false;
    }
  }

  async #look({ pixels, ...frame }: StreamFrame): Promise<void> {
    const { width, height } = this.#model.config.transform.size;
    const frames: Tensor = { dtype: 'uint8', shape: [1, height, width, 3], data: pixels };
    const features = (await this.#model.features(frames)).data as Float32Array;
    this.#count++;
    this.#seen = [...this.#seen, { frame, features }].slice(-this.#model.config.frames);
  }

  /** The last `n` frames, oldest first. */
  #window(): SeenFrame[] {
    const missing = this.#model.config.frames - this.#seen.length;
    return [...new Array<SeenFrame>(missing).fill(this.#seen[0]!), ...this.#seen];
  }

  #features(): Tensor {
    const { frames: n, grid } = this.#model.config;
    const one = grid.channels * grid.height * grid.width;
    const data = new Float32Array(n * one);
    this.#window().forEach(({ features }, i) => data.set(features, i * one));
    return float32(data, [n, grid.channels, grid.height, grid.width]);
  }

  #clip(): SampledClip {
    const window = this.#window();
    const times = Float64Array.from(window, ({ frame }) => frame.timeSeconds);
    const { width, height } = window.at(-1)!.frame;
    const span = times.at(-1)! - times[0]!;
    const frameRate = span > 0 ? (this.#seen.length - 1) / span : 0;
    const first = this.#count - window.length;
    return {
      frames: new Uint8Array(),
      times,
      indices: window.map((_, i) => Math.max(0, first + i)),
      info: {
        ...{ path: 'camera', width, height, frames: this.#count, frameRate, durationSeconds: times.at(-1)! },
        ...{ isVariableRate: true, rotation: 0, codec: 'camera', container: 'stream' },
      },
      ...{ damagedFrames: 0, missingFrames: 0, warnings: [] },
    };
  }
}
