// The `ucf101-24-script` protocol: the counting of the paper's released scripts, kept under its own name because it
// is not the standard one (first tube only, twenty frames, pixel-inclusive IoU). For the standard: tubes.ts.
import type { Box } from '../result.js';
import { pixelIou } from './overlap.js';
import type { Tube } from './tubes.js';

/** The IoU thresholds of the paper's table. */
export const UCF24_SCRIPT_THRESHOLDS: readonly number[] = [0.05, 0.1, 0.2, 0.3];

/** Trivial answers at 320 x 240 pixels, the size that the annotations are made at. */
export const UCF24_SCRIPT_TRIVIAL = {
  'centre box': [80, 60, 240, 180],
  'whole frame': [0, 0, 319, 239],
} as const satisfies Record<string, Box>;

/** A test video: its number of frames and its true tubes (corners in pixels; the first tube is the truth). */
export interface ScriptVideo {
  video: string;
  frames: number;
  tubes: readonly Tube[];
}

/** A frame that counts: its index from 0 and the true box. */
export interface ScriptFrame {
  video: string;
  frame: number;
  truth: Box;
}

/**
 * Share of the frames whose IoU reaches each threshold, and the image-blind baselines' shares on the same frames; the counts that
 * the shares are of, and the answers' IoUs frame by frame.
 */
export interface ScriptSummary {
  frames: number;
  ious: number[];
  thresholds: {
    threshold: number;
    share: number;
    trivial: Record<string, number>;
    counts: { own: number; trivial: Record<string, number> };
  }[];
}

/** Frames 0, s, 2s .. with `s = floor(frames / count)`, the first `count`; a shorter video gives each frame once. */
export function scriptIndices(frames: number, count = 20): number[] {
  const step = Math.max(1, Math.floor(frames / count));
  return Array.from({ length: Math.min(count, frames) }, (_, i) => i * step);
}

/** The sampled frames on which the first tube has a box. */
export function scriptFrames({ video, frames, tubes }: ScriptVideo, count = 20): ScriptFrame[] {
  const [tube] = tubes;
  return scriptIndices(frames, count).flatMap((frame) => {
    const truth = tube?.boxes[frame - tube.start];
    return truth ? [{ video, frame, truth }] : [];
  });
}

/** Scores one answered box (null: none) for each of `frames`; boxes in pixels at 320 x 240. */
export function ucf24Script(
  frames: readonly ScriptFrame[],
  predicted: (frame: ScriptFrame) => Box | null,
  thresholds: readonly number[] = UCF24_SCRIPT_THRESHOLDS,
): ScriptSummary {
  const iousOf = (answer: (frame: ScriptFrame) => Box | null) =>
    frames.map((frame) => {
      const box = answer(frame);
      return box === null ? 0 : pixelIou(box, frame.truth);
    });
  const ious = iousOf(predicted);
  const rivals = Object.entries(UCF24_SCRIPT_TRIVIAL).map(
    ([name, box]) => [name, iousOf(() => [...box])] as const,
  );
  return {
    frames: frames.length,
    ious,
    thresholds: thresholds.map((threshold) => {
      const count = (of: readonly number[]): number => of.filter((iou) => iou >= threshold).length;
      const trivial = rivals.map(([name, of]) => [name, count(of)] as const);
      return {
        threshold,
        share: count(ious) / frames.length,
        trivial: Object.fromEntries(trivial.map(([name, reached]) => [name, reached / frames.length])),
        counts: { own: count(ious), trivial: Object.fromEntries(trivial) },
      };
    }),
  };
}
