// Features of takes in memory, read as the store of a training is. A moment that was marked is one more clip of its take's
// class: the frames around it alone.
import { internalError } from '../errors.js';
import type { ClipReader } from '../store/batches.js';
import type { StoredClip } from '../store/prepare.js';
import type { Tensor, Tensors } from '../tensor.js';
import type { Frozen } from '../train/data/frozen.js';
import type { TeachTake } from './take.js';
import { TakeMemory } from './takeMemory.js';

/** Takes as clips of a training, and what is stored of them. */
export interface TakeClips {
  classes: string[];
  /** In the order of their names, `label/id`. */
  clips: StoredClip[];
  /** One a marked moment, of takes that are learnt from. */
  moments: StoredClip[];
  store: ClipReader;
  /** Features of a clip, by its key. Throws `internal`. */
  featuresOf: (key: string) => Tensors;
  /** The take of a clip, by its key. */
  takeOf: (key: string) => TeachTake;
}

/** The takes as clips; classes and clips in the order in which a data set lists them. */
export function takeClips(
  takes: readonly TeachTake[],
  frozen: Pick<Frozen, 'scales' | 'backbone'>,
  memory = new TakeMemory(frozen),
): TakeClips {
  const classes = [...new Set(takes.map(({ label }) => label))].sort();
  const byKey = new Map(takes.map((take) => [take.id, take]));
  const clips = takes.map((take) => clipOf(take, classes)).sort((a, b) => (a.name < b.name ? -1 : 1));
  const files = new Map(takes.map(({ id, features }) => [id, features]));
  const moments = clips.flatMap((clip) => {
    const take = byKey.get(clip.key)!;
    return momentsOf(take).map((frames, i): StoredClip => {
      const key = `${clip.key}/moment-${i}`;
      files.set(key, withFrames(take.features, frames));
      byKey.set(key, take);
      return { ...clip, key, name: `${clip.name}/moment-${i}` };
    });
  });
  const featuresOf = (key: string): Tensors => {
    const features = files.get(key);
    if (!features) throw internalError('teach', 'the features of every take', `none of ${key}`);
    return features;
  };
  const store: ClipReader = {
    read: async (key) => memory.fileOf(featuresOf(key)),
    fileOf: (key) => `take ${key}`,
  };
  return { classes, clips, moments, store, featuresOf, takeOf: (key) => byKey.get(key)! };
}

function clipOf({ id, label, group }: TeachTake, classes: readonly string[]): StoredClip {
  return { key: id, path: id, name: `${label}/${id}`, label, group, classIndex: classes.indexOf(label) };
}

/** Share of a take's frames that a moment is made of, the marked one in their middle. */
const momentShare = 0.25;

/** Places of the frames of each moment that was marked, as many as the take has: those around it, each repeated. */
function momentsOf({ marks = [], times, isHeldOut }: TeachTake): number[][] {
  if (isHeldOut) return [];
  const n = times.length;
  const width = Math.max(1, Math.round(momentShare * n));
  return marks.flatMap(({ kind, timeSeconds }) => {
    if (kind !== 'moment') return [];
    const first = Math.min(n - width, Math.max(0, nearest(times, timeSeconds) - (width >> 1)));
    return [Array.from({ length: n }, (_, i) => first + Math.floor((i * width) / n))];
  });
}

/** The place of the time nearest to `time`. */
export function nearest(times: readonly number[], time: number): number {
  const away = times.map((one) => Math.abs(one - time));
  return away.indexOf(Math.min(...away));
}

/** The same features of other frames. */
function withFrames(features: Tensors, frames: readonly number[]): Tensors {
  const picked = ([name, tensor]: [string, Tensor]): [string, Tensor] =>
    name.startsWith('features') ? [name, framesAt(tensor, frames)] : [name, tensor];
  return Object.fromEntries(Object.entries(features).map(picked));
}

function framesAt({ dtype, shape, data }: Tensor, frames: readonly number[]): Tensor {
  const each = data.length / shape[0]!;
  const out = data.slice(0, frames.length * each);
  frames.forEach((frame, i) => out.set(data.subarray(frame * each, (frame + 1) * each) as never, i * each));
  return { dtype, shape: [frames.length, ...shape.slice(1)], data: out };
}
