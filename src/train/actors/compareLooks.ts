// The check of the foreground direction that needs no label: on training clips the network looks at the whole picture, and
// again at squares around what it found. Where the direction finds things, both looks draw the same boxes.
import { agreementOf, boxesInCrops, cropsAround } from '../../localize/looks.js';
import { localizeOptions, type LocalizeChoices } from '../../localize/index.js';
import { cutSquares } from '../../infer/secondLook.js';
import { labelFreeLooks } from '../../infer/actorFeeds.js';
import { hashTensors } from '../../backbone/identity.js';
import { meanAndDeviation } from '../../metrics/bootstrap.js';
import { mean } from '../../metrics/mean.js';
import { kept } from '../../store/kept.js';
import { float32, type Tensor } from '../../tensor.js';
import { labelFreeMaps } from './labelFreeMaps.js';
import type { ScaleRange } from './scaleFeatures.js';
import type { ActorSource, Seeing } from './seeing.js';

/** Raise it when looks are compared in another way: stored agreements are then found anew. */
const looksVersion = 1;

/** What is compared, and by which rules. */
export interface CompareOptions extends ActorSource {
  direction: Float32Array;
  scale: ScaleRange;
  seeing: Seeing;
  rules: LocalizeChoices['where'];
  /** Stored features `[n,C,h,w]` of a clip, by its place in `clips`: what the first look needs. */
  featuresOf: (place: number) => Promise<Tensor>;
}

/**
 * Mean IoU of the boxes of both looks over at most `recipe.actors.checkedClips` clips, fewer where those tell already on which side
 * of `recipe.actors.leastAgreement` it lies; null where no look drew any.
 */
export async function compareLooks(options: CompareOptions): Promise<number | null> {
  const { recipe, clips, signal, listen } = options;
  const { checkedClips, leastAgreement } = recipe.actors;
  const places = inRounds(evenly(clips.length, checkedClips));
  const found: number[] = [];
  for (const [done, place] of places.entries()) {
    signal?.throwIfAborted();
    const [one] = await keptAgreement(place, options);
    if (one !== undefined) found.push(one);
    listen({ kind: 'looks', done: done + 1, total: places.length });
    if (isClear(found, leastAgreement)) break;
  }
  return found.length > 0 ? mean(found) : null;
}

/** Values that tell on which side of `bound` their mean lies: it is three standard errors away, by eight of them at least. */
export function isClear(values: readonly number[], bound: number): boolean {
  if (values.length < 8) return false;
  const { mean: middle, deviation } = meanAndDeviation(values);
  return Math.abs(middle - bound) > (3 * deviation!) / Math.sqrt(values.length);
}

/** The agreement on one clip, from the store or found now; empty where no look drew a box. */
async function keptAgreement(place: number, options: CompareOptions): Promise<readonly number[]> {
  const { store, clips, direction, scale, rules, frozen } = options;
  const facts = {
    ...{ kind: 'looks', looksVersion, scale, rules, backbone: frozen.identity, clip: clips[place]!.key },
    direction: hashTensors({ direction: float32(direction) }),
  };
  const { agreement } = await kept(store, facts, async () => {
    const one = await agreementOn(place, options);
    const values = one === null ? [] : [one];
    const data = Float64Array.from(values);
    return { agreement: { dtype: 'float64', shape: [values.length], data } };
  });
  return Array.from(agreement!.data as Float64Array);
}

async function agreementOn(place: number, options: CompareOptions): Promise<number | null> {
  const { direction, scale, seeing, rules, frozen } = options;
  const { size } = frozen;
  const picture = { width: size.width, height: size.height };
  const { grid, ...maps } = labelFreeMaps(await options.featuresOf(place), direction, { scale, frozen });
  const first = labelFreeLooks(maps, { grid, picture, rules: { where: rules } });
  const { where } = localizeOptions({ where: rules });
  const second = where.second!;
  const crops = cropsAround(first, picture, second);
  const whole = { ...picture, data: await seeing.framesOf(place), covers: { x: 0, y: 0, ...picture } };
  const squares = cutSquares(whole, crops, size, { x: 0, y: 0 });
  const closer = await seeing.see(squares.data as Uint8Array);
  const own = { start: 0, end: direction.length };
  const again = labelFreeMaps(closer, direction, { scale: own, frozen });
  const looks = boxesInCrops({ map: again.foreground, grid: again.grid }, crops, picture, {
    ...where,
    ...second,
  });
  return agreementOf(first, looks);
}

/** In three rounds, so that the first few are spread over all. */
function inRounds(places: readonly number[]): number[] {
  return [0, 1, 2].flatMap((round) => places.filter((_, i) => i % 3 === round));
}

/** At most `most` places out of `count`, evenly spread. */
function evenly(count: number, most: number): number[] {
  if (count <= most) return Array.from({ length: count }, (_, i) => i);
  return Array.from({ length: most }, (_, i) => Math.floor(((i + 0.5) * count) / most));
}
