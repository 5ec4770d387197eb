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
  const extractor = await seeing.extractor();
  const frames = await seeing.framesOf(place);
  const { size } = frozen;
  const geometry = frozen.scales.map((one) => one.geometry);
  const cells = cellsOf({ backbone: { geometry }, transform: { size } });
  const see = async (
    data: Uint8Array,
  ): Promise<{ grid: Grid; foreground: Float32Array; change: Float32Array }> => {
    const shape = [data.length / (size.width * size.height * 3), size.height, size.width, 3];
    const maps = mapsOf(await extractor.extract({ dtype: 'uint8', shape, data }, scale), direction);
    return { ...maps, grid: { ...maps.grid, cells } };
  };
  const { grid, foreground, change } = await see(frames);
  const picture = { width: size.width, height: size.height };
  const weights = new Float32Array(grid.frames).fill(1 / grid.frames);
  const first = localize(
    { grid, picture, weights, probabilities: [1], foreground, change },
    { where: rules },
  );
  const { where } = localizeOptions({ where: rules });
  const second = where.second!;
  const crops = cropsAround(first.frames, picture, second);
  const whole = { ...picture, data: frames, covers: { x: 0, y: 0, ...picture } };
  const again = await see(cutSquares(whole, crops, size, { x: 0, y: 0 }).data as Uint8Array);
  const looks = boxesInCrops(again.foreground, again.grid, crops, picture, { ...where, ...second });
  return agreementOf(first.frames, looks, boxOverlap);
}

/** The label-free maps of one scale's features `[n,F,h,w]`. */
function mapsOf(features: Tensor, direction: Float32Array) {
  const [frames, , height, width] = features.shape as [number, number, number, number];
  const x = rootsOf(features, { start: 0, end: direction.length });
  const grid: Grid = { frames, height, width };
  return { grid, foreground: channelSum(x, direction), change: channelSum(changesOf(x)) };
}

/** At most `most` places out of `count`, evenly spread. */
function evenly(count: number, most: number): number[] {
  if (count <= most) return Array.from({ length: count }, (_, i) => i);
  return Array.from({ length: most }, (_, i) => Math.floor(((i + 0.5) * count) / most));
}
