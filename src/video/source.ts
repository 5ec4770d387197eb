// Opens a video for reading frame by frame. Opening decodes it once, because the number of frames
// in a header is often wrong and the true times are known only then.
import { usageError } from '../errors.js';
import type { Opening } from './messages.js';
import { sharedThreads, type RunningJob, type VideoThreads } from './threads.js';
import type { Frame, FramesOptions, OpenOptions, Survey, VideoSource } from './types.js';
import { checkMedia } from './unreadable.js';

/** Frames that a thread may decode before the reader asks for them. */
const ahead = 3;

/**
 * Opens a video file, GIF or folder of pictures.
 * Throws a WhereWhenError (`missing`, `input`) when nothing of it can be shown; damage that leaves
 * frames is counted and named in `warnings`.
 */
export async function openVideo(
  path: string,
  options: OpenOptions & { threads?: VideoThreads } = {},
): Promise<VideoSource> {
  checkMedia(path);
  const threads = options.threads ?? sharedThreads();
  const opening = openingOf(path, options);
  const survey = (await threads.run({ kind: 'survey', ...opening }, options.signal)) as Survey;
  return new ThreadedSource(survey, opening, threads);
}

/** The plain facts of how a path is opened. */
export function openingOf(path: string, { decoder = 'auto', frameRate = 25 }: OpenOptions): Opening {
  return { path, decoder, frameRate };
}

class ThreadedSource implements VideoSource {
  readonly info;
  readonly times;
  readonly damagedFrames;
  readonly missingFrames;
  readonly warnings;
  readonly #running = new Set<RunningJob>();

  constructor(
    survey: Survey,
    readonly opening: Opening,
    readonly threads: VideoThreads,
  ) {
    ({
      info: this.info,
      times: this.times,
      damagedFrames: this.damagedFrames,
      missingFrames: this.missingFrames,
      warnings: this.warnings,
    } = survey);
  }

  async *frames({ size, resize = 'stretch', indices, signal }: FramesOptions = {}): AsyncGenerator<Frame> {
    signal?.throwIfAborted();
    this.#check(indices);
    const arrived: Frame[] = [];
    let [wake, isOver]: [() => void, boolean] = [() => undefined, false];
    const job = this.threads.stream({ kind: 'frames', ...this.opening, size, resize, indices }, (frame) => {
      arrived.push(frame!);
      wake();
    });
    const end = (): void => {
      isOver = true;
      wake();
    };
    void job.done.then(end, end);
    const stop = (): void => job.cancel(signal!.reason);
    signal?.addEventListener('abort', stop, { once: true });
    this.#running.add(job);
    job.send({ credits: ahead });
    try {
      for (;;) {
        if (arrived.length === 0 && !isOver) await new Promise<void>((resolve) => (wake = resolve));
        signal?.throwIfAborted();
        const frame = arrived.shift();
        if (!frame && isOver) break;
        if (!frame) continue;
        yield frame;
        job.send({ credits: 1 });
      }
      await job.done;
    } finally {
      if (!isOver) job.cancel();
      signal?.removeEventListener('abort', stop);
      this.#running.delete(job);
    }
  }

  #check(indices: readonly number[] = []): void {
    const { path, frames } = this.info;
    const beyond = indices.find((index) => !(Number.isInteger(index) && index >= 0 && index < frames));
    if (beyond === undefined) return;
    const expected = `frames asked for must lie in 0 .. ${frames - 1}`;
    throw usageError(path, expected, `${beyond}`);
  }

  async close(): Promise<void> {
    for (const job of this.#running) job.cancel();
  }
}
