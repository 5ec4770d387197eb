// A model on untrimmed videos: its segments as detections, and its weights on clips cut around true instances.
import { inputError, WhereWhenError } from '../../errors.js';
import { AMBIGUOUS } from '../../metrics/thumos14.js';
import { groupBy } from '../../metrics/detection.js';
import { thumosScriptTimes, type ThumosScriptClip } from '../../metrics/thumosScript.js';
import type { TemporalDetection, TrueSegment } from '../../metrics/index.js';
import type { Predictor } from '../../infer/index.js';
import { DecodePool, openVideo } from '../../video/index.js';
import type { Result } from '../../result.js';
import { answerClips, type AnswerClipsOptions, predictVideo } from '../../savedModel/index.js';
import { FlowStore } from '../../store/motion/storedFlow.js';
import { isOfClip } from '../../store/prepare.js';

/** Where features are kept, and who wants to know how far it is and of what was left out. */
export interface Watcher extends Pick<AnswerClipsOptions, 'cache'> {
  /** Look at a video in half-overlapping windows of so many seconds; without it its sampled frames are spread over it. */
  windowSeconds?: number;
  onProgress?: (done: number, total: number) => void;
  onBroken?: (error: WhereWhenError) => void;
}

/** Frames of a cut clip: 10 before the instance, 30 in it, 10 after it. */
const CUT_FRAMES = 50;

/** Every segment that the model answers on the videos (name to path), with the lengths of the videos in seconds. */
export async function detectSegments(
  predictor: Predictor,
  files: ReadonlyMap<string, string>,
  { cache, windowSeconds, onProgress, onBroken }: Watcher = {},
): Promise<{ detections: TemporalDetection[]; durations: Map<string, number> }> {
  const names = [...files.keys()];
  const paths = [...files.values()];
  const detections: TemporalDetection[] = [];
  const durations = new Map<string, number>();
  const results =
    windowSeconds === undefined
      ? spreadResults(predictor, paths, cache)
      : windowResults(predictor, paths, windowSeconds);
  let done = 0;
  for await (const outcome of results) {
    const video = names[done]!;
    if (!(outcome instanceof WhereWhenError)) {
      durations.set(video, outcome.video.durationSeconds);
      detections.push(...outcome.segments.map((segment) => ({ video, ...segment })));
    } else onBroken?.(outcome);
    done++;
    onProgress?.(done, paths.length);
  }
  return { detections, durations };
}

/** One answer a video, its frames spread over all of it. */
async function* spreadResults(
  predictor: Predictor,
  paths: readonly string[],
  cache?: string,
): AsyncGenerator<Result | WhereWhenError> {
  for await (const outcome of answerClips(predictor, paths, { cache })) {
    if ('answer' in outcome) yield outcome.answer.result;
    else if (outcome.error instanceof WhereWhenError) yield outcome.error;
    else throw outcome.error;
  }
}

/** One answer a video, put together from windows. */
async function* windowResults(
  predictor: Predictor,
  paths: readonly string[],
  windowSeconds: number,
): AsyncGenerator<Result | WhereWhenError> {
  for (const path of paths) {
    try {
      yield await predictVideo(predictor, path, { windowSeconds });
    } catch (error) {
      if (!isOfClip(error)) throw error;
      yield error;
    }
  }
}

/**
 * The clips of `thumos14-script`: one around each true instance of the videos at hand, with the model's weights and
 * whether it told the class. Throws `input` for a model that does not take 50 frames, as the scripts' do.
 */
export async function answerCutClips(
  predictor: Predictor,
  segments: readonly TrueSegment[],
  files: ReadonlyMap<string, string>,
  { onProgress, onBroken }: Watcher = {},
): Promise<ThumosScriptClip[]> {
  const { frames, transform } = predictor.config;
  if (frames !== CUT_FRAMES) {
    const expected = `a model of ${CUT_FRAMES} frames, as the clips of this protocol have`;
    throw inputError('model.frames', expected, String(frames));
  }
  const clips: ThumosScriptClip[] = [];
  const own = segments.filter(({ video, label }) => label !== AMBIGUOUS && files.has(video));
  const pool = new DecodePool();
  const flows = new FlowStore();
  for (const [video, instances] of groupBy(own, (segment) => segment.video)) {
    try {
      const source = await openVideo(files.get(video)!);
      for (const instance of instances) {
        const cut = thumosScriptTimes(instance, source.info.durationSeconds);
        const indices = cut.map(({ timeSeconds }) => nearest(source.times, timeSeconds));
        while (indices.length < CUT_FRAMES) indices.push(indices.at(-1)!);
        const { size, resize } = transform;
        const clip = await pool.readClip(source.info.path, { frames: indices, size, resize });
        const flow = () => flows.flowAround(source.info.path, indices);
        const { result } = await predictor.predict(clip, source.info.path, { flow });
        clips.push({
          weights: result.frames.slice(0, cut.length).map(({ weight }) => weight),
          isTrue: cut.map(({ isTrue }) => isTrue),
          isCorrect: result.classes[0]?.label === instance.label,
        });
        onProgress?.(clips.length, own.length);
      }
    } catch (error) {
      if (!(error instanceof WhereWhenError)) throw error;
      onBroken?.(error);
    }
  }
  return clips;
}

/** The cut clips with nothing answered: uniform weights, every class taken as told. */
export function cutClips(
  segments: readonly TrueSegment[],
  durations: ReadonlyMap<string, number>,
): ThumosScriptClip[] {
  return segments
    .filter(({ label }) => label !== AMBIGUOUS)
    .map((segment) => {
      const cut = thumosScriptTimes(segment, durations.get(segment.video) ?? Infinity);
      return {
        weights: cut.map(() => 1 / cut.length),
        isTrue: cut.map(({ isTrue }) => isTrue),
        isCorrect: true,
      };
    });
}

function nearest(times: Float64Array, seconds: number): number {
  let best = 0;
  for (let i = 1; i < times.length; i++) {
    if (Math.abs(times[i]! - seconds) < Math.abs(times[best]! - seconds)) best = i;
  }
  return best;
}
