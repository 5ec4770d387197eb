// Who trains and who tests: official sides, k folds (plain or stratified), one group left out. A group (one person,
// one source video) is never cut; a leak stops the run.
import { inputError, WhereWhenError } from '../errors.js';
import { Random } from '../random.js';
import type { Subset } from './formats/form.js';

/** What a split needs to know of a clip; `ClipEntry` of a folder fits. A clip without a group is its own. `content` is a hash of its bytes where known. */
export interface SplitItem {
  name: string;
  label: string;
  group?: string;
  subset?: Subset;
  content?: string;
}

/** One way of dividing the clips. */
export interface Fold<T extends SplitItem> {
  name: string;
  train: T[];
  test: T[];
}

/** Something that is on both sides: the same path, the same bytes or the same group. */
export interface Leak {
  kind: 'file' | 'content' | 'group';
  what: string;
  train: string;
  test: string;
}

/** The official sides: `train` against `test`, or against `validation` where a set keeps its test labels to itself. */
export function officialSplit<T extends SplitItem>(items: readonly T[], name = 'official'): Fold<T> {
  const on = (subset: Subset) => items.filter((item) => item.subset === subset);
  const test = on('test').length > 0 ? on('test') : on('validation');
  const fold = { name, train: on('train'), test };
  if (fold.train.length === 0 || test.length === 0) {
    throw fault('clips on both official sides', `${fold.train.length} to train, ${test.length} to test`);
  }
  return fold;
}

/** One fold a group, in order of their names: train on the others, test on this one. */
export function leaveOneGroupOut<T extends SplitItem>(items: readonly T[]): Fold<T>[] {
  const groups = [...groupsOf(items).keys()].sort();
  if (groups.length < 2) throw fault('at least two groups', String(groups.length));
  return groups.map((group) => foldOf(`without ${group}`, items, (item) => groupOf(item) === group));
}

/** Settings of k folds. */
export interface FoldOptions {
  folds?: number;
  seed?: number;
  /** Every class in its share in every fold, as far as whole groups allow. */
  isStratified?: boolean;
}

/**
 * k folds of whole groups. Groups come in random order, large ones first; each joins the fold that stays the most even:
 * by number of clips, or, stratified, by the clips of each class (least sum over classes of squared shares).
 */
export function kFolds<T extends SplitItem>(
  items: readonly T[],
  { folds = 5, seed = 0, isStratified = true }: FoldOptions = {},
): Fold<T>[] {
  const groups = groupsOf(items);
  if (!Number.isInteger(folds) || folds < 2 || folds > groups.size) {
    throw fault(`2 to ${groups.size} folds (there are ${groups.size} groups)`, String(folds));
  }
  const order = Random.from(seed, 'folds')
    .shuffle([...groups.entries()])
    .sort(([, a], [, b]) => b.length - a.length);
  const total = countsOf(items, isStratified);
  const filled = Array.from({ length: folds }, () => new Map<string, number>());
  const foldOfGroup = new Map<string, number>();
  for (const [group, members] of order) {
    const own = countsOf(members, isStratified);
    const costs = filled.map((fold) => costOf(fold, own, total));
    const best = costs.indexOf(Math.min(...costs));
    for (const [key, count] of own) filled[best]!.set(key, (filled[best]!.get(key) ?? 0) + count);
    foldOfGroup.set(group, best);
  }
  return filled.map((_, k) =>
    foldOf(`fold ${k + 1} of ${folds}`, items, (item) => foldOfGroup.get(groupOf(item)) === k),
  );
}

/** How much the sum of squared shares grows when a group joins a fold: full folds and full classes cost more. */
function costOf(fold: Map<string, number>, own: Map<string, number>, total: Map<string, number>): number {
  let cost = 0;
  for (const [key, count] of own) {
    const before = (fold.get(key) ?? 0) / total.get(key)!;
    const after = before + count / total.get(key)!;
    cost += after ** 2 - before ** 2;
  }
  return cost;
}

/** Clips by class, and over all classes; unstratified only the latter. */
function countsOf(items: readonly SplitItem[], isStratified: boolean): Map<string, number> {
  const counts = new Map([['all', items.length]]);
  if (!isStratified) return counts;
  for (const { label } of items) counts.set(`class ${label}`, (counts.get(`class ${label}`) ?? 0) + 1);
  return counts;
}

/** Everything that a fold has on both sides. */
export function leaksOf<T extends SplitItem>({ train, test }: Fold<T>): Leak[] {
  const keys: [Leak['kind'], (item: T) => string | undefined][] = [
    ['file', ({ name }) => name],
    ['content', ({ content }) => content],
    ['group', ({ group }) => group],
  ];
  return keys.flatMap(([kind, keyOf]) => {
    const trained = new Map<string, string>();
    for (const item of train) {
      const key = keyOf(item);
      if (key !== undefined && !trained.has(key)) trained.set(key, item.name);
    }
    return test.flatMap((item): Leak[] => {
      const what = keyOf(item);
      const seen = what === undefined ? undefined : trained.get(what);
      return seen === undefined ? [] : [{ kind, what: what!, train: seen, test: item.name }];
    });
  });
}

/** Returns the fold, or throws `WhereWhenError` (input) that names the first leak and counts them. */
export function withoutLeaks<T extends SplitItem>(fold: Fold<T>): Fold<T> {
  const leaks = leaksOf(fold);
  const first = leaks[0];
  if (!first) return fold;
  throw inputError(
    `split ${fold.name}`,
    'nothing on both sides',
    `${leaks.length} leaks, first the ${first.kind} ${first.what}: ${first.train} trains, ${first.test} tests`,
    'keep the clips of one source on one side',
  );
}

function foldOf<T extends SplitItem>(
  name: string,
  items: readonly T[],
  isTest: (item: T) => boolean,
): Fold<T> {
  return { name, train: items.filter((item) => !isTest(item)), test: items.filter(isTest) };
}

function groupOf({ group, name }: SplitItem): string {
  return group ?? name;
}

function groupsOf<T extends SplitItem>(items: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const members = groups.get(groupOf(item));
    if (members) members.push(item);
    else groups.set(groupOf(item), [item]);
  }
  return groups;
}

function fault(expected: string, received: string): WhereWhenError {
  return inputError('data.splits', expected, received);
}
