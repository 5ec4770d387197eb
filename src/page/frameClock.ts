// Which frame of a played file is on the screen at a time, and when each begins: at a steady rate or a varying one.

/** Begin of each frame in seconds: `frame / frameRate`, or `times[frame]` (ascending) where the rate varies. */
export interface FrameStarts {
  frames: number;
  frameRate: number;
  times?: readonly number[] | null;
}

/** Rounding of times in files: a time this little before a frame is that frame's. */
const SLACK = 1e-3;

/** Converts between frames and seconds; both are held inside the clip. */
export class FrameClock {
  readonly frames: number;
  readonly #rate: number;
  readonly #times: readonly number[] | null;

  constructor({ frames, frameRate, times }: FrameStarts) {
    this.frames = Math.max(1, frames);
    this.#rate = frameRate;
    this.#times = times && times.length > 0 ? times : null;
  }

  /** The frame that is shown at `seconds`. */
  frameAt(seconds: number): number {
    if (!this.#times) return this.#held(Math.floor((seconds + SLACK) * this.#rate));
    let [low, high] = [0, this.#times.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#times[middle]! <= seconds + SLACK) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** When a frame begins. */
  timeOf(frame: number): number {
    const held = this.#held(frame);
    return this.#times ? this.#times[held]! : held / this.#rate;
  }

  /** A time well inside a frame: what to seek to, so that no rounding shows its neighbour. */
  middleOf(frame: number): number {
    const held = this.#held(frame);
    const next = held + 1 < this.frames ? this.timeOf(held + 1) : this.timeOf(held) + 1 / this.#rate;
    return (this.timeOf(held) + next) / 2;
  }

  #held(frame: number): number {
    return Math.min(this.frames - 1, Math.max(0, frame));
  }
}
