// The `thumos14-script` protocol: the counting of the paper's released scripts, kept under its own name because its
// "IoU" is a recall on clips that were cut around the truth. For the standard: thumos14.ts and activitynet.ts.
import type { Interval } from './overlap.js';

/** Recall thresholds of the paper's table. */
export const THUMOS_SCRIPT_THRESHOLDS: readonly number[] = [0.1, 0.2, 0.3, 0.4, 0.5];

/** A frame is kept when its weight is above this; uniform weights over 50 frames (0.02) keep nothing. */
export const THUMOS_SCRIPT_WEIGHT = 0.023;

/** One clip cut around a true instance: its frames' weights, which of them are true, whether its class was told. */
export interface ThumosScriptClip {
  weights: readonly number[];
  isTrue: readonly boolean[];
  isCorrect: boolean;
}

/** Shares of clips, correctly classified and at a threshold: by the scripts' recall, and by the IoU of kept frames. */
export interface ThumosScriptSummary {
  clips: number;
  thresholds: {
    threshold: number;
    scriptRecall: number;
    keptIou: number;
    trivial: { 'every frame kept': number; 'uniform weights': number };
  }[];
}

/**
 * Times (seconds) of the frames cut around a true instance: 10 before it, 30 spread over it, 10 after it, at 10
 * frames a second outside; an instance at either end of the video has fewer around it.
 */
export function thumosScriptTimes(
  { startSeconds, endSeconds }: Interval,
  durationSeconds: number,
): { timeSeconds: number; isTrue: boolean }[] {
  const around = Array.from({ length: 10 }, (_, i) => (i + 1) / 10);
  const inside = Array.from(
    { length: 30 },
    (_, i) => startSeconds + ((endSeconds - startSeconds) * (i + 0.5)) / 30,
  );
  return [
    ...[...around].reverse().map((d) => ({ timeSeconds: startSeconds - d, isTrue: false })),
    ...inside.map((timeSeconds) => ({ timeSeconds, isTrue: true })),
    ...around.map((d) => ({ timeSeconds: endSeconds + d, isTrue: false })),
  ].filter(({ timeSeconds }) => timeSeconds >= 0 && timeSeconds < durationSeconds);
}

/** Counts clips at each threshold. Keeping every frame always recalls everything: that column shows what the figure is worth. */
export function thumosScript(
  clips: readonly ThumosScriptClip[],
  thresholds: readonly number[] = THUMOS_SCRIPT_THRESHOLDS,
): ThumosScriptSummary {
  const own = clips.map((clip) => overlapOf(clip, clip.weights));
  const every = clips.map((clip) =>
    overlapOf(
      clip,
      clip.weights.map(() => 1),
    ),
  );
  const uniform = clips.map((clip) =>
    overlapOf(
      clip,
      clip.weights.map(() => 1 / clip.weights.length),
    ),
  );
  const share = (scores: readonly Overlap[], kind: keyof Overlap, threshold: number) =>
    scores.filter((score, i) => clips[i]!.isCorrect && score[kind] >= threshold).length / clips.length;
  return {
    clips: clips.length,
    thresholds: thresholds.map((threshold) => ({
      threshold,
      scriptRecall: share(own, 'recall', threshold),
      keptIou: share(own, 'iou', threshold),
      trivial: {
        'every frame kept': share(every, 'recall', threshold),
        'uniform weights': share(uniform, 'recall', threshold),
      },
    })),
  };
}

interface Overlap {
  recall: number;
  iou: number;
}

/** How the frames that a cut clip keeps lie on the true ones, whatever its class. */
export function thumosOverlap(clip: ThumosScriptClip): Overlap {
  return overlapOf(clip, clip.weights);
}

function overlapOf({ isTrue }: ThumosScriptClip, weights: readonly number[]): Overlap {
  let [both, either, all] = [0, 0, 0];
  isTrue.forEach((t, i) => {
    const kept = weights[i]! > THUMOS_SCRIPT_WEIGHT;
    if (t) all++;
    if (t && kept) both++;
    if (t || kept) either++;
  });
  return { recall: all === 0 ? 0 : both / all, iou: either === 0 ? 0 : both / either };
}
