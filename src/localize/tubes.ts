// Links the boxes of neighbouring frames into tubes by dynamic programming.
//
//   best path = argmax over one candidate a frame of  sum_t score_t + linkWeight * IoU(box_t, box_{t+1})
//
// (Gkioxari and Malik, Finding Action Tubes, 2015.) Further tubes are found on what the first leave over. That a tube is the
// instance which a clip's label speaks of is the view of Arnab et al., Uncertainty-Aware Weakly Supervised Action Detection
// from Untrimmed Videos (ECCV 2020); they train on tubes of a person detector, here tubes are linked when an answer is read.
import type { Box } from '../result.js';
import { boxOverlap, type ScoredBox } from './boxes.js';
import { smoothAxis } from './maps.js';

/** One box a frame over time; null where a frame has none. `score` is the mean over the frames that have one. */
export interface LinkedTube {
  boxes: (ScoredBox | null)[];
  score: number;
}

/** Up to `count` tubes, best first. With `linkWeight` 0 the first tube is each frame's best-scored candidate. */
export function linkTubes(
  candidates: readonly (readonly ScoredBox[])[],
  { linkWeight = 1, count = 1 }: { linkWeight?: number; count?: number } = {},
): LinkedTube[] {
  const left = candidates.map((boxes) => [...boxes]);
  const tubes: LinkedTube[] = [];
  while (tubes.length < count && left.some((boxes) => boxes.length > 0)) {
    const path = bestPath(left, linkWeight);
    const boxes = path.map((choice, t) => (choice < 0 ? null : left[t]![choice]!));
    path.forEach((choice, t) => choice >= 0 && left[t]!.splice(choice, 1));
    const present = boxes.filter((box) => box !== null);
    tubes.push({ boxes, score: present.reduce((sum, box) => sum + box.score, 0) / present.length });
  }
  return tubes;
}

/** Index of the chosen candidate a frame, -1 where a frame has none: overlap is then counted across the gap. */
function bestPath(candidates: readonly (readonly ScoredBox[])[], linkWeight: number): number[] {
  const path = candidates.map(() => -1);
  const full = candidates.map((_, t) => t).filter((t) => candidates[t]!.length > 0);
  let totals: number[] = [];
  const from: number[][] = [];
  full.forEach((t, step) => {
    const before = step > 0 ? candidates[full[step - 1]!]! : [];
    const choices = candidates[t]!.map(({ box, score }) => {
      const links = before.map((other, i) => totals[i]! + linkWeight * boxOverlap(other.box, box));
      const best = indexOfMax(links);
      return { best, total: score + (links[best] ?? 0) };
    });
    from.push(choices.map(({ best }) => best));
    totals = choices.map(({ total }) => total);
  });
  let choice = indexOfMax(totals);
  for (let step = full.length - 1; step >= 0; step--) {
    path[full[step]!] = choice;
    choice = from[step]![choice] ?? -1;
  }
  return path;
}

/** Corners smoothed in time by `[1 2 1]/4`, runs of frames with a box each on their own. */
export function smoothTube(boxes: readonly (ScoredBox | null)[], passes: number): (ScoredBox | null)[] {
  const out = [...boxes];
  for (let start = 0; start < out.length; start++) {
    if (out[start] === null) continue;
    let end = start;
    while (end < out.length && out[end] !== null) end++;
    let corners: Float32Array = Float32Array.from(out.slice(start, end).flatMap((scored) => scored!.box));
    for (let pass = 0; pass < passes; pass++) corners = smoothAxis(corners, end - start, 4);
    for (let t = start; t < end; t++) {
      const box = [...corners.subarray((t - start) * 4, (t - start + 1) * 4)] as Box;
      if (passes > 0) out[t] = { box, score: out[t]!.score };
    }
    start = end;
  }
  return out;
}

/** Index of the largest number; -1 of none; the first of equals. */
export function indexOfMax(values: ArrayLike<number>): number {
  let best = values.length > 0 ? 0 : -1;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}
