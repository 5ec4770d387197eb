// How the clips of a run are grouped, so that those of one recording stand on one side of every split: as `--group` or a list
// says; else as names tell; else by likeness of what the backbone sees; else each clip by itself.
import { type ClipEntry, type GroupRule } from '../../dataset/index.js';
import { canHoldOut, groupsOfNames } from '../../dataset/nameGroups.js';
import { type ClipStore, type StoredClip } from '../../store/index.js';
import { pooledFeatures } from '../../store/features/pooled.js';
import { groupsOfLikeness, mostAlike } from './likeness.js';

/** How the clips of a run are grouped. */
export interface Grouping {
  /** `told`: by `--group`, a list, or UCF101's `gNN`; `clips`: each by itself. */
  by: 'told' | 'names' | 'likeness' | 'clips';
  /** In words, as the end of `grouped by ...`; of single clips why they are not. */
  how: string;
  /** Groups of the clips that are learnt from or held out. */
  groups: number;
  clips: number;
  /** A few of the groups, where they have names. */
  examples: string[];
}

/** Clips with their groups. */
export interface Grouped<Clip extends ClipEntry> {
  clips: Clip[];
  grouping: Grouping;
}

/** Whether clips can be held out as these groups ask. */
export type CanSplit<Clip> = (clips: readonly Clip[]) => boolean;

/** The groups that are told, or that names tell, where clips can then be held out. */
export function groupByNames<Clip extends ClipEntry>(
  clips: readonly Clip[],
  { rule, canSplit }: { rule?: GroupRule; canSplit: CanSplit<Clip> },
): Grouped<Clip> {
  if (rule) return grouped(clips, 'told', rule instanceof RegExp ? '--group' : 'the groups that are given');
  if (clips.some(({ annotated }) => annotated?.group !== undefined))
    return grouped(clips, 'told', 'the list');
  if (clips.some(({ group, name }) => group !== name)) return grouped(clips, 'told', 'gNN in their names');
  const found = groupsOfNames(clips);
  const named = found && withGroups(clips, found.groups);
  if (named && canSplit(named)) return grouped(named, 'names', found.by);
  return grouped(clips, 'clips', 'their names tell no groups');
}

/** Groups by likeness of stored features, where nothing told any. */
export async function groupByLikeness<Clip extends StoredClip>(
  { clips, grouping }: Grouped<Clip>,
  { store, signal, canSplit }: { store: ClipStore; signal?: AbortSignal; canSplit: CanSplit<Clip> },
): Promise<Grouped<Clip>> {
  const alone = (why: string): Grouped<Clip> => grouped(clips, 'clips', `${grouping.how}, and ${why}`);
  if (grouping.by !== 'clips' || clips.length < leastAlike) return { clips, grouping };
  if (clips.length > mostAlike) return alone(`likeness is only asked of up to ${mostAlike} clips`);
  const groups = groupsOfLikeness(await pooledFeatures(clips, store, signal));
  const alike = withGroups(
    clips,
    groups.map((group) => `alike ${group + 1}`),
  );
  const count = new Set(groups).size;
  if (count === 1) return alone('all look alike');
  if (count === clips.length) return alone('no two look alike');
  if (
    !canHoldOut(
      clips,
      alike.map(({ group }) => group),
    ) ||
    !canSplit(alike)
  )
    return alone('too many look alike');
  return grouped(alike, 'likeness', 'likeness of what they show');
}

/** Clips below which what they have in common cannot be told from what some of them have. */
const leastAlike = 10;

/** One line for people. */
export function tellGrouping({ by, how, groups, clips, examples }: Grouping): string {
  if (by === 'clips')
    return `groups: none (${how}): each clip is held out by itself. Where several are of one recording or person, --group REGEX keeps them on one side`;
  const named =
    examples.length > 0
      ? ` (${examples.map((one) => `"${one}"`).join(', ')}${groups > examples.length ? ', ...' : ''})`
      : '';
  const other = by === 'told' ? '' : '; --group REGEX groups them otherwise';
  return `groups: ${clips} clips in ${groups}, by ${how}${named}; those of one group stay on one side${other}`;
}

function withGroups<Clip extends ClipEntry>(clips: readonly Clip[], groups: readonly string[]): Clip[] {
  return clips.map((clip, i) => ({ ...clip, group: groups[i]! }));
}

function grouped<Clip extends ClipEntry>(
  clips: readonly Clip[],
  by: Grouping['by'],
  how: string,
): Grouped<Clip> {
  return { clips: [...clips], grouping: groupingOf(clips, { by, how }) };
}

/** What is told of clips that are grouped so. */
export function groupingOf(
  clips: readonly Pick<ClipEntry, 'group'>[],
  { by, how }: Pick<Grouping, 'by' | 'how'>,
): Grouping {
  const names = [...new Set(clips.map(({ group }) => group))];
  const hasNames = by === 'told' || by === 'names';
  return { by, how, groups: names.length, clips: clips.length, examples: hasNames ? names.slice(0, 3) : [] };
}
