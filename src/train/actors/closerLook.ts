// A closer look at one training clip: the network looks again at squares around what a first look found, and at squares in which
// nothing acts (closerViews.ts). It tells whether the foreground direction finds things (both looks then draw the same boxes), and what each class
// and nothing look like from so near. Neither needs a label of place, and both lie in the store afterwards.
import { hashTensors } from '../../backbone/identity.js';
import { labelFreeLook } from '../../infer/actorFeeds.js';
import { windowOf } from '../../infer/answer.js';
import { placesInSquares } from '../../localize/closeNames.js';
import { localizeOptions, type LocalizeChoices } from '../../localize/index.js';
import { agreementOf, boxesInCrops, cropsAround } from '../../localize/looks.js';
import { Random } from '../../random.js';
import { kept } from '../../store/kept.js';
import { float32, type Tensor } from '../../tensor.js';
import { seeAll, viewsOf } from './closerViews.js';
import { labelFreeMaps } from './labelFreeMaps.js';
import { rowsOf } from './samples.js';
import type { ScaleRange } from './scaleFeatures.js';
import type { ActorSource, Seeing } from './seeing.js';

/** Raise it when the looks change: stored ones are then taken anew. */
const closerVersion = 2;

/** What is looked at, and by which rules. */
export interface CloserOptions extends Pick<ActorSource, 'clips' | 'store' | 'frozen'> {
  direction: Float32Array;
  scale: ScaleRange;
  seeing: Pick<Seeing, 'clipOf' | 'picturesOf' | 'see'>;
  rules: LocalizeChoices['where'];
  /** Stored features of the scale, `[n,F,h,w]`, of a clip by its place in `clips`: what the first look needs. */
  featuresOf: (place: number) => Promise<Tensor>;
}

/** What a closer look says. */
export interface CloserLook {
  /** Mean IoU of the boxes of both looks; null where neither drew one. */
  agreement: number | null;
  /** `[2F]`, means of roots and of changes: of the thing in its squares. */
  thing: Float64Array;
  /** The same of nothing: of what is around it there, of a square elsewhere, and of the thing when it stands still. */
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
  const { direction, seeing, rules, frozen } = options;
  const whole = { start: 0, end: direction.length };
  const mapsOf = (features: Tensor) => labelFreeMaps(features, direction, { scale: whole, frozen });
  const { grid, ...maps } = mapsOf(await options.featuresOf(place));
  const clip = await seeing.clipOf(place);
  const window = windowOf({ transform: frozen }, clip);
  const picture = { width: window.width, height: window.height };
  const first = labelFreeLook(maps, { grid, picture, rules: { where: rules } });
  const where = localizeOptions({ where: rules }).where;
  const second = where.second!;
  const crops = cropsAround(first.frames, picture, second);
  const views = viewsOf(crops, {
    ...{ map: first.map, grid, picture, pictures: await seeing.picturesOf(place) },
    random: Random.from(0, 'closer look', options.clips[place]!.key),
  });
  const { crops: own, span } = views.thing;
  const { thing: seen, elsewhere, still } = await seeAll(views, { seeing, frozen, window });
  const near = mapsOf(seen);
  const cells = grid.height * grid.width;
  const before = first.map.subarray(span[0] * cells, span[1] * cells);
  const boxesBy = (cut: Parameters<typeof boxesInCrops>[3]) =>
    boxesInCrops({ map: near.foreground, first: before, grid: near.grid }, own, picture, cut);
  const drawn = boxesBy({ ...where, ...second });
  const inBox = new Set(placesInSquares(drawn, own, near.grid));
  const isThing = (p: number): boolean => inBox.has(p);
  const [thing, around] = rowsOf(seen, whole, [isThing, (p) => !isThing(p)]);
  const plain = boxesBy({ ...where, threshold: plainCut, smoothTime: second.smoothTime });
  return {
    agreement: agreementOf(first.frames.slice(...span), plain),
    thing: thing!,
    nothing: [
      ...(inBox.size < cells ? [around!] : []),
      ...(elsewhere ? rowsOf(elsewhere, whole) : []),
      ...(still ? rowsOf(still, whole, [isThing]) : []),
    ],
  };
}

/** The bare cut by which looks are compared, whatever margins boxes are told with. */
const plainCut = 0.55;

function toTensors({ agreement, thing, nothing }: CloserLook): Record<string, Tensor> {
  const values = agreement === null ? [] : [agreement];
  const rows = [thing, ...nothing];
  return {
    agreement: { dtype: 'float64', shape: [values.length], data: Float64Array.from(values) },
    rows: float32(Float32Array.from(rows.flatMap((row) => [...row])), [rows.length, thing.length]),
  };
}
