// The pictures that a second look cuts from: the frames that a clip was sampled at, decoded once more, as large as they are up
// to a bound. Where the video is hardly larger than the network's frames, those are as good, and nothing is decoded.
import { windowOf } from '../infer/answer.js';
import type { BesideFrame } from '../infer/besideCamera.js';
import type { ClipFacts, Pictures } from '../infer/index.js';
import type { ModelConfig } from '../model/index.js';
import { GREY_SIZE, greyPicture } from '../motion/grey.js';
import type { Clip, DecodePool } from '../video/index.js';

/** Longer side of the pictures that are kept, in pixels: a square around a tenth of the picture is still as large as a frame. */
const longest = 720;
/** Videos up to this many times the network's frames are cut from those frames. */
const enough = 1.5;

/** Pictures of the clip at `path`, of the very frames that `clip` was sampled at. Throws what reading a clip throws. */
export async function lookPictures(
  pool: Pick<DecodePool, 'readClip'>,
  path: string,
  {
    config,
    clip,
    signal,
  }: {
    config: { transform: Pick<ModelConfig['transform'], 'size' | 'resize'> };
    clip: Pick<ClipFacts, 'info' | 'indices'> & Partial<Pick<Clip, 'frames'>>;
    signal?: AbortSignal;
  },
): Promise<Pictures> {
  const { width, height } = clip.info;
  const { size } = config.transform;
  const beside = (): Promise<BesideFrame[]> => besideFrames(pool, path, { clip, signal });
  if (clip.frames && width <= enough * size.width && height <= enough * size.height) {
    return { data: clip.frames, ...size, covers: windowOf(config, clip), beside };
  }
  const scale = Math.min(1, longest / Math.max(width, height));
  const large = {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
  const { frames } = await pool.readClip(path, { frames: clip.indices, size: large, signal });
  return { data: frames, ...large, covers: { x: 0, y: 0, width, height }, beside };
}

/** Every sampled frame of the clip at `path` and its neighbours in decoded order, small and grey. Throws what reading a clip throws. */
export async function besideFrames(
  pool: Pick<DecodePool, 'readClip'>,
  path: string,
  { clip, signal }: { clip: Pick<ClipFacts, 'indices' | 'info'>; signal?: AbortSignal },
): Promise<BesideFrame[]> {
  const { indices, info } = clip;
  const around = (index: number): number[] =>
    [index - 1, index + 1].filter((one) => one >= 0 && one < info.frames);
  const wanted = [...new Set(indices.flatMap((index) => [index, ...around(index)]))].sort((a, b) => a - b);
  const { frames } = await pool.readClip(path, { frames: wanted, size: GREY_SIZE, signal });
  const area = frames.length / wanted.length;
  const grey = new Map(
    wanted.map((index, i) => [index, greyPicture(frames.subarray(i * area, (i + 1) * area), GREY_SIZE)]),
  );
  return indices.map((index) => ({
    grey: grey.get(index)!,
    neighbours: around(index).map((one) => grey.get(one)!),
  }));
}
