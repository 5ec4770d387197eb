// The strongest answer that looks at no picture: the one box, in parts of the picture, that fits a set of true
// boxes best. An exhaustive search on a grid, then a pattern search from the best places of the grid.
import { inputError } from '../errors.js';
import type { Box } from '../result.js';
import { boxIou } from './overlap.js';
import type { PictureSize } from './trivial.js';

/** True boxes of one acting frame and its picture's size; a frame with several boxes counts the best fitting one. */
export interface BoxSample extends PictureSize {
  truth: readonly Box[];
}

/** What is made as large as possible: the mean IoU (default), or the share of frames at an IoU of at least `iou`. */
export type BoxObjective = 'meanIou' | { iou: number };

/** The fitted box in parts of width and height (0..1), and the mean IoU and objective that it reaches on its own samples. */
export interface ConstantBox {
  box: Box;
  objective: number;
  meanIou: number;
}

const GRID = 12; // edges at twelfths: 6084 boxes
const STARTS = 6;
const FINEST = 1 / 2048;
const COARSE_SAMPLES = 1500; // the grid is searched on at most so many, evenly drawn; the refinement sees all

/**
 * Fits the box. Deterministic. A share of frames has plateaus, so equals are told apart by their mean IoU.
 * Throws `WhereWhenError` (input) where no sample has a box.
 */
export function fitConstantBox(
  samples: readonly BoxSample[],
  objective: BoxObjective = 'meanIou',
): ConstantBox {
  const all = samples.filter(({ truth }) => truth.length > 0).map(inParts);
  if (all.length === 0) {
    throw inputError(
      'evaluate.fitConstantBox',
      'at least one frame with a true box',
      `${samples.length} frames without`,
    );
  }
  const every = Math.ceil(all.length / COARSE_SAMPLES);
  const few = all.filter((_, i) => i % every === 0);
  const starts = gridBoxes()
    .map((box) => measured(box, few, objective))
    .sort(better)
    .slice(0, STARTS);
  const ends = starts.map(({ box }) => refined(measured(box, all, objective), all, objective));
  const { box, objective: reached, meanIou } = ends.sort(better)[0]!;
  return { box, objective: reached, meanIou };
}

function inParts({ truth, width, height }: BoxSample): Box[] {
  return truth.map((b) => [b[0] / width, b[1] / height, b[2] / width, b[3] / height]);
}

function gridBoxes(): Box[] {
  const edges: [number, number][] = [];
  for (let a = 0; a < GRID; a++) for (let b = a + 1; b <= GRID; b++) edges.push([a / GRID, b / GRID]);
  return edges.flatMap(([x0, x1]) => edges.map(([y0, y1]): Box => [x0, y0, x1, y1]));
}

function measured(box: Box, samples: readonly Box[][], objective: BoxObjective): ConstantBox {
  let sum = 0;
  let reached = 0;
  for (const truth of samples) {
    let iou = 0;
    for (const other of truth) iou = Math.max(iou, boxIou(box, other));
    sum += iou;
    if (objective !== 'meanIou' && iou >= objective.iou) reached++;
  }
  const meanIou = sum / samples.length;
  return { box, meanIou, objective: objective === 'meanIou' ? meanIou : reached / samples.length };
}

function better(a: ConstantBox, b: ConstantBox): number {
  return b.objective - a.objective || b.meanIou - a.meanIou;
}

/** Moves one edge, or two opposite ones, by a step; keeps what helps; halves the step when nothing does. */
function refined(start: ConstantBox, samples: readonly Box[][], objective: BoxObjective): ConstantBox {
  let best = start;
  for (let step = 1 / (2 * GRID); step >= FINEST;) {
    const next = neighbours(best.box, step)
      .map((box) => measured(box, samples, objective))
      .sort(better)[0];
    if (next && better(next, best) < 0) best = next;
    else step /= 2;
  }
  return best;
}

const MOVES = [
  [1, 0, 0, 0],
  [0, 1, 0, 0],
  [0, 0, 1, 0],
  [0, 0, 0, 1],
  [1, 0, 1, 0],
  [0, 1, 0, 1],
  [1, 0, -1, 0],
  [0, 1, 0, -1],
] as const;

function neighbours(box: Box, step: number): Box[] {
  return MOVES.flatMap((move) =>
    [step, -step].map((by) => box.map((edge, i) => Math.min(1, Math.max(0, edge + by * move[i]!))) as Box),
  ).filter(([x0, y0, x1, y1]) => x1 > x0 && y1 > y0);
}
