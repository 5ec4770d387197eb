// What moves against the camera in a clip that is learnt from, at the cells of its features.
import { motionIn } from '../../infer/besideCamera.js';
import { besideFrames } from '../../store/lookPictures.js';
import { factsFromFile } from '../../store/features/file.js';
import { middlePlaces } from '../../store/batches.js';
import type { StoredClip } from '../../store/index.js';
import type { Tensor } from '../../tensor.js';
import { DecodePool } from '../../video/index.js';
import { keptWindow } from '../../video/resample.js';
import { oversampleOf } from '../recipe/recipe.js';
import { cellsOfFinest } from './scales.js';
import type { ActorSource } from './seeing.js';

/** The map `[n,h,w]` for features `[n,C,h,w]`. Throws what reading the store, or the video, throws. */
export async function clipMotion(
  clip: StoredClip,
  [frames, , height, width]: Tensor['shape'],
  { recipe, store, frozen, signal }: Pick<ActorSource, 'recipe' | 'store' | 'frozen' | 'signal'>,
): Promise<Float32Array> {
  const { info, indices: stored } = factsFromFile(await store.read(clip.key), store.fileOf(clip.key));
  const places = middlePlaces(recipe.frames, oversampleOf(recipe));
  const indices = places.map((place) => stored[place]!);
  pool ??= new DecodePool();
  const beside = await besideFrames(pool, clip.path, { clip: { info, indices }, signal });
  const grid = { frames: frames!, height: height!, width: width!, cells: cellsOfFinest(frozen) };
  return motionIn(beside, { grid, source: info, part: keptWindow(info, frozen.size, frozen.resize) });
}

/** Of this process; it keeps it alive only while it works. */
let pool: DecodePool | undefined;
