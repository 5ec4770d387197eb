// Features of takes in memory, read as the store of a training is. A moment that was marked is one more clip of its take's
// class: the frames around it alone.
import { internalError } from '../errors.js';
import type { SafetensorsFile } from '../model/index.js';
import type { ClipReader } from '../store/batches.js';
import { allFeatures } from '../store/features/read.js';
import { storedScales, type StoredScale } from '../store/features/scales.js';
import type { StoredClip } from '../store/prepare.js';
import type { Tensor, Tensors } from '../tensor.js';
import type { Frozen } from '../train/data/frozen.js';
import type { TeachTake } from './take.js';

/** Takes as clips of a training, and what is stored of them. */
export interface TakeClips {
  classes: string[];
  /** In the order of their names, `label/id`. */
  clips: StoredClip[];
  /** One a marked moment, of takes that are learnt from. */
  moments: StoredClip[];
  store: ClipReader;
  /** The take of a clip, by its key. */
  takeOf: (key: string) => TeachTake;
}

/** The takes as clips; classes and clips in the order in which a data set lists them. */
export function takeClips(
  takes: readonly TeachTake[],
  frozen: Pick<Frozen, 'scales' | 'backbone'>,
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
  const layout = storeLayout(frozen);
  const stacked = new Stacked();
  const store: ClipReader = {
    read: async (key) => stacked.of(key, () => fileOf(files.get(key), layout, key)),
    fileOf: (key) => `take ${key}`,
  };
  return { classes, clips, moments, store, takeOf: (key) => byKey.get(key)! };
}

/** Bytes of features that are kept as numbers: a dozen takes of 16 frames on two scales. */
const stackedBytes = 2 ** 28;

/** Features of the takes that were read first, decoded and laid on the finest scale once: a training reads each many times. */
class Stacked {
  readonly #known = new Map<string, SafetensorsFile>();
  #room = stackedBytes;

  /** The features of a take as they are read: one scale where there is room for it, else as `make` gives them. */
  of(key: string, make: () => SafetensorsFile): SafetensorsFile {
    const known = this.#known.get(key);
    if (known) return known;
    const file = make();
    const scales = storedScales(file, key);
    const [{ frames }] = scales as [StoredScale];
    const most = (of: (scale: StoredScale) => number): number => Math.max(...scales.map(of));
    const cells = most(({ height }) => height) * most(({ width }) => width);
    const bytes = 4 * frames * cells * scales.reduce((sum, { channels }) => sum + channels, 0);
    if (bytes > this.#room) return file;
    this.#room -= bytes;
    const whole = { tensors: { features: allFeatures(file, key) }, metadata: {} };
    this.#known.set(key, whole);
    return whole;
  }
}

function clipOf({ id, label, group }: TeachTake, classes: readonly string[]): StoredClip {
  return { key: id, path: id, name: `${label}/${id}`, label, group, classIndex: classes.indexOf(label) };
}

/** How the scales of a take lie on each other, as the metadata of stored features say it. */
export function storeLayout({ scales, backbone }: Pick<Frozen, 'scales' | 'backbone'>): string {
  const { alignment = 'tiles' } = backbone;
  return JSON.stringify({
    alignment,
    ...(scales.length > 1 && { geometry: scales.map(({ geometry }) => geometry) }),
  });
}

function fileOf(tensors: Tensors | undefined, layout: string, key: string): SafetensorsFile {
  if (!tensors) throw internalError('teach', 'the features of every take', `none of ${key}`);
  return { tensors, metadata: { layout } };
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
