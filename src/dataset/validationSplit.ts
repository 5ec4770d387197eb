// Which clips are held out of training to stop it early and to drive its schedule. Whole groups
// only (one person or one source video is on one side), every class in its share.
import { Random } from '../random.js';
import { inputError, usageError, WhereWhenError } from '../errors.js';
import { classIndicesOf } from './clipClasses.js';
import type { ClipEntry } from './clips.js';

/** The two sides of a split, each in the order of the data set. */
export interface ValidationSplit {
  train: ClipEntry[];
  validation: ClipEntry[];
}

/** How much is held out, and by which draw. */
export interface SplitOptions {
  /** Share of every class's clips to hold out, 0 .. below 1; 0 holds out nothing. */
  share?: number;
  seed?: number;
}

/**
 * Holds out about `share` of every class's clips in whole groups. A class never loses its last training clip.
 * Groups are tried in a random order, large ones first, and one is held out when that brings the held-out
 * counts of its classes nearer to their share. Throws `input` when a share is asked and no group can be held out.
 */
export function splitValidation(
  clips: readonly ClipEntry[],
  { share = 0.2, seed = 0 }: SplitOptions = {},
): ValidationSplit {
  if (!(share >= 0 && share < 1)) {
    throw usageError('validation share', 'at least 0 and below 1', String(share));
  }
  if (share === 0) return { train: [...clips], validation: [] };
  const held = chooseGroups(clips, share, Random.from(seed, 'validation split'));
  if (held.size === 0) throw nothingToHoldOut(clips, share);
  return {
    train: clips.filter((clip) => !held.has(clip.group)),
    validation: clips.filter((clip) => held.has(clip.group)),
  };
}

function chooseGroups(clips: readonly ClipEntry[], share: number, random: Random): Set<string> {
  const total = countClasses(clips);
  const missing = total.map((count) => count * share); // clips of each class still wanted on the validation side
  const left = [...total]; // clips of each class still on the training side
  const groups = new Map<string, ClipEntry[]>();
  for (const clip of clips) {
    const group = groups.get(clip.group);
    if (group) group.push(clip);
    else groups.set(clip.group, [clip]);
  }
  // A stable sort by size after the shuffle: equal groups stay in random order.
  const order = random.shuffle([...groups.values()]).sort((a, b) => b.length - a.length);
  const held = new Set<string>();
  for (const members of order) {
    const counts = countClasses(members, total.length);
    const isAllowed = counts.every((count, k) => count === 0 || left[k]! > count);
    if (!isAllowed || gain(counts, missing) <= 0) continue;
    held.add(members[0]!.group);
    counts.forEach((count, k) => {
      missing[k]! -= count;
      left[k]! -= count;
    });
  }
  return held;
}

/** By how much the squared distances to the wanted counts fall when `counts` clips are held out. */
function gain(counts: number[], missing: number[]): number {
  return counts.reduce((sum, count, k) => sum + missing[k]! ** 2 - (missing[k]! - count) ** 2, 0);
}

function countClasses(clips: readonly ClipEntry[], classes = 0): number[] {
  const length = clips.reduce(
    (most, clip) => Math.max(most, ...classIndicesOf(clip).map((k) => k + 1)),
    classes,
  );
  const counts = new Array<number>(length).fill(0);
  for (const clip of clips) for (const k of classIndicesOf(clip)) counts[k]!++;
  return counts;
}

function nothingToHoldOut(clips: readonly ClipEntry[], share: number): WhereWhenError {
  const groups = new Set(clips.map((clip) => clip.group)).size;
  return inputError(
    'validation split',
    `groups that can be held out for a share of ${share} with a training clip left in every class`,
    `${clips.length} clips in ${groups} group${groups === 1 ? '' : 's'}`,
    'add clips, take a finer --group, or train without validation: --validation 0',
  );
}
