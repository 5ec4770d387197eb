// UCF101's official lists: `classInd.txt`, `trainlist0N.txt` (`Class/v_Class_gGG_cCC.avi 12`), `testlist0N.txt`.
import { join } from 'node:path';
import { emptyClip, type AnnotatedClip, type Subset } from './form.js';
import type { AnnotationFormat } from './format.js';
import { distinctLines, lineFault, linesOf, readText } from './text.js';

/** UCF101, one of its three splits. Groups are the source videos, `v_Class_gGG`; they are numbered within a class. */
export const ucf101: AnnotationFormat = {
  name: 'ucf101',
  reads: 'the folder with classInd.txt, trainlist0N.txt and testlist0N.txt',
  looksLike: { inFolder: /^classInd\.txt$/ },
  async read(folder, { split = 1 } = {}) {
    const notes: string[] = [];
    const indexFile = join(folder, 'classInd.txt');
    const classes = linesOf(await readText(indexFile)).map(({ text, number }) => {
      const found = /^(\d+)\s+(\S+)$/.exec(text);
      if (!found) throw lineFault(indexFile, number, 'a number and a class', text);
      return found[2]!;
    });
    const train = await readList(join(folder, `trainlist0${split}.txt`), classes, 'train', notes);
    const test = await readList(join(folder, `testlist0${split}.txt`), classes, 'test', notes);
    return { format: 'ucf101', classes, clips: [...train, ...test], notes };
  },
};

async function readList(
  path: string,
  classes: readonly string[],
  subset: Subset,
  notes: string[],
): Promise<AnnotatedClip[]> {
  return distinctLines(linesOf(await readText(path)), path, notes).map(({ text, number }) => {
    const found = /^(.+?\.\w+)(?:\s+(\d+))?$/.exec(text);
    const clip = found?.[1];
    const label = clip?.split('/')[0];
    if (!clip || !label || !clip.includes('/')) throw lineFault(path, number, 'Class/clip.avi', text);
    const told = found[2];
    if (!classes.includes(label)) throw lineFault(path, number, 'a class of classInd.txt', label);
    if (told !== undefined && classes[Number(told) - 1] !== label) {
      throw lineFault(path, number, `the number of class ${label}, ${classes.indexOf(label) + 1}`, told);
    }
    return { ...emptyClip(clip, [label]), subset, group: groupOf(clip) };
  });
}

/** `v_Archery_g08` of `Archery/v_Archery_g08_c01.avi`; a name without a group is its own. */
export function groupOf(clip: string): string {
  const name = clip.split('/').at(-1)!;
  return /^(.*_g\d+)_c\d+/.exec(name)?.[1] ?? name;
}
