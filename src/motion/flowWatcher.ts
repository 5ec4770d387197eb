// Which pairs of a video's neighbouring frames are looked at, and the flow of each as its pictures come in. Whoever reads
// the pictures, and where, brings them one after another; memory holds two of them, and 9.6 kB a pair.
import { FlowRecorder, type ClipFlow } from './clipFlow.js';
import { isCut } from './cuts.js';
import { DenseFlow } from './flow.js';
import { GREY_SIZE } from './grey.js';
import type { Extent } from './pyramid.js';

/** More neighbouring pairs than this are not looked at. */
export const MOST_PAIRS = 600;

/** Which part of a video is watched. */
export interface WatchOptions {
  /** Only frames `start` .. `end - 1`; by default all. */
  range?: { start: number; end: number };
  /** Of more pairs than this, the middle one of each of so many equal parts is taken. */
  mostPairs?: number;
}

/** Watches one video. */
export class FlowWatcher {
  /** Frames whose pictures are needed, rising. */
  readonly indices: readonly number[];
  /** Neighbouring pairs that the part has. */
  readonly pairs: number;
  readonly #times: ArrayLike<number>;
  readonly #firsts: ReadonlySet<number>;
  readonly #dense = new DenseFlow(GREY_SIZE);
  readonly #recorder: FlowRecorder;
  #last = -1;

  /** `picture` is the size that boxes are in; `times` are the seconds of all frames of the video. */
  constructor(
    picture: Extent,
    times: ArrayLike<number>,
    { range, mostPairs = MOST_PAIRS }: WatchOptions = {},
  ) {
    const start = range?.start ?? 0;
    this.pairs = Math.min(range?.end ?? times.length, times.length) - start - 1;
    const firsts = pairStarts(this.pairs, mostPairs).map((first) => start + first);
    this.indices = [...new Set(firsts.flatMap((first) => [first, first + 1]))];
    this.#times = times;
    this.#firsts = new Set(firsts);
    const { width, height } = GREY_SIZE;
    this.#recorder = new FlowRecorder(picture, { width: width >> 1, height: height >> 1 });
  }

  /** The grey picture of one of the frames that are needed, in their order, of the size {@link GREY_SIZE}. */
  add(index: number, grey: Uint8Array): void {
    if (index !== this.#last + 1) this.#dense.restart();
    const first = (this.#last = index) - 1;
    const flow = this.#dense.next(grey);
    if (!flow || !this.#firsts.has(first)) return;
    const [startSeconds, endSeconds] = [this.#times[first]!, this.#times[index]!];
    this.#recorder.add(flow, { frame: first, startSeconds, endSeconds, isCut: isCut(this.#dense.fit()) });
  }

  /** The flow of all pairs. */
  finish(): ClipFlow {
    return this.#recorder.finish();
  }
}

/** First frames of the pairs that are looked at, of `total` pairs. */
function pairStarts(total: number, most: number): number[] {
  const count = Math.min(Math.max(0, total), most);
  return Array.from({ length: count }, (_, i) => (total > most ? Math.floor(((i + 0.5) * total) / most) : i));
}
