// What a model says of a stretch of a clip alone: its frames are sampled from there.
import type { Predictor } from '../infer/index.js';
import type { Result } from '../result.js';
import { FlowStore } from '../store/motion/storedFlow.js';
import { DecodePool, openVideo } from '../video/index.js';

/** A stretch, and what reads it. */
export interface AnswerRangeOptions {
  range: { startSeconds: number; endSeconds: number };
  pool: DecodePool;
  signal?: AbortSignal;
}

/** The answer on the frames from `startSeconds` to `endSeconds`. Throws what decoding throws. */
export async function answerRange(
  predictor: Predictor,
  { path, name }: { path: string; name: string },
  { range, pool, signal }: AnswerRangeOptions,
): Promise<Result> {
  const within = await framesWithin(path, range, signal);
  const clip = await pool.readClip(path, { ...predictor.shape, range: within, signal });
  const flows = new FlowStore();
  try {
    const flow = () => flows.flowOf(path, { range: within, signal });
    return (await predictor.predict(clip, name, { flow })).result;
  } finally {
    await flows.close();
  }
}

/** The frames of a stretch: those whose times lie in it, or else the one that is shown at its start. */
export async function framesWithin(
  path: string,
  { startSeconds, endSeconds }: AnswerRangeOptions['range'],
  signal?: AbortSignal,
): Promise<{ start: number; end: number }> {
  const source = await openVideo(path, { signal });
  await source.close();
  const inside = (index: number): boolean =>
    source.times[index]! >= startSeconds - 1e-6 && source.times[index]! <= endSeconds + 1e-6;
  const indices = Array.from(source.times, (_, i) => i).filter(inside);
  const shown = source.times.findLastIndex((time) => time <= startSeconds);
  const start = indices[0] ?? Math.max(0, shown);
  return { start, end: (indices.at(-1) ?? start) + 1 };
}
