// Which clips belong together by their file names alone, where nobody says it: the person of `daria_walk` and `walk_daria_2`,
// the subject of `S001C002P003R001`, the film of `Juno_sit_u_cm_0`. A guess, so that whoever takes it says so; names that tell
// one group only, or a group of its own for nearly every clip, tell nothing.
import { classIndicesOf } from './clipClasses.js';
import type { ClipEntry } from './clips.js';
import { stemOf, untimedKey } from './videoName.js';

/** What names tell: the group of each clip, in the order of the clips, and by what it was taken. */
export interface NameGroups {
  groups: string[];
  /** In words, as `the text before the class in their names`. */
  by: string;
}

/** What the rules read of a clip. */
export type NamedClip = Pick<ClipEntry, 'name' | 'label' | 'classIndex' | 'classIndices'>;

/** A rule gives the group of a clip; undefined where its name does not have what the rule reads. */
interface NameRule {
  by: string;
  groupOf: (clip: NamedClip) => string | undefined;
}

/** Separators between the words of a name. */
const between = '[ _.,+-]*';

/** Rules, the surest first: a person stands in several classes, a camera sees many persons. */
const rules: readonly NameRule[] = [
  {
    by: 'the person in their names',
    groupOf: marked('person|subject|subj|actor|performer|participant|player|user|p'),
  },
  { by: 'the subject in their names', groupOf: marked('s') },
  { by: 'the text before the class in their names', groupOf: (clip) => beside(clip, 'before') },
  { by: 'the text after the class in their names', groupOf: (clip) => beside(clip, 'after') },
  {
    by: 'the source in their names',
    groupOf: marked('group|source|film|movie|session|scene|recording|g'),
  },
  { by: 'what their names have in common', groupOf: withoutClass },
  { by: 'the camera in their names', groupOf: marked('camera|cam|view') },
];

/** The groups of the first rule that tells something; undefined where none does. */
export function groupsOfNames(clips: readonly NamedClip[]): NameGroups | undefined {
  for (const { by, groupOf } of rules) {
    const keys = clips.map(groupOf);
    const known = keys.filter((key) => key !== undefined).length;
    if (known < leastKnown * clips.length) continue;
    const series = seriesOf(keys.filter((key) => key !== undefined));
    const groups = keys.map((key, i) => (key === undefined ? clips[i]!.name : series.get(key)!));
    if (isShared(groups) && canHoldOut(clips, groups)) return { groups, by };
  }
  return undefined;
}

/** The groups of keys: a long one that another one begins with is the title of both, as that of a film and its second part. */
function seriesOf(keys: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  let title: string | undefined;
  for (const key of [...new Set(keys)].sort()) {
    if (title === undefined || !key.startsWith(title)) title = key.length >= leastTitle ? key : undefined;
    found.set(key, title ?? key);
  }
  return found;
}

/** Letters of a title. */
const leastTitle = 8;

/** Share of the names that a rule must be able to read. */
const leastKnown = 0.9;

/** Do most clips stand in a group with another one? */
function isShared(groups: readonly string[]): boolean {
  const sizes = new Map<string, number>();
  for (const group of groups) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  return 2 * groups.filter((group) => sizes.get(group)! > 1).length >= groups.length;
}

/** Are these groups of which one can be held out: three at least, none with most of the clips, most classes in several? */
export function canHoldOut(
  clips: readonly Pick<NamedClip, 'classIndex' | 'classIndices'>[],
  groups: readonly string[],
): boolean {
  const sizes = new Map<string, number>();
  const ofClass = new Map<number, Set<string>>();
  clips.forEach((clip, i) => {
    const group = groups[i]!;
    sizes.set(group, (sizes.get(group) ?? 0) + 1);
    for (const k of classIndicesOf(clip)) ofClass.set(k, (ofClass.get(k) ?? new Set()).add(group));
  });
  const several = [...ofClass.values()].filter((own) => own.size > 1).length;
  const largest = [...sizes.values()].reduce((a, b) => Math.max(a, b), 0);
  return sizes.size >= 3 && 2 * largest <= clips.length && 2 * several >= ofClass.size;
}

/** A number behind one of the `words`: `person 03`, `P003`. */
function marked(words: string): NameRule['groupOf'] {
  const pattern = new RegExp(`(?<!\\p{L})(${words})${between}(\\d{1,4})(?!\\d)`, 'iu');
  return ({ name }) => {
    const [, word, number] = pattern.exec(fileStem(name)) ?? [];
    return word === undefined ? undefined : keyOf(`${word}${number}`);
  };
}

/** What stands on one side of the last mention of the class, without a camera and without the number of the take. */
function beside(clip: NamedClip, side: 'before' | 'after'): string | undefined {
  const stem = fileStem(clip.name);
  const mention = mentionOf(clip);
  if (!mention) return undefined;
  const { start, end } = mention;
  return withoutCounter(side === 'before' ? stem.slice(0, start) : stem.slice(end));
}

/** The whole name of a clip that does not mention its class. */
function withoutClass(clip: NamedClip): string | undefined {
  return mentionOf(clip) ? undefined : withoutCounter(fileStem(clip.name));
}

/** Where the name of a clip mentions its class last. */
function mentionOf({ name, label }: NamedClip): { start: number; end: number } | undefined {
  const words = label.split(/[ _.,+-]+/).filter(Boolean);
  if (words.length === 0) return undefined;
  const mention = new RegExp(`(?<!\\p{L})${words.map(escaped).join(between)}(?!\\p{L})`, 'giu');
  const last = [...fileStem(name).matchAll(mention)].at(-1);
  return last && { start: last.index, end: last.index + last[0].length };
}

/** A text as a group: without a camera beside other words, and without the number that counts the takes. */
function withoutCounter(text: string): string | undefined {
  const apart = text.replace(/(?<!\p{L})(?:camera|cam|view)[ _.-]?\d{1,3}(?!\d)/giu, '');
  const named = keyOf(apart) === undefined ? text : apart;
  const whole = (untimedKey(named) ?? named).replace(/^[ _.,+-]+|[ _.,+-]+$/g, '');
  return keyOf(whole.replace(takeNumber, ''));
}

/** The last number of a text, with what marks it as a count: `_c03`, `-take2`, `(4)`, `17`. */
const takeNumber =
  /(?:(?<=.)[ _.,+-]+(?:\p{L}{1,2}|take|clip|rep|trial|part|shot|video|seq)\d+|[ _.,+-]*\(?\d+\)?)$/iu;

/** Letters and digits of a text, small: `Boom_Snap-Clap` and `boomsnapclap!` are one source. */
function keyOf(text: string): string | undefined {
  const key = text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
  return key === '' ? undefined : key;
}

function fileStem(name: string): string {
  return stemOf(name).split('/').at(-1)!;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
