// The lists of HMDB51 and JHMDB: one file a class and split, `<class>_test_splitN.txt`, lines `name.avi 1`.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { missingError } from '../../errors.js';
import { classesOf, emptyClip, type AnnotatedClip, type Annotations, type Subset } from './form.js';
import type { AnnotationFormat } from './format.js';
import { distinctLines, lineFault, linesOf, readText } from './text.js';

const SUBSETS: Record<string, Subset> = { '0': 'unused', '1': 'train', '2': 'test' };

/** HMDB51, one of its three splits (1 train, 2 test, 0 unused). Groups are a class's source films, by the name before the class. */
export const hmdb51: AnnotationFormat = {
  name: 'hmdb51',
  reads: 'the folder with <class>_test_split{1,2,3}.txt',
  looksLike: { inFolder: /_test_split[123]\.txt$/ },
  async read(folder, { split = 1 } = {}) {
    return readSplitFolder('hmdb51', folder, split);
  },
};

/** The split files of a folder as annotations; JHMDB has the same. */
export async function readSplitFolder(format: string, folder: string, split: number): Promise<Annotations> {
  const ending = `_test_split${split}.txt`;
  const files = (await namesIn(folder)).filter((name) => name.endsWith(ending)).sort();
  if (files.length === 0) {
    throw missingError(folder, `files <class>${ending}`, 'none');
  }
  const notes: string[] = [];
  const clips: AnnotatedClip[] = [];
  for (const file of files) {
    clips.push(...(await readList(join(folder, file), file.slice(0, -ending.length), notes)));
  }
  return { format, classes: classesOf(clips), clips, notes };
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    throw missingError(folder, 'a folder of split files', undefined, undefined, cause);
  }
}

async function readList(path: string, label: string, notes: string[]): Promise<AnnotatedClip[]> {
  return distinctLines(linesOf(await readText(path)), path, notes).map(({ text, number }) => {
    const found = /^(.*\S)\s+(\S+)$/.exec(text); // names hold odd characters, blanks too
    const subset = SUBSETS[found?.[2] ?? ''];
    if (!found || !subset) throw lineFault(path, number, 'a file name and 0, 1 or 2', text);
    const name = found[1]!;
    return { ...emptyClip(`${label}/${name}`, [label]), subset, group: sourceOf(name, label) };
  });
}

/** HMDB names run `<source>_<class>_<quality>_<number>.avi`; its splits keep a film on one side within each class only. */
function sourceOf(name: string, label: string): string {
  const at = name.lastIndexOf(`_${label}_`);
  return `${label}/${at > 0 ? name.slice(0, at) : name}`;
}
