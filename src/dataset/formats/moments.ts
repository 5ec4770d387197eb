// Moments in Time: `trainingSet.csv` and `validationSet.csv`, lines `class/video.mp4,label[,agree,disagree]`, no header.
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { addLabel, classesOf, clipNamed, type AnnotatedClip } from './form.js';
import { type AnnotationFormat, LOOKS } from './format.js';
import { readRows } from './table.js';
import { lineFault } from './text.js';

/**
 * Moments in Time: the folder with both lists, or one of them, whose name tells the side. Clips may have several labels
 * (version 2). A clip on both lists is a fault.
 */
export const moments: AnnotationFormat = {
  name: 'moments',
  reads: 'the folder with trainingSet.csv and validationSet.csv, or one of them',
  looksLike: {
    inFolder: /^(training|validation)Set\.csv$/,
    table: ({ file, first }) =>
      (/(training|validation)Set/i.test(file) || (first.length === 4 && !/^\d+$/.test(first[1]!))) &&
      LOOKS.fields,
  },
  async read(path) {
    const notes: string[] = [];
    const clips = new Map<string, AnnotatedClip>();
    const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
    const lists = isFolder
      ? ['trainingSet.csv', 'validationSet.csv'].map((name) => join(path, name))
      : [path];
    for (const list of lists) await readList(list, clips, notes);
    const all = [...clips.values()];
    return { format: 'moments', classes: classesOf(all), clips: all, notes };
  },
};

async function readList(path: string, clips: Map<string, AnnotatedClip>, notes: string[]): Promise<void> {
  const subset = /valid/i.test(basename(path)) ? 'validation' : 'train';
  for (const { fields, line } of (await readRows(path, notes)).rows) {
    const [name, label] = fields;
    if (!name || !label || !/\.\w+$/.test(name)) {
      throw lineFault(path, line, 'class/video.mp4,label', fields.join(','));
    }
    const before = clips.get(name)?.labels.length;
    const clip = clipNamed(clips, name);
    if ((clip.subset ?? subset) !== subset) throw lineFault(path, line, `${name} on one list`, 'both');
    clip.subset = subset;
    addLabel(clip, label);
    if (before === clip.labels.length) notes.push(`${path}:${line}: ${name} is listed before, read once`);
  }
}
