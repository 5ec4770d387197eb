// The report of `ucf101-24`: frame-mAP and video-mAP beside the same answers with constant boxes in place of theirs.
import { z } from 'zod';
import type { Box } from '../../result.js';
import { centreBox, wholeFrame, type PictureSize } from '../../metrics/trivial.js';
import { averageVideoMap } from '../../metrics/tubes.js';
import {
  frameMap,
  videoMap,
  type FrameDetection,
  type Tube,
  type TubeDetection,
} from '../../metrics/index.js';
import { percent } from '../../percent.js';

const TubeFigure = z.object({
  name: z.string(),
  value: z.number(),
  trivial: z.record(z.string(), z.number()),
  best: z.object({ name: z.string(), value: z.number() }),
  verdict: z.enum(['above', 'level', 'below']),
});

/** The JSON form of `evaluate --protocol ucf101-24`. Figures are in 0..1. */
export const TubeReport = z.object({
  version: z.literal(1),
  protocol: z.literal('ucf101-24'),
  videos: z.number().int(),
  trueTubes: z.number().int(),
  tubes: z.number().int(),
  figures: z.object({
    'frameMap0.5': TubeFigure,
    'videoMap0.2': TubeFigure,
    'videoMap0.5': TubeFigure,
    'videoMap0.5:0.95': TubeFigure,
  }),
  AP: z.record(z.string(), z.number()),
  words: z.array(z.string()),
});
export type TubeReport = z.infer<typeof TubeReport>;

/**
 * Scores tubes (boxes in pixels of a picture of `size`). The image-blind baselines keep class, score and frames of every
 * tube and put a constant box in: what is left is what the boxes are worth. `AP` is video-AP at 0.5 of each class.
 */
export function tubeReport(
  answered: readonly TubeDetection[],
  truth: readonly Tube[],
  size: PictureSize,
): TubeReport {
  const rivals = {
    'centre box': constantTubes(answered, centreBox(size)),
    'whole frame': constantTubes(answered, wholeFrame(size)),
  };
  const boxes = frameDetections(truth.map((tube) => ({ ...tube, score: 0 })));
  const figure = (name: string, measure: (tubes: readonly TubeDetection[]) => number) => {
    const value = measure(answered);
    const trivial = Object.fromEntries(
      Object.entries(rivals).map(([rival, tubes]) => [rival, measure(tubes)]),
    );
    const [best, bestValue] = Object.entries(trivial).reduce((a, b) => (b[1] > a[1] ? b : a));
    const verdict =
      value > bestValue ? ('above' as const) : value < bestValue ? ('below' as const) : ('level' as const);
    return { name, value, trivial, best: { name: best, value: bestValue }, verdict };
  };
  const figures = {
    'frameMap0.5': figure('frame-mAP at 0.5', (tubes) => frameMap(frameDetections(tubes), boxes, 0.5).mAP),
    'videoMap0.2': figure('video-mAP at 0.2', (tubes) => videoMap(tubes, truth, 0.2).mAP),
    'videoMap0.5': figure('video-mAP at 0.5', (tubes) => videoMap(tubes, truth, 0.5).mAP),
    'videoMap0.5:0.95': figure('video-mAP at 0.5:0.05:0.95', (tubes) => averageVideoMap(tubes, truth)),
  };
  return {
    version: 1,
    protocol: 'ucf101-24',
    videos: new Set(truth.map(({ video }) => video)).size,
    trueTubes: truth.length,
    tubes: answered.length,
    figures,
    AP: videoMap(answered, truth, 0.5).AP,
    words: Object.values(figures)
      .filter(({ verdict }) => verdict !== 'above')
      .map(
        ({ name, value, best }) =>
          `${name}: ${percent(value)}; an image-blind baseline is as good: ${best.name} (${percent(best.value)})`,
      ),
  };
}

function constantTubes(tubes: readonly TubeDetection[], box: Box): TubeDetection[] {
  return tubes.map((tube) => ({ ...tube, boxes: tube.boxes.map(() => box) }));
}

/** The boxes of tubes as frame detections with the tube's score. */
export function frameDetections(tubes: readonly TubeDetection[]): FrameDetection[] {
  return tubes.flatMap(({ video, label, start, boxes, score }) =>
    boxes.map((box, i) => ({ video, label, frame: start + i, box, score })),
  );
}
