// What a thing is called, by the second look: of the names that it has in the first one, that which fits what its squares show.
//
//   p_k = softmax_k of closeScores, averaged over the frames and the cells of the thing's mean box in its squares
//   name = argmax over its names k of score_k p_k^close, and its score the geometric mean of the two at that name;
//   a thing whose p of nothing is above `nothing` is none, and so is one whose p of its name is below `chance` even shares, 1 / (K + 1)
import { softmax } from '../probability.js';
import type { ActorLook } from './actors.js';
import type { ScoredBox } from './boxes.js';
import { middles, placesIn } from './cells.js';
import type { Crop, FrameLook } from './looks.js';
import type { MapGrid } from './maps.js';
import type { ClassScores } from './names.js';
import type { WhoOptions } from './options.js';

/** The share of each class and, last, of nothing, `[K+1]`, in the squares of a thing with these boxes. */
export function closeShares(
  { scores, classes, grid }: ClassScores,
  boxes: readonly (ScoredBox | null)[],
  crops: readonly Crop[],
): Float32Array {
  const { frames, height, width } = grid;
  const looks = boxes.map((scored) => ({ box: scored?.box ?? null }));
  const places = placesInSquares(looks, crops, grid);
  const means = Float32Array.from({ length: classes + 1 }, (_, k) => {
    let sum = 0;
    for (let i = 0; i < frames; i++) {
      const from = (i * (classes + 1) + k) * height * width;
      for (const p of places) sum += scores[from + p]!;
    }
    return sum / (frames * places.length);
  });
  return softmax(means);
}

/** Cells of the squares that look at the mean box of what is in them. */
export function placesInSquares(
  looks: readonly Pick<FrameLook, 'box'>[],
  crops: readonly Crop[],
  { height, width, cells }: MapGrid,
): number[] {
  const [x0, y0, x1, y1] = meanBox(looks, crops);
  const columns = placesIn([x0, x1], middles(width, cells?.x));
  const rows = placesIn([y0, y1], middles(height, cells?.y));
  return rows.flatMap((y) => columns.map((x) => y * width + x));
}

/** The thing under the name that fits both looks. */
export function nameOf(
  thing: ActorLook,
  shares: ArrayLike<number>,
  { close }: Pick<WhoOptions, 'close'>,
): ActorLook {
  const fit = ({ score, classIndex }: ActorLook): number => score * shares[classIndex]! ** close;
  const best = (thing.names ?? []).reduce((one, other) => (fit(other) > fit(one) ? other : one), thing);
  return { ...best, score: fit(best) ** (1 / (1 + close)) };
}

/** Whether shares `[K+1]` are rather those of nothing. */
export function isNothing(shares: Float32Array, { nothing }: Pick<WhoOptions, 'nothing'>): boolean {
  return shares.at(-1)! > nothing;
}

/** Whether shares `[K+1]` say hardly more of a name than chance would. */
export function isByChance(
  { classIndex }: Pick<ActorLook, 'classIndex'>,
  shares: Float32Array,
  { chance }: Pick<WhoOptions, 'chance'>,
): boolean {
  return shares[classIndex]! * shares.length < chance;
}

/** Where a thing is in its squares, in shares of them: the mean over frames with a box; all of them where there is none. */
function meanBox(
  looks: readonly Pick<FrameLook, 'box'>[],
  crops: readonly Crop[],
): [number, number, number, number] {
  const sums: [number, number, number, number] = [0, 0, 0, 0];
  let count = 0;
  looks.forEach(({ box }, t) => {
    if (!box) return;
    const { x, y, side } = crops[t]!;
    box.forEach((edge, e) => (sums[e]! += (edge - (e % 2 === 0 ? x : y)) / side));
    count++;
  });
  return count > 0 ? (sums.map((sum) => sum / count) as typeof sums) : [0, 0, 1, 1];
}
