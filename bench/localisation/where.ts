// WHERE on real clips with true boxes: the left-out persons of Weizmann, and clips of UCF101-24, whose actions the model
// was never shown. Each figure stands beside the answers that look at no picture, and beside untrained ones.
import { readdir } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { readerOf, type AnnotatedClip, type ClipEntry } from '../../src/dataset/index.js';
import { boxCentre } from '../../src/metrics/trivial.js';
import { summariseWhere, whereScores, type WhereFrame } from '../../src/metrics/spatial.js';
import { lookPictures } from '../../src/store/lookPictures.js';
import type { Pictures, Predictor, SampledClip } from '../../src/infer/index.js';
import type { ModelConfig } from '../../src/model/index.js';
import type { Box } from '../../src/result.js';
import { DecodePool } from '../../src/video/index.js';

/** A clip of 16 frames with the true boxes of each (none where nobody acts). */
export interface BoxedClip {
  name: string;
  label: string;
  path: string;
  clip: SampledClip;
  /** The same frames as large as they are. */
  native: () => Promise<SampledClip>;
  /** What a second look cuts from. */
  pictures: () => Promise<Pictures>;
  truth: Box[][];
}

/** Shares of frames by name: `iou10` .. `iou50` and `pointing`. */
export type WhereFigures = Record<string, number>;

const pool = new DecodePool();

const sampled = { frames: 16, sampling: 'uniform', size: { width: 224, height: 224 } } as const;

/** The clips that a boxes file names, wherever under `folder` they lie and whatever their ending is. */
export async function boxedClips(file: string, folder: string): Promise<BoxedClip[]> {
  const { clips } = await readerOf('boxes').read(file);
  const files = await readdir(folder, { recursive: true });
  return await Promise.all(
    clips.map((annotated) => {
      const own = files.find((path) => parse(path).name === parse(annotated.clip).name);
      if (own === undefined) throw new Error(`localisation: ${folder} must hold ${annotated.clip}`);
      return boxedClip(annotated, join(folder, own));
    }),
  );
}

async function boxedClip(
  { clip: name, labels, ...known }: Pick<AnnotatedClip, 'clip' | 'labels' | 'tracks' | 'width' | 'height'>,
  path: string,
): Promise<BoxedClip> {
  const clip = await pool.readClip(path, sampled);
  const { width, height } = clip.info;
  const [sx, sy] = [width / (known.width ?? width), height / (known.height ?? height)];
  const truth = clip.indices.map((index) =>
    known.tracks.flatMap(({ boxes }) =>
      boxes
        .filter(({ frame }) => frame === index)
        .map(({ box: [x0, y0, x1, y1] }): Box => [x0 * sx, y0 * sy, x1 * sx, y1 * sy]),
    ),
  );
  const config = { transform: { size: sampled.size, resize: 'stretch' } } as ModelConfig;
  const pictures = () => lookPictures(pool, path, { config, clip });
  const native = () => pool.readClip(path, { frames: clip.indices });
  return { name, label: labels[0]!, path, clip, native, pictures, truth };
}

/** Clips of which nothing but the class is known. */
export function plainClips(clips: readonly ClipEntry[]): Promise<BoxedClip[]> {
  return Promise.all(
    clips.map(({ name: clip, label, path }) => boxedClip({ clip, labels: [label], tracks: [] }, path)),
  );
}

/** The figures of answers given by `answer`, one box and point a frame. */
export async function whereFigures(
  clips: readonly BoxedClip[],
  answer: (clip: BoxedClip) => Promise<{ box: Box | null; point: readonly [number, number] | null }[]>,
): Promise<WhereFigures> {
  const frames: WhereFrame[] = [];
  for (const clip of clips) {
    const { width, height } = clip.clip.info;
    const answers = await answer(clip);
    answers.forEach(({ box: predicted, point }, i) =>
      frames.push({ predicted, point, truth: clip.truth[i]!, width, height }),
    );
  }
  const { atIou, pointing, frames: count } = summariseWhere(whereScores(frames));
  const shares = atIou.map(({ threshold, share }) => [`iou${100 * threshold}`, share] as const);
  return { frames: count, ...Object.fromEntries(shares), pointing };
}

/** What a model answers, by its own rule. */
export function byModel(predictor: Predictor): Parameters<typeof whereFigures>[1] {
  return async ({ clip, name, pictures }) => {
    const { result, points } = await predictor.predict(clip, name, { pictures });
    return result.frames.map(({ box }, i) => ({ box, point: points[i]! }));
  };
}

/** One box for all frames of a clip. */
export function byBox(of: (picture: SampledClip['info']) => Box): Parameters<typeof whereFigures>[1] {
  return async ({ clip }) =>
    clip.indices.map(() => ({ box: of(clip.info), point: boxCentre(of(clip.info)) }));
}
