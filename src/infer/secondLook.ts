// The second look at a clip: squares around what the first one found, cut out of its pictures, through the backbone and the
// head again. What comes back takes the place of the first look's boxes and points.
import { boxesInCrops, cropsAround, type Crop, type FrameLook } from '../localize/looks.js';
import type { ActorLook, Localization, MapGrid, Picture } from '../localize/index.js';
import type { SecondLook, WhereOptions } from '../localize/options.js';
import { cropTo, type Rectangle } from '../video/crop.js';
import { sizeOf, type Tensor } from '../tensor.js';
import type { Size } from '../video/types.js';
import type { BesideFrame } from './besideCamera.js';

/** The pictures of a clip that a second look cuts from: `data` uint8 `[n,height,width,3]`. */
export interface Pictures extends Size {
  data: Uint8Array;
  /** The part of the source picture that they show, in its pixels. */
  covers: Rectangle;
  /** The frames beside each of them, for models that look at what moves against the camera. */
  beside?: () => Promise<BesideFrame[]>;
}

/** Makes of squares, one a frame, in pixels of the picture that boxes are in, the foreground map `[n,h,w]`. */
export type LookAt = (crops: readonly Crop[]) => Promise<ArrayLike<number>>;

/** What is looked at again. */
export interface LookAgain {
  seen: Localization;
  grid: MapGrid;
  picture: Picture;
  where: WhereOptions & { second: SecondLook };
  lookAt: LookAt;
}

/** The localisation with the boxes of the second look: those that know no class, and those of every actor of its own map. */
export async function lookAgain({ seen, grid, picture, where, lookAt }: LookAgain): Promise<Localization> {
  const { second } = where;
  const again = async (
    {
      frames,
      sizes,
      map: first,
    }: { frames: readonly FrameLook[]; sizes?: readonly FrameLook[]; map: Float32Array },
    cut: SecondLook['apart'] = second,
  ): Promise<FrameLook[]> => {
    const crops = cropsAround(frames, picture, second, sizes);
    const { smoothTime } = second;
    return boxesInCrops({ map: await lookAt(crops), first, grid }, crops, picture, {
      ...where,
      smoothTime,
      ...cut,
    });
  };
  const frames = await again({ ...seen, map: seen.moving ?? seen.map });
  const actors: ActorLook[] = [];
  for (const actor of seen.actors ?? []) {
    const own = { frames: looksOf(actor), map: actor.map };
    const looks = actor.source === 'classFree' ? frames : await again(own, second.apart);
    actors.push({ ...actor, ...boxesOf(looks) });
  }
  return { ...seen, frames, ...(seen.actors && { actors }) };
}

function looksOf({ boxes, points }: ActorLook): FrameLook[] {
  return boxes.map((scored, t) => ({
    box: scored?.box ?? null,
    score: scored?.score ?? 0,
    point: points[t]!,
  }));
}

function boxesOf(looks: readonly FrameLook[]): Pick<ActorLook, 'boxes' | 'points'> {
  return {
    boxes: looks.map(({ box, score }) => box && { box, score }),
    points: looks.map(({ point }) => point),
  };
}

/** The squares of all frames at the size that the backbone takes, uint8 `[n,H,W,3]`; `offset` is where boxes count from. */
export function cutSquares(
  pictures: Pictures,
  crops: readonly Crop[],
  size: Size,
  offset: { x: number; y: number },
): Tensor {
  const { data, width, height, covers } = pictures;
  const [sx, sy] = [width / covers.width, height / covers.height];
  const shape = [crops.length, size.height, size.width, 3];
  const out = new Uint8Array(sizeOf(shape));
  const one = width * height * 3;
  crops.forEach(({ x, y, side }, t) => {
    const from = {
      x: (x + offset.x - covers.x) * sx,
      y: (y + offset.y - covers.y) * sy,
      width: side * sx,
      height: side * sy,
    };
    const square = cropTo(data.subarray(t * one, (t + 1) * one), { width, height }, from, size);
    out.set(square, (t * out.length) / crops.length);
  });
  return { dtype: 'uint8', shape, data: out };
}
