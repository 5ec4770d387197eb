// The folds of one training divided among processes: each fold is trained by one of them into its own folder, and what it
// reached is kept until all are there. Clips are prepared in turn: the first process does it, the others find it done.
import { join } from 'node:path';
import {
  gatherParts,
  hashOf,
  inTurn,
  makePart,
  piecesFolder,
  type Divided,
  type Part,
  type PartDone,
} from '../scale/index.js';
import type { GroupRule } from '../dataset/index.js';
import { parseRecipe } from '../train/index.js';
import { prepareTraining } from '../train/prepareTraining.js';
import {
  folderOf,
  groupsOf,
  placesOf,
  sumUp,
  trainFold,
  type NamedFold,
  type FoldResult,
  type FoldsOptions,
  type FoldsSummary,
} from './folds.js';

/** Trains the folds of a part. Throws what `trainFolds` throws, and `usage` where another process does this part. */
export async function trainFoldsPart(options: FoldsOptions, part: Part): Promise<PartDone> {
  const { out, cache = join(out, 'cache'), signal, onFold } = options;
  const group = await inTurn(out, () => preparedGroups({ ...options, cache }));
  signal?.throwIfAborted();
  const folds = await placesOf({ ...options, group: group! });
  return makePart<FoldResult>(dividedFolds(options, folds), part, async function* (places) {
    for (const place of places) {
      if (signal?.aborted) return;
      const fold = folds[place]!;
      const folder = folderOf(out, fold, options.folds);
      onFold?.({ group: fold.name, index: place, total: folds.length, folder });
      const value = await trainFold(fold, { ...options, group, out: folder, cache, resume: true });
      if (!value) return;
      yield { place, piece: { value } };
    }
  });
}

/** How many folds there are; groups that nobody gave are found first. */
export async function countFolds(options: FoldsOptions): Promise<number> {
  const { folds, out, cache = join(out, 'cache'), signal } = options;
  if (typeof folds === 'number') return folds;
  const group = await inTurn(out, () => groupsOf({ ...options, cache }));
  signal?.throwIfAborted();
  return (await placesOf({ ...options, group: group! })).length;
}

/** The groups, with every clip prepared: finding groups prepares the clips already, taking given ones does not. */
async function preparedGroups(options: FoldsOptions): Promise<GroupRule | undefined> {
  if (!options.group) return groupsOf(options);
  const tell: FoldsOptions['onEvent'] = (event) => event.kind === 'prepare' && options.onEvent?.(event); // folds say the rest
  await prepareTraining({ ...options, onEvent: tell });
  return options.group;
}

/** Sums up the folds of all parts, as `trainFolds` does. Throws `missing` unless all are there. */
export async function gatherFolds(options: FoldsOptions): Promise<FoldsSummary> {
  const { out, cache = join(out, 'cache') } = options;
  const group = await groupsOf({ ...options, cache });
  options.signal?.throwIfAborted();
  const folds = await placesOf({ ...options, group: group! });
  const results: FoldResult[] = [];
  for await (const piece of gatherParts<FoldResult>(dividedFolds(options, folds), out))
    if ('value' in piece) results.push(piece.value);
  return sumUp(out, results);
}

function dividedFolds(options: FoldsOptions, folds: readonly NamedFold[]): Divided {
  const { out, recipe, data, annotations, strict } = options;
  const settings = { version: 1, recipe: parseRecipe(recipe), data, annotations, strict };
  return {
    folder: piecesFolder(join(out, 'parts'), settings),
    keys: folds.map(({ name, groups }) => hashOf(name, ...groups)),
  };
}
