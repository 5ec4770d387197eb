// Clips that are one recording: the same bytes, or the same pictures in another encoding, size or rate. Sub-clips,
// mirrored and cropped copies are not found.
import { DecodePool } from '../../video/index.js';
import { clipBytes, contentHash } from '../contentHash.js';
import {
  FINE,
  hashDistance,
  MOMENTS,
  movementLikeness,
  movingPicture,
  sceneLikeness,
  type MovingPicture,
} from './fingerprint.js';
import type { ListedClip } from './listing.js';

/** A clip as it was looked at. */
export interface Looked {
  clip: ListedClip;
  frames: number;
  pixels: number;
  frameRate: number;
  cells: MovingPicture;
  hash: Uint32Array;
}

/** Clips that are one. `isExact`: all of the same bytes. */
export interface CopyGroup {
  members: Looked[];
  isExact: boolean;
}

/*
 * Bounds set on 108 real clips (90 of them by one camera) and 48 copies of 8 of them: in other encodings, sizes, rates
 * and brightness, or begun 0.16 s later. Copies reached movement >= .89 and scene >= .997; other takes before the same
 * background <= .84 where the scenes were as like as that. Of 56 further copies of 14 other clips 55 are found; the
 * one that is not begins 0.24 s later under a panning camera. Of the 5 778 pairs of real clips one is taken for a
 * copy, and it is one.
 */
const SAME = { bits: 14, coarseMovement: 0.6, movement: 0.87, scene: 0.995 };
/** Below this amount of movement (grey levels) there is mostly noise to compare, and the scene decides. */
const STILL = { coarse: 0.6, fine: 1, scene: 0.999 };
/** Copies may be cut a little: lengths within this factor. */
const LENGTHS = 1.3;

/** Groups of two and more, in order of their first clips. */
export async function findCopies(clips: readonly Looked[]): Promise<CopyGroup[]> {
  const groups = new Groups(clips);
  const exact = await exactTwins(clips);
  for (const twins of exact) for (const twin of twins.slice(1)) groups.join(twins[0]!, twin);
  const fine = new FinePictures();
  try {
    for (const [i, a] of clips.entries()) {
      for (const b of clips.slice(0, i)) {
        if (groups.areJoined(a, b) || !mayBeCopies(a, b)) continue;
        if (areCopies(await fine.of(a), await fine.of(b))) groups.join(b, a);
      }
    }
  } finally {
    await fine.close();
  }
  return groups.all().map((members) => ({
    members,
    isExact: exact.some((twins) => members.every((member) => twins.includes(member))),
  }));
}

async function exactTwins(clips: readonly Looked[]): Promise<Looked[][]> {
  const bySize = await groupBy(clips, ({ clip }) => clipBytes(clip.path));
  const sameSize = [...bySize.values()].filter((group) => group.length > 1);
  const twins: Looked[][] = [];
  for (const group of sameSize)
    twins.push(...(await groupBy(group, ({ clip }) => contentHash(clip.path))).values());
  return twins.filter((group) => group.length > 1);
}

function mayBeCopies(a: Looked, b: Looked): boolean {
  const [lengthA, lengthB] = [a.frames / a.frameRate, b.frames / b.frameRate];
  if (Math.max(lengthA / lengthB, lengthB / lengthA) > LENGTHS) return false;
  if (hashDistance(a.hash, b.hash) > SAME.bits) return false;
  const isStill = Math.min(a.cells.amount, b.cells.amount) < STILL.coarse;
  return isStill || movementLikeness(a.cells, b.cells) >= SAME.coarseMovement;
}

function areCopies(a: MovingPicture, b: MovingPicture): boolean {
  const scene = sceneLikeness(a, b);
  if (scene < SAME.scene) return false;
  if (Math.max(a.amount, b.amount) < STILL.fine) return scene >= STILL.scene;
  // Each frame of one is paired with the nearest of the other, which is not the same the other way round.
  return Math.max(movementLikeness(a, b), movementLikeness(b, a)) >= SAME.movement;
}

/** Finer pictures of the few clips that may be copies, decoded when asked for; the latest are kept. */
class FinePictures {
  readonly #pool = new DecodePool();
  readonly #kept = new Map<Looked, MovingPicture>();

  async of(looked: Looked): Promise<MovingPicture> {
    const known = this.#kept.get(looked);
    if (known) return known;
    const options = { frames: MOMENTS, sampling: 'centred', size: FINE } as const;
    const picture = movingPicture(await this.#pool.readClip(looked.clip.path, options));
    if (this.#kept.size >= 100) this.#kept.delete(this.#kept.keys().next().value!);
    this.#kept.set(looked, picture);
    return picture;
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}

/** Disjoint sets of clips, each known by its earliest one. */
class Groups {
  readonly #clips: readonly Looked[];
  readonly #first = new Map<Looked, Looked>();

  constructor(clips: readonly Looked[]) {
    this.#clips = clips;
  }

  join(a: Looked, b: Looked): void {
    const [from, to] = [this.#rootOf(b), this.#rootOf(a)];
    if (from !== to) this.#first.set(from, to);
  }

  areJoined(a: Looked, b: Looked): boolean {
    return this.#rootOf(a) === this.#rootOf(b);
  }

  all(): Looked[][] {
    const groups = new Map<Looked, Looked[]>();
    for (const clip of this.#clips) {
      const root = this.#rootOf(clip);
      groups.set(root, [...(groups.get(root) ?? []), clip]);
    }
    return [...groups.values()].filter((group) => group.length > 1);
  }

  #rootOf(clip: Looked): Looked {
    const first = this.#first.get(clip);
    return first ? this.#rootOf(first) : clip;
  }
}

async function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => Promise<K>): Promise<Map<K, T[]>> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = await keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
