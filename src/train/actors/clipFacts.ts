// What a training takes from all places of one clip: sums for scalings and the mean pool, sums over foreground and background,
// and the clip's row for the scores of the classes. All of it depends on that clip alone, so it is kept in the store: folds,
// seeds and later trainings begin without reading features, or the video, for it.
import { kept } from '../../store/kept.js';
import type { StoredClip } from '../../store/index.js';
import type { Tensor, Tensors } from '../../tensor.js';
import { oversampleOf } from '../recipe/recipe.js';
import { sumsOf, type ClipSums } from '../start/clipSums.js';
import { clipMotion } from './clipMotion.js';
import { DirectionSums, type SideSums } from './direction.js';
import { rowsOf } from './samples.js';
import type { ScaleRange } from './scaleFeatures.js';
import { finestOf, rangesOf } from './scales.js';
import { storedFeatures, type ActorSource } from './seeing.js';

/** The facts of one clip of `C` channels, of which its finest scale has `F`. */
export interface ClipFacts {
  sums: ClipSums;
  sides: SideSums;
  /** `[2F]`: means of roots and of changes. */
  row: Float64Array;
}

/** What the facts of a clip depend on, and where they are kept. */
export type FactsSource = Pick<ActorSource, 'recipe' | 'store' | 'frozen' | 'signal'>;

/** Raise it when facts change: stored ones are then made anew. */
const factsVersion = 3;

/** The facts of a clip, from the store or from its features and its video. Throws what reading them throws. */
export async function clipFacts(clip: StoredClip, source: FactsSource): Promise<ClipFacts> {
  const { recipe, store, frozen } = source;
  const scales = rangesOf(frozen.scales);
  const finest = finestOf(frozen.scales);
  const isMoving = recipe.actors.motion;
  const of = { frames: recipe.frames, oversample: oversampleOf(recipe), scales, finest, isMoving };
  const tensors = await kept(store, { kind: 'clip facts', factsVersion, clip: clip.key, ...of }, async () => {
    for await (const { features } of storedFeatures(source, [clip])) {
      const motion = isMoving ? await clipMotion(clip, features.shape, source) : undefined;
      return toTensors(factsOf(features, motion, scales, scales[finest]!));
    }
    throw new Error('a clip has features'); // one clip gives one batch
  });
  return fromTensors(tensors);
}

/** The facts of features `[n,C,h,w]` of a clip; `motion` is what moves against the camera in it. */
function factsOf(
  features: Tensor,
  motion: Float32Array | undefined,
  scales: readonly ScaleRange[],
  finest: ScaleRange,
): ClipFacts {
  const direction = new DirectionSums(scales, finest);
  direction.add(features, motion);
  return {
    sums: sumsOf({ data: features.data, shape: [1, ...features.shape] }),
    sides: direction.sides,
    row: rowsOf(features, finest)[0]!,
  };
}

/** In double precision: with facts from the store a training ends at the same last bit as without. */
function toTensors({ sums, sides: { foreground, background, frames }, row }: ClipFacts): Tensors {
  const float64 = (data: Float64Array): Tensor => ({ dtype: 'float64', shape: [data.length], data });
  return {
    sum: float64(sums.sum),
    square: float64(sums.square),
    foreground: float64(foreground),
    background: float64(background),
    row: float64(row),
    counts: float64(Float64Array.of(sums.places, frames)),
  };
}

function fromTensors(tensors: Tensors): ClipFacts {
  const of = (name: string): Float64Array => tensors[name]!.data as Float64Array;
  const [places, frames] = of('counts') as unknown as [number, number];
  return {
    sums: { places, sum: of('sum'), square: of('square') },
    sides: { foreground: of('foreground'), background: of('background'), frames },
    row: of('row'),
  };
}
