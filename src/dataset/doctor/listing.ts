// Lists a data set that may be ill: unlike `listDataset` it stops at nothing, and it knows the sides of a split that
// lie as folders `train`, `validation` and `test` above the classes.
import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { inputError, missingError } from '../../errors.js';
import { isLitter } from '../../video/mediaNames.js';
import { isClipPath } from '../clips.js';
import type { Subset } from '../formats/form.js';

/** A clip as it lies there. `name` is `class/file`, below a side `side/class/file`. */
export interface ListedClip {
  path: string;
  name: string;
  label: string;
  side?: Subset;
}

/** Everything in a folder of class folders. */
export interface Listing {
  clips: ListedClip[];
  classes: string[];
  emptyClasses: string[];
  otherFiles: string[];
}

const SIDES: Record<string, Subset> = {
  train: 'train',
  training: 'train',
  val: 'validation',
  validation: 'validation',
  test: 'test',
};

/** Throws `WhereWhenError` (missing) for a folder that is not there and `input` for one without clips. */
export async function listFolder(folder: string): Promise<Listing> {
  const tops = await foldersIn(folder);
  const isSplit = tops.length > 0 && tops.every((name) => name.toLowerCase() in SIDES);
  const listing: Listing = { clips: [], classes: [], emptyClasses: [], otherFiles: [] };
  for (const top of isSplit ? tops : ['']) {
    const side = SIDES[top.toLowerCase()];
    for (const label of await foldersIn(join(folder, top))) {
      await listClass(listing, join(folder, top, label), {
        label,
        side,
        prefix: top === '' ? '' : `${top}/`,
      });
    }
  }
  listing.classes = [...new Set(listing.clips.map(({ label }) => label))].sort();
  if (listing.clips.length > 0) return listing;
  throw inputError(
    folder,
    'clips in class folders',
    'none',
    'DATA holds one folder a class, named as the class, with its clips inside',
  );
}

async function listClass(
  listing: Listing,
  folder: string,
  { label, side, prefix }: { label: string; side: Subset | undefined; prefix: string },
): Promise<void> {
  const before = listing.clips.length;
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (isLitter(entry.name)) continue;
    const path = join(folder, entry.name);
    const name = `${prefix}${label}/${entry.name}`;
    if (!(await isClipPath(path, await isFolder(entry, path)))) listing.otherFiles.push(name);
    else listing.clips.push({ path, name, label, ...(side && { side }) });
  }
  if (listing.clips.length === before) listing.emptyClasses.push(`${prefix}${label}`);
}

async function foldersIn(folder: string): Promise<string[]> {
  try {
    const names: string[] = [];
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (!isLitter(entry.name) && (await isFolder(entry, join(folder, entry.name)))) names.push(entry.name);
    }
    return names.sort();
  } catch (cause) {
    throw missingError(folder, 'a folder of class folders', 'none that can be read', undefined, cause);
  }
}

/** A folder, or a link to one. */
async function isFolder(entry: Dirent, path: string): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  return stat(path).then(
    (facts) => facts.isDirectory(),
    () => false,
  );
}
