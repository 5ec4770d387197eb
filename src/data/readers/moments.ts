// Moments in Time: `trainingSet.csv` and `validationSet.csv`, lines `class/video.mp4,label[,agree,disagree]`, no header.
import { basename } from 'node:path';
import { addLabel, classesOf, clipNamed, type AnnotatedClip, type AnnotationReader } from './form.js';
import { lineFault, readRows } from './text.js';

/** Moments in Time, one of its two lists; which side it is is told by its name. Clips may have several labels (version 2). */
export const moments: AnnotationReader = {
  format: 'moments',
  reads: 'trainingSet.csv or validationSet.csv',
  async read(path) {
    const notes: string[] = [];
    const clips = new Map<string, AnnotatedClip>();
    const subset = /valid/i.test(basename(path)) ? 'validation' : 'train';
    for (const { fields, line } of await readRows(path)) {
      const [name, label] = fields;
      if (!name || !label || !/\.\w+$/.test(name)) {
        throw lineFault(path, line, 'class/video.mp4,label', fields.join(','));
      }
      const before = clips.get(name)?.labels.length;
      const clip = clipNamed(clips, name);
      clip.subset = subset;
      addLabel(clip, label);
      if (before === clip.labels.length) notes.push(`${path}:${line}: ${name} is listed before, read once`);
    }
    const all = [...clips.values()];
    return { format: 'moments', classes: classesOf(all), clips: all, notes };
  },
};
