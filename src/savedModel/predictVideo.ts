// A video file in windows: which frames are looked at, and the reading of them.
import { predictWindows, type WindowPredictor } from '../infer/windows.js';
import type { Predictor, PredictOptions } from '../infer/index.js';
import type { Result } from '../result.js';
import { openVideo } from '../video/index.js';
import { FlowStore } from '../store/motion/storedFlow.js';

/** How a long video is looked at. */
export interface PredictVideoOptions {
  /** Seconds that a window of the model's `n` frames spans: a frame is looked at every `windowSeconds / n`. */
  windowSeconds: number;
  /** Classes whose actors are asked for, and how often the network looks. */
  predict?: Pick<PredictOptions, 'ask' | 'looks'>;
  signal?: AbortSignal;
  onProgress?: (done: number, total: number) => void;
}

/** Answers for a video of any length in bounded memory. Throws what opening the video throws. */
export async function predictVideo(
  predictor: Predictor,
  path: string,
  { windowSeconds, predict, signal, onProgress }: PredictVideoOptions,
): Promise<Result> {
  const { frames: n, size, resize } = predictor.shape;
  const source = await openVideo(path, { signal });
  const indices = everySoOften(source.times, windowSeconds / n);
  const flows = new FlowStore();
  try {
    const asking: WindowPredictor = {
      config: predictor.config,
      predict: (clip, name) =>
        predictor.predict(clip, name, {
          ...predict,
          flow: () => flows.flowAround(path, clip.indices, { signal }),
        }),
    };
    return await predictWindows(asking, { ...factsOf(source), frames: counted() }, path);
  } finally {
    await source.close();
    await flows.close();
  }

  async function* counted() {
    let done = 0;
    for await (const frame of source.frames({ size, resize, indices, signal })) {
      yield frame;
      onProgress?.(++done, indices.length);
    }
  }
}

function factsOf({ info, damagedFrames, missingFrames, warnings }: Awaited<ReturnType<typeof openVideo>>) {
  return { info, damagedFrames, missingFrames, warnings };
}

/** The first frame at or after each multiple of `spacing` seconds, each once. */
export function everySoOften(times: ArrayLike<number>, spacing: number): number[] {
  const chosen: number[] = [];
  let next = -Infinity;
  for (let i = 0; i < times.length; i++) {
    if (times[i]! < next - 1e-6) continue;
    chosen.push(i);
    next = (Math.floor(times[i]! / spacing + 1e-6) + 1) * spacing;
  }
  return chosen;
}
