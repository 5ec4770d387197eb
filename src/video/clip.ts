// A clip: a fixed number of pictures of one size out of a video, the unit that a model is fed with.
import { usageError } from '../errors.js';
import type { Random } from '../random.js';
import type { Choice, Sampled, SampleRequest } from './sampled.js';
import { openingOf } from './source.js';
import { sharedThreads, VideoThreads } from './threads.js';
import type { OpenOptions, Resize, Size, VideoInfo } from './types.js';
import { checkMedia } from './unreadable.js';

/** How frames stand for the whole; see `uniformIndices`, `evenIndices`, `centredIndices`, `segmentRandomIndices`. */
export type Sampling = 'uniform' | 'even' | 'centred' | 'segment-random';

/** What to read of a video. */
export interface ClipOptions extends OpenOptions {
  /** How many frames, or which ones. */
  frames: number | readonly number[];
  /** Default `uniform`; without meaning when the frames are named. */
  sampling?: Sampling;
  /** Needed by `segment-random`: `frames` draws a clip, whatever its length. */
  random?: Random;
  /** Default: the size of the video. */
  size?: Size;
  /** Default `stretch`. */
  resize?: Resize;
  /** Sample only frames `start` .. `end - 1`. */
  range?: { start: number; end: number };
}

/** Sampled pictures and what is known of the video that they are from. */
export interface Clip {
  path: string;
  /** `[n, height, width, 3]` RGB. */
  frames: Uint8Array;
  shape: [frames: number, height: number, width: number, channels: 3];
  /** Seconds, one a sampled frame. */
  times: Float64Array;
  /** Places in decoded order, one a sampled frame. */
  indices: number[];
  info: VideoInfo;
  /** In the whole video. */
  damagedFrames: number;
  missingFrames: number;
  warnings: string[];
}

/** A clip, or why there is none. */
export type ClipOutcome = { path: string; clip: Clip } | { path: string; error: unknown };

/** Decodes clips side by side on `threads` threads, one clip a thread; memory is a few clips of small pictures. */
export class DecodePool {
  readonly threads: VideoThreads;

  constructor({ threads }: { threads?: number | VideoThreads } = {}) {
    this.threads = threads instanceof VideoThreads ? threads : new VideoThreads(threads);
  }

  /** Reads one clip. Throws a WhereWhenError when nothing of the video decodes. */
  async readClip(path: string, options: ClipOptions): Promise<Clip> {
    const request = requestOf(options); // draws first, so that a broken file takes as many draws as a good one
    checkMedia(path);
    const task = { kind: 'sample', ...openingOf(path, options), request } as const;
    return clipOf(path, (await this.threads.run(task, options.signal)) as Sampled);
  }

  /**
   * Reads many clips in the order asked for, up to `ahead` of the reader. A clip that cannot be
   * read is handed out as its error, and the rest go on; only an abort ends the run.
   */
  async *readClips(
    wanted: Iterable<{ path: string; options: ClipOptions }>,
    { ahead = 2 * this.threads.size, signal }: { ahead?: number; signal?: AbortSignal } = {},
  ): AsyncGenerator<ClipOutcome> {
    const local = new AbortController();
    const merged = signal ? AbortSignal.any([signal, local.signal]) : local.signal;
    const pending: Promise<ClipOutcome>[] = [];
    const next = wanted[Symbol.iterator]();
    const fill = (): void => {
      while (pending.length < Math.max(1, ahead)) {
        const item = next.next();
        if (item.done) return;
        pending.push(this.#outcome(item.value.path, { ...item.value.options, signal: merged }));
      }
    };
    try {
      for (fill(); pending.length > 0; fill()) {
        const outcome = await pending.shift()!;
        signal?.throwIfAborted();
        yield outcome;
      }
    } finally {
      local.abort();
    }
  }

  async #outcome(path: string, options: ClipOptions): Promise<ClipOutcome> {
    try {
      return { path, clip: await this.readClip(path, options) };
    } catch (error) {
      return { path, error };
    }
  }

  /** Ends the threads. */
  close(): Promise<void> {
    return this.threads.close();
  }
}

let shared: DecodePool | undefined;

/** Reads one clip on the threads of this process. Throws a WhereWhenError when nothing of the video decodes. */
export function readClip(path: string, options: ClipOptions): Promise<Clip> {
  shared ??= new DecodePool({ threads: sharedThreads() });
  return shared.readClip(path, options);
}

function requestOf({
  frames,
  sampling = 'uniform',
  random,
  size,
  resize = 'stretch',
  range,
}: ClipOptions): SampleRequest {
  const count = typeof frames === 'number' ? frames : frames.length;
  whole('clip.frames', count);
  if (size) {
    whole('clip.size.width', size.width);
    whole('clip.size.height', size.height);
  }
  return { choice: choiceOf(frames, sampling, random), size, resize, range };
}

function choiceOf(frames: number | readonly number[], sampling: Sampling, random?: Random): Choice {
  if (typeof frames !== 'number') return { rule: 'given', indices: [...frames] };
  if (sampling === 'uniform' || sampling === 'even') return { rule: sampling, frames };
  if (sampling === 'centred') return { rule: 'parts', places: new Array<number>(frames).fill(0.5) };
  if (sampling !== 'segment-random' || !random)
    throw usageError(
      'clip.sampling',
      'uniform, even, centred, or segment-random with a random',
      random ? `${sampling as string}` : `${sampling} without a random`,
    );
  return { rule: 'parts', places: Array.from({ length: frames }, () => random.uniform()) };
}

function whole(path: string, value: number): void {
  if (Number.isInteger(value) && value >= 1) return;
  throw usageError(path, 'a whole number of at least 1', `${value}`);
}

function clipOf(path: string, { frames, size, indices, survey, warnings }: Sampled): Clip {
  const { info, times, damagedFrames, missingFrames } = survey;
  return {
    path,
    frames,
    shape: [indices.length, size.height, size.width, 3],
    times: Float64Array.from(indices, (index) => times[index]!),
    indices,
    info,
    damagedFrames,
    missingFrames,
    warnings,
  };
}
