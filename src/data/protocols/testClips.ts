// Which clips of a folder are the test clips of an annotated set: by `Class/name` without the file's ending, since
// sets are passed around converted.
import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { WhereWhenError } from '../../errors.js';
import type { ClipEntry, Dataset } from '../clips.js';
import { CLIP_EXTENSIONS, isClipPath } from '../clips.js';
import type { AnnotatedClip } from '../readers/form.js';

/** A clip on disk and what is annotated of it. */
export interface KnownClip {
  entry: ClipEntry;
  annotated: AnnotatedClip;
}

/** Pairs the clips of a folder with annotated ones. Throws `input` where not one of them is there. */
export function knownClips(
  dataset: Dataset,
  annotated: readonly AnnotatedClip[],
): { known: KnownClip[]; missing: AnnotatedClip[] } {
  const entries = new Map(dataset.clips.map((entry) => [stemOf(entry.name), entry]));
  const known: KnownClip[] = [];
  const missing: AnnotatedClip[] = [];
  for (const one of annotated) {
    const entry = entries.get(stemOf(one.clip));
    if (entry) known.push({ entry, annotated: one });
    else missing.push(one);
  }
  if (known.length > 0) return { known, missing };
  throw strangers(dataset.folder, annotated[0]?.clip, dataset.clips[0]?.name);
}

/** The files of `folder` (and of folders in it) that are the named videos, whatever their ending. Throws as {@link knownClips}. */
export async function videoFiles(folder: string, names: Iterable<string>): Promise<Map<string, string>> {
  const wanted = new Set(names);
  const found = new Map<string, string>();
  let entries;
  try {
    entries = await readdir(folder, { withFileTypes: true, recursive: true });
  } catch (cause) {
    const received = 'nothing that can be listed';
    throw new WhereWhenError(
      { code: 'missing', path: folder, expected: 'a folder of videos', received },
      { cause },
    );
  }
  for (const entry of entries) {
    const stem = stemOf(entry.name);
    const path = join(entry.parentPath, entry.name);
    if (wanted.has(stem) && !found.has(stem) && (await isClipPath(path, entry.isDirectory())))
      found.set(stem, path);
  }
  if (found.size > 0) return found;
  throw strangers(folder, [...wanted][0], entries[0]?.name);
}

/** `Class/v_x` of `Class/v_x.avi`. */
export function stemOf(name: string): string {
  const ending = extname(name);
  return CLIP_EXTENSIONS.includes(ending.toLowerCase()) ? name.slice(0, -ending.length) : name;
}

function strangers(folder: string, wanted: string | undefined, seen: string | undefined): WhereWhenError {
  return new WhereWhenError({
    code: 'input',
    path: folder,
    expected: `clips that the annotations name, as "${wanted ?? 'none'}"`,
    received: `only others, as "${seen ?? 'none'}"`,
  });
}
