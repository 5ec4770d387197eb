// The check of the foreground direction that needs no label: on training clips the network looks at the whole picture, and
// again at squares around what it found. Where the direction finds things, both looks draw the same boxes.
import {
  agreementOf,
  boxesInCrops,
  boxOverlap,
  cropsAround,
  localize,
  localizeOptions,
  type Grid,
  type LocalizeChoices,
} from '../../localize/index.js';
import { cutSquares } from '../../infer/index.js';
import { cellsOf } from '../../model/index.js';
import type { Tensor } from '../../tensor.js';
import { changesOf, channelSum, rootsOf, type ScaleRange } from './scaleFeatures.js';
import type { ActorSource, Seeing } from './seeing.js';

/** What is compared, and by which rules. */
export interface CompareOptions extends ActorSource {
  direction: Float32Array;
  scale: ScaleRange;
  seeing: Seeing;
  rules: LocalizeChoices['where'];
  /** Stored features `[n,C,h,w]` of a clip, by its place in `clips`: what the first look needs. */
  featuresOf: (place: number) => Promise<Tensor>;
}

/** Mean IoU of the boxes of both looks over at most `recipe.actors.checkedClips` clips; null where no look drew any. */
export async function compareLooks(options: CompareOptions): Promise<number | null> {
  const { recipe, clips, signal, listen } = options;
  const places = evenly(clips.length, recipe.actors.checkedClips);
  const found: number[] = [];
  for (const [done, place] of places.entries()) {
    signal?.throwIfAborted();
    const one = await agreementOn(place, options);
    if (one !== null) found.push(one);
    listen({ kind: 'looks', done: done + 1, total: places.length });
  }
  return found.length > 0 ? found.reduce((sum, one) => sum + one, 0) / found.length : null;
}

async function agreementOn(place: number, options: CompareOptions): Promise<number | null> {
  const { direction, scale, seeing, rules, frozen } = options;
  const { size } = frozen;
  const picture = { width: size.width, height: size.height };
  const { grid, ...maps } = mapsOf(await options.featuresOf(place), direction, { scale, frozen });
  const weights = new Float32Array(grid.frames).fill(1 / grid.frames);
  const first = localize({ grid, picture, weights, probabilities: [1], ...maps }, { where: rules });
  const { where } = localizeOptions({ where: rules });
  const second = where.second!;
  const crops = cropsAround(first.frames, picture, second);
  const whole = { ...picture, data: await seeing.framesOf(place), covers: { x: 0, y: 0, ...picture } };
  const extractor = await seeing.extractor();
  const closer = await extractor.extract(cutSquares(whole, crops, size, { x: 0, y: 0 }), scale);
  const own = { start: 0, end: direction.length };
  const again = mapsOf(closer, direction, { scale: own, frozen });
  const looks = boxesInCrops(again.foreground, again.grid, crops, picture, { ...where, ...second });
  return agreementOf(first.frames, looks, boxOverlap);
}

/** The label-free maps of features `[n,C,h,w]`, of which `scale` is looked at. */
function mapsOf(
  features: Tensor,
  direction: Float32Array,
  { scale, frozen }: Pick<CompareOptions, 'scale' | 'frozen'>,
): { grid: Grid; foreground: Float32Array; change: Float32Array } {
  const [frames, , height, width] = features.shape as [number, number, number, number];
  const geometry = frozen.scales.map((one) => one.geometry);
  const cells = cellsOf({ backbone: { geometry }, transform: { size: frozen.size } });
  const x = rootsOf(features, scale);
  const grid: Grid = { frames, height, width, cells };
  return { grid, foreground: channelSum(x, direction), change: channelSum(changesOf(x)) };
}

/** At most `most` places out of `count`, evenly spread. */
function evenly(count: number, most: number): number[] {
  if (count <= most) return Array.from({ length: count }, (_, i) => i);
  return Array.from({ length: most }, (_, i) => Math.floor(((i + 0.5) * count) / most));
}
