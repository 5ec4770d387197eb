// Links boxes of single frames to tubes, greedily and in one pass (Singh et al. 2017, ROAD): within a video and a
// class, surer tubes choose first.
import type { Box } from '../result.js';
import { groupBy } from './detection.js';
import { pixelIou, type BoxOverlap } from './overlap.js';
import type { FrameDetection, TubeDetection } from './tubes.js';
import { mean } from './mean.js';

/** Settings of the linking: least IoU to the tube's last box, frames that a tube survives without a box, least tube length. */
export interface LinkOptions {
  iou?: number;
  patience?: number;
  shortest?: number;
  overlap?: BoxOverlap;
}

interface OpenTube {
  start: number;
  boxes: Box[];
  scores: number[];
  missing: number;
}

/**
 * Tubes of scored boxes; a tube's score is the mean of its boxes' scores. A frame without a box inside a tube gets
 * the box between its neighbours, so tubes have no holes.
 */
export function greedyTubes(
  detections: readonly FrameDetection[],
  { iou = 0.1, patience = 5, shortest = 1, overlap = pixelIou }: LinkOptions = {},
): TubeDetection[] {
  const groups = groupBy(detections, ({ video, label }) => `${video}\n${label}`);
  return [...groups.values()].flatMap((own) => {
    const { video, label } = own[0]!;
    return linked(own, iou, patience, overlap)
      .filter(({ boxes }) => boxes.length >= shortest)
      .map(({ start, boxes, scores }) => ({ video, label, start, boxes, score: mean(scores) }));
  });
}

function linked(
  detections: readonly FrameDetection[],
  iou: number,
  patience: number,
  overlap: BoxOverlap,
): OpenTube[] {
  const frames = groupBy(detections, ({ frame }) => String(frame));
  const closed: OpenTube[] = [];
  let open: OpenTube[] = [];
  for (const found of [...frames.values()].sort((a, b) => a[0]!.frame - b[0]!.frame)) {
    const { frame } = found[0]!;
    const left = [...found].sort((a, b) => b.score - a.score);
    for (const tube of open.sort((a, b) => mean(b.scores) - mean(a.scores))) {
      const gap = frame - (tube.start + tube.boxes.length);
      const next = gap > patience ? -1 : left.findIndex(({ box }) => overlap(tube.boxes.at(-1)!, box) >= iou);
      tube.missing = gap;
      if (next >= 0) extend(tube, left.splice(next, 1)[0]!, gap);
    }
    closed.push(...open.filter(({ missing }) => missing > patience));
    open = open.filter(({ missing }) => missing <= patience);
    open.push(...left.map(({ box, score }) => ({ start: frame, boxes: [box], scores: [score], missing: 0 })));
  }
  return [...closed, ...open];
}

/** Adds a box after `gap` frames without one, which get boxes in between. */
function extend(tube: OpenTube, { box, score }: FrameDetection, gap: number): void {
  const last = tube.boxes.at(-1)!;
  for (let g = 1; g <= gap; g++) {
    const part = g / (gap + 1);
    tube.boxes.push(last.map((edge, i) => edge + part * (box[i]! - edge)) as Box);
  }
  tube.boxes.push(box);
  tube.scores.push(score);
}
