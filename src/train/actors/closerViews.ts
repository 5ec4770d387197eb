// What a closer look at a training clip looks at: the thing that a first look found, and views in which nothing acts: a place
// elsewhere, and the thing standing still.
import { cutSquares, picturesIn, type Pictures } from '../../infer/squares.js';
import { middles } from '../../localize/cells.js';
import type { MapGrid, Picture } from '../../localize/index.js';
import { middleFrames, squaresOverlap, type Crop, type FrameSpan } from '../../localize/looks.js';
import { indexOfMax } from '../../localize/tubes.js';
import type { Random } from '../../random.js';
import { float32, type Tensor } from '../../tensor.js';
import type { Frozen } from '../data/frozen.js';
import { noisy, swayed } from './mosaics.js';
import type { Seeing } from './seeing.js';

/** Frames of a clip are looked at in squares: one in so many of the thing, and of each view in which nothing acts. */
const thingParts = 4;
const nothingParts = 8;

/** Squares, one of each of the pictures. */
interface View {
  pictures: Pictures;
  crops: readonly Crop[];
}

/** What is looked at of a clip. */
export interface Views {
  /** The thing in its squares, on these frames. */
  thing: View & { span: FrameSpan };
  /** A place elsewhere, where there is one. */
  elsewhere?: View;
  /** The thing standing still, with noise; not of a single frame, which would be the thing itself. */
  still?: View & { random: Random };
}

/** What is looked at of a clip, around `crops`, one a frame. */
export function viewsOf(
  crops: readonly Crop[],
  { pictures, random, ...seen }: FirstSeen & { pictures: Pictures; random: Random },
): Views {
  const span = middleFrames(crops.length, thingParts);
  const few = middleFrames(crops.length, nothingParts);
  const own = crops.slice(...span);
  const elsewhere = squareElsewhere(own, seen);
  const count = few[1] - few[0];
  return {
    thing: { pictures: picturesIn(pictures, span), crops: own, span },
    ...(elsewhere && {
      elsewhere: { pictures: picturesIn(pictures, few), crops: new Array<Crop>(count).fill(elsewhere) },
    }),
    ...(count > 1 && { still: standing(crops, count, { pictures, random, picture: seen.picture }) }),
  };
}

/** One frame of the thing, whose square sways by a random walk, as in mosaics. */
function standing(
  crops: readonly Crop[],
  count: number,
  { pictures, random, picture }: { pictures: Pictures; random: Random; picture: Picture },
): Views['still'] {
  const at = random.integer(0, crops.length);
  const swaying = [crops[at]!];
  while (swaying.length < count) {
    const last = swaying.at(-1)!;
    swaying.push({ ...last, ...swayed(last, picture, random) });
  }
  return { pictures: repeated(pictures, at, count), crops: swaying, random };
}

/** One of the frames, over and over. */
function repeated(pictures: Pictures, at: number, count: number): Pictures {
  const { data } = picturesIn(pictures, [at, at + 1]);
  return { ...pictures, data: new Uint8Array(Buffer.concat(Array.from({ length: count }, () => data))) };
}

/** What a first look saw. */
export interface FirstSeen {
  map: ArrayLike<number>;
  grid: MapGrid;
  picture: Picture;
}

/**
 * A square of the same side: around the place where the first look's map is highest, on the mean of all frames, of those from which
 * it overlaps the squares hardly; none where all overlap.
 */
function squareElsewhere(crops: readonly Crop[], { map, grid, picture }: FirstSeen): Crop | undefined {
  const { height, width, cells } = grid;
  const [columns, rows] = [middles(width, cells?.x), middles(height, cells?.y)];
  const { side } = crops[0]!;
  const mean = new Float64Array(height * width);
  for (let at = 0; at < map.length; at++) mean[at % mean.length]! += map[at]!;
  const squares = Array.from(mean, (_, p): Crop => {
    const x = columns[p % width]! * picture.width - side / 2;
    return { x, y: rows[Math.floor(p / width)]! * picture.height - side / 2, side };
  });
  const overlap = (square: Crop): number => squaresOverlap(crops, new Array<Crop>(crops.length).fill(square));
  const free = mean.map((sum, p) => (overlap(squares[p]!) < hardly ? sum : -1));
  const best = indexOfMax(free);
  return free[best]! < 0 ? undefined : squares[best];
}

/** IoU of squares that show different places. */
const hardly = 0.1;

/** What the network makes of each view, in one go. */
export async function seeAll(
  views: Views,
  { seeing, frozen, window }: SeeingViews,
): Promise<{ [Name in keyof Views]: Tensor }> {
  const cut = Object.entries(views).map(([name, view]: [string, View & { random?: Random }]) => {
    const { pictures, crops, random } = view;
    const squares = cutSquares(pictures, crops, frozen.size, window).data as Uint8Array;
    return { name, count: crops.length, squares: random ? noisy(squares, random) : squares };
  });
  const { data, shape } = await seeing.see(new Uint8Array(Buffer.concat(cut.map(({ squares }) => squares))));
  const [all, ...rest] = shape;
  const one = data.length / all!;
  let from = 0;
  const seen = cut.map(({ name, count }) => {
    const own = (data as Float32Array).subarray(one * from, one * (from += count));
    return [name, float32(own, [count, ...rest])] as const;
  });
  return Object.fromEntries(seen) as { [Name in keyof Views]: Tensor };
}

/** What views are seen with; `window` is where boxes count from. */
interface SeeingViews {
  seeing: Pick<Seeing, 'see'>;
  frozen: Pick<Frozen, 'size'>;
  window: { x: number; y: number };
}
