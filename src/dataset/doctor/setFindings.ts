// What only the whole set shows: copies and where they lie, leaks between the sides of a split, classes out of balance.
import { basename } from 'node:path';
import { leaksOf } from '../splits.js';
import type { CopyGroup, Looked } from './copies.js';
import type { DoctorFinding } from './form.js';
import type { ListedClip, Listing } from './listing.js';

/** A class with less than a third, or more than the threefold, of the middle class's clips. */
const IMBALANCE = 3;
/** UCF101's names of source videos, numbered within a class. */
const GROUP = /_(g\d+)_c\d+/i;

/** A group of copies as one finding: a leak, a clip in two classes, or a clip too many. */
export function copyFinding({ members, isExact }: CopyGroup): DoctorFinding {
  const names = members.map(({ clip }) => clip.name);
  const labels = [...new Set(members.map(({ clip }) => clip.label))];
  const sides = [...new Set(members.map(({ clip }) => clip.side))];
  const same = isExact ? 'the same bytes' : 'the same recording in another encoding';
  const finding = { severity: 'error' as const, clips: names };
  if (labels.length > 1)
    return {
      ...finding,
      kind: 'two-classes',
      says: `${same} in the classes ${labels.join(' and ')}`,
      advice: 'decide which class is right and remove it from the other; the clean list has neither',
      leaveOut: names,
    };
  const kept = bestOf(members).clip.name;
  const leaveOut = names.filter((name) => name !== kept);
  if (sides.length > 1)
    return {
      ...finding,
      kind: 'leak',
      says: `${same} on the sides ${sides.join(' and ')}`,
      advice: `keep it on one side; the clean list keeps ${kept}`,
      leaveOut,
    };
  return {
    ...finding,
    kind: isExact ? 'duplicate' : 'near-duplicate',
    severity: 'warning',
    says: same,
    advice: `keep one; the clean list keeps ${kept}`,
    leaveOut,
  };
}

/** Figures must stay as hard as they were: the test side's clip is kept, then the one with the most to see. */
function bestOf(members: readonly Looked[]): Looked {
  const rank = ({ clip, frames, pixels }: Looked): number[] => [clip.side === 'test' ? 1 : 0, pixels, frames];
  return members.reduce((best, other) => {
    const [a, b] = [rank(best), rank(other)];
    const at = a.findIndex((value, i) => value !== b[i]);
    return at >= 0 && b[at]! > a[at]! ? other : best;
  });
}

/** One source video on two sides, by the group in its name. */
export function groupLeaks(clips: readonly ListedClip[]): DoctorFinding[] {
  const items = clips.map((clip) => {
    const group = GROUP.exec(basename(clip.name))?.[1];
    return { ...clip, group: group && `${clip.label}/${group}` };
  });
  const on = (side: ListedClip['side']) => items.filter((item) => item.side === side);
  const pairs = [
    [on('train'), on('test')],
    [on('train'), on('validation')],
    [on('validation'), on('test')],
  ] as const;
  const leaked = new Map<string, Set<string>>();
  for (const [train, test] of pairs) {
    for (const { what, kind } of leaksOf({ name: 'sides', train, test })) {
      if (kind !== 'group') continue;
      const names = [...train, ...test].filter(({ group }) => group === what).map(({ name }) => name);
      leaked.set(what, new Set([...(leaked.get(what) ?? []), ...names]));
    }
  }
  const sideOf = new Map(items.map(({ name, side }) => [name, side]));
  return [...leaked].map(([what, names]) => ({
    kind: 'leak',
    severity: 'error',
    clips: [...names],
    says: `the source video ${what} is on several sides`,
    advice: 'keep the clips of one source on one side; the clean list keeps those of the test side',
    leaveOut: [...names].filter((name) => sideOf.get(name) !== hardest(names, sideOf)),
  }));
}

function hardest(
  names: ReadonlySet<string>,
  sideOf: ReadonlyMap<string, ListedClip['side']>,
): ListedClip['side'] {
  const sides = [...names].map((name) => sideOf.get(name));
  return sides.includes('test') ? 'test' : 'validation';
}

/** Classes with far fewer or far more clips than the middle class, and folders without any. */
export function balanceFindings({ clips, classes, emptyClasses }: Listing): DoctorFinding[] {
  const counts = classes.map((label) => ({
    label,
    own: clips.filter((clip) => clip.label === label).length,
  }));
  const sorted = counts.map(({ own }) => own).sort((a, b) => a - b);
  const middle = sorted[sorted.length >> 1]!;
  const odd = counts.filter(({ own }) => Math.max(own / middle, middle / own) > IMBALANCE);
  const balance = odd.map(({ label, own }): DoctorFinding => ({
    kind: 'imbalance',
    severity: 'warning',
    clips: [],
    says: `class ${label} has ${own} clips where the middle class has ${middle}`,
    advice: 'collect more of the rare class; read the mean class accuracy beside top-1',
    leaveOut: [],
  }));
  const empty = emptyClasses.map((name): DoctorFinding => ({
    kind: 'empty-class',
    severity: 'error',
    clips: [],
    says: `the class folder ${name} holds no clip`,
    advice: 'put clips in or remove the folder',
    leaveOut: [],
  }));
  return [...balance, ...empty];
}
