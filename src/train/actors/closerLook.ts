// A closer look at one training clip: the network looks again at squares around what a first look found, and at a square where
// nothing was. It tells whether the foreground direction finds things (both looks then draw the same boxes), and what each class
// and nothing look like from so near. Neither needs a label of place, and both lie in the store afterwards.
import { hashTensors } from '../../backbone/identity.js';
import { labelFreeLook } from '../../infer/actorFeeds.js';
import { windowOf } from '../../infer/answer.js';
import { cutSquares, picturesIn, type Pictures } from '../../infer/squares.js';
import { placesInSquares } from '../../localize/closeNames.js';
import { localizeOptions, type LocalizeChoices, type MapGrid, type Picture } from '../../localize/index.js';
import { agreementOf, boxesInCrops, cropsAround, middleFrames, squaresOverlap, type Crop } from '../../localize/looks.js';
import { middles } from '../../localize/cells.js';
import { indexOfMax } from '../../localize/tubes.js';
import { kept } from '../../store/kept.js';
import { float32, type Tensor } from '../../tensor.js';
import { labelFreeMaps } from './labelFreeMaps.js';
import { rowsOf } from './samples.js';
import type { ScaleRange } from './scaleFeatures.js';
import type { ActorSource, Seeing } from './seeing.js';

/** Raise it when the looks change: stored ones are then taken anew. */
const closerVersion = 1;

/** What is looked at, and by which rules. */
export interface CloserOptions extends Pick<ActorSource, 'clips' | 'store' | 'frozen'> {
  direction: Float32Array;
  scale: ScaleRange;
  seeing: Pick<Seeing, 'clipOf' | 'picturesOf' | 'see'>;
  rules: LocalizeChoices['where'];
  /** Stored features `[n,C,h,w]` of a clip, by its place in `clips`: what the first look needs. */
  featuresOf: (place: number) => Promise<Tensor>;
}

/** What a closer look says. */
export interface CloserLook {
  /** Mean IoU of the boxes of both looks; null where neither drew one. */
  agreement: number | null;
  /** `[2F]`, means of roots and of changes: of the thing in its squares. */
  thing: Float64Array;
  /** The same of nothing: of what is around it there, and of a square elsewhere. */
  nothing: Float64Array[];
}

/** Looks at a clip, or finds in the store what was seen. Throws what reading and seeing it throws. */
export async function closerLook(place: number, options: CloserOptions): Promise<CloserLook> {
  const { store, clips, direction, scale, rules, frozen } = options;
  const facts = {
    ...{ kind: 'closer look', closerVersion, scale, rules, backbone: frozen.identity },
    ...{ clip: clips[place]!.key, direction: hashTensors({ direction: float32(direction) }) },
  };
  const { agreement, rows } = await kept(store, facts, async () => toTensors(await look(place, options)));
  const length = rows!.shape[1]!;
  const [thing, ...nothing] = Array.from({ length: rows!.shape[0]! }, (_, i) =>
    Float64Array.from(rows!.data.subarray(i * length, (i + 1) * length) as Float32Array),
  );
  return { agreement: (agreement!.data[0] as number | undefined) ?? null, thing: thing!, nothing };
}

async function look(place: number, options: CloserOptions): Promise<CloserLook> {
  const { direction, scale, seeing, rules, frozen } = options;
  const { grid, ...maps } = labelFreeMaps(await options.featuresOf(place), direction, { scale, frozen });
  const clip = await seeing.clipOf(place);
  const window = windowOf({ transform: frozen }, clip);
  const picture = { width: window.width, height: window.height };
  const first = labelFreeLook(maps, { grid, picture, rules: { where: rules } });
  const where = localizeOptions({ where: rules }).where;
  const second = where.second!;
  const crops = cropsAround(first.frames, picture, second);
  const [from, to] = middleFrames(grid.frames, 2);
  const own = crops.slice(from, to);
  const elsewhere = squareElsewhere(own, { map: first.map, grid, picture });
  const pictures = picturesIn(await seeing.picturesOf(place), [from, to]);
  const seen = await seeAll([own, elsewhere], { pictures, seeing, frozen, window });
  const whole = { start: 0, end: direction.length };
  const near = labelFreeMaps(seen[0]!, direction, { scale: whole, frozen });
  const cells = grid.height * grid.width;
  const before = first.map.subarray(from * cells, to * cells);
  const boxesBy = (cut: Parameters<typeof boxesInCrops>[3]) =>
    boxesInCrops({ map: near.foreground, first: before, grid: near.grid }, own, picture, cut);
  const drawn = boxesBy({ ...where, ...second });
  const isThing = new Set(placesInSquares(drawn, own, near.grid));
  const [thing, around] = rowsOf(seen[0]!, whole, [(p) => isThing.has(p), (p) => !isThing.has(p)]);
  const other = seen[1] ? rowsOf(seen[1], whole) : [];
  const plain = boxesBy({ ...where, threshold: plainCut, smoothTime: second.smoothTime });
  return {
    agreement: agreementOf(first.frames.slice(from, to), plain),
    thing: thing!,
    nothing: [...(isThing.size < cells ? [around!] : []), ...other],
  };
}

/** The bare cut by which looks are compared, whatever margins boxes are told with. */
const plainCut = 0.55;

/**
 * A square of the same side, which stays where it is: around the place where the first look's map is highest, on the mean of all
 * frames, of those from which it overlaps the squares hardly; empty where all overlap.
 */
function squareElsewhere(
  crops: readonly Crop[],
  { map, grid, picture }: { map: ArrayLike<number>; grid: MapGrid; picture: Picture },
): Crop[] {
  const { height, width, cells } = grid;
  const [columns, rows] = [middles(width, cells?.x), middles(height, cells?.y)];
  const { side } = crops[0]!;
  const mean = new Float64Array(height * width);
  for (let at = 0; at < map.length; at++) mean[at % mean.length]! += map[at]!;
  const squares = Array.from(mean, (_, p): Crop => {
    const x = columns[p % width]! * picture.width - side / 2;
    return { x, y: rows[Math.floor(p / width)]! * picture.height - side / 2, side };
  });
  const free = mean.map((sum, p) => {
    const apart =
      squaresOverlap(
        crops,
        crops.map(() => squares[p]!),
      ) < hardly;
    return apart ? sum : -1;
  });
  const best = indexOfMax(free);
  return free[best]! < 0 ? [] : crops.map(() => squares[best]!);
}

/** IoU of squares that show different places. */
const hardly = 0.1;

/** What the network makes of lists of squares, each one a frame, in one go; none of an empty list. */
async function seeAll(
  lists: readonly (readonly Crop[])[],
  {
    pictures,
    seeing,
    frozen,
    window,
  }: Pick<CloserOptions, 'seeing' | 'frozen'> & { pictures: Pictures; window: { x: number; y: number } },
): Promise<Tensor[]> {
  const filled = lists.filter((crops) => crops.length > 0);
  const cut = filled.map((crops) => cutSquares(pictures, crops, frozen.size, window).data as Uint8Array);
  const { data, shape } = await seeing.see(new Uint8Array(Buffer.concat(cut)));
  const [, ...rest] = shape;
  let from = 0;
  return filled.map(({ length: count }) => {
    const size = (data.length / shape[0]!) * count;
    from += size;
    return float32((data as Float32Array).subarray(from - size, from), [count, ...rest]);
  });
}

function toTensors({ agreement, thing, nothing }: CloserLook): Record<string, Tensor> {
  const values = agreement === null ? [] : [agreement];
  const rows = [thing, ...nothing];
  return {
    agreement: { dtype: 'float64', shape: [values.length], data: Float64Array.from(values) },
    rows: float32(Float32Array.from(rows.flatMap((row) => [...row])), [rows.length, thing.length]),
  };
}
